//! Browser APIs, independent of the session.
//!
//! ```text
//! address       URLs beside the page, and the parameters of the page's own
//! dropped       dropped files, and the pictures in dropped folders
//! focus         where the focus goes when its element disappears
//! feature       properties that some browsers lack
//! persistence   asks the browser to keep stored data
//! svg           draws SVG pictures
//! take_away     saves a text as a file, or copies it
//! updates       the service worker, and newer versions of the page
//! ```

pub mod address;
pub mod dropped;
pub mod feature;
pub mod focus;
pub mod persistence;
pub mod svg;
pub mod take_away;
pub mod updates;
