//! What is around the pictures and the question.
//!
//! ```text
//! status      the state of the model and the pictures;  undo  what can be taken back
//! update      the offer of a newer version;  about  the end of the page
//! shortcuts   keys that work anywhere
//! ```

pub mod about;
pub mod shortcuts;
pub mod status;
pub mod undo;
pub mod update;
