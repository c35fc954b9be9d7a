//! Pictures drawn from openly licensed icon sets (`DATA.md` lists them). One vendor is held out
//! completely.
//!
//! ```text
//! sources   the sets, by exact version and hash
//! names     what emoji are called
//! icons     which icons of a set are used, what they are called, how they look
//! drawn     the result of drawing
//! draw      draws the sets once
//! cache     drawn pictures on disk
//! ```

mod cache;
mod draw;
mod drawn;
mod icons;
mod names;
mod sources;
#[cfg(test)]
mod tests;

pub(super) use draw::load;
pub(super) use drawn::Drawn;
pub use drawn::SetReport;
