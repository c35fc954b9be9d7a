//! Browser APIs, independent of the session.
//!
//! ```text
//! address       URLs beside the page, and the parameters of the page's own
//! camera/       opens a camera, and reads the frames of its video
//! canvas        draws, and makes a file of what was drawn
//! drag_and_drop/  what is dragged within the page, and what is dropped on it
//! focus         where the focus goes when its element disappears
//! folder/       folders that the person lets the page use
//! fragment      what follows `#` in the page's own URL
//! feature       properties that some browsers lack
//! remote_picture  fetches a picture of another site
//! storage/      values in the local storage, and whether the browser keeps stored data
//! svg           draws SVG pictures
//! take_away     saves a file, or copies a text
//! updates       the service worker, and newer versions of the page
//! viewport      the part of an element that the window shows
//! ```

pub mod address;
pub mod camera;
pub mod canvas;
pub mod drag_and_drop;
pub mod feature;
pub mod focus;
pub mod folder;
pub mod fragment;
pub mod remote_picture;
pub mod storage;
pub mod svg;
pub mod take_away;
pub mod updates;
pub mod viewport;
