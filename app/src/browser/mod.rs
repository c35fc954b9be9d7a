//! What the page asks of the browser, and knows nothing of the session.
//!
//! ```text
//! address       of what lies beside the page, and what the page's own address asks for
//! dropped       files, and the pictures in folders
//! focus         where it goes when what has it goes away
//! offered       what some browsers lack
//! persistence   keeping what is stored
//! updates       the service worker, and newer versions of the page
//! ```

pub mod address;
pub mod dropped;
pub mod focus;
pub mod offered;
pub mod persistence;
pub mod updates;
