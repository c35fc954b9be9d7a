//! A projection of the locked features, and a vector for each name that pictures teach.
//!
//! ```text
//! stage       learns both (stage 1), and later the projection alone (stage 3)
//! lesson      what names are learnt from
//! standard    features at mean 0 and deviation 1, drawings and photographs at one mean
//! naming      the losses of a step; losses and names serve it
//! imagined    features of photographs that nobody has here, by what the classifier knows
//! alignment   features of drawings as if they were photographs
//! unseen      names that no photograph teaches
//! rotation    the space turned to where an earlier text tower puts the names
//! ```

mod alignment;
pub mod imagined;
pub mod lesson;
pub mod losses;
pub mod names;
mod naming;
pub mod rotation;
mod stage;
pub mod standard;
pub mod unseen;

pub use stage::{Concepts, Options, learn, meet};
