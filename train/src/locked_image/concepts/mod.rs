//! A projection of the locked features, and a vector for each name that pictures teach.
//!
//! ```text
//! stage       learns both (stage 1), and later the projection alone (stage 3)
//! lesson      their training data
//! standard    standardised features, without the style that sets drawings apart
//! naming      the losses of a step; uses losses and names
//! imagined    synthetic features of photographs of all ImageNet classes
//! alignment   drawings with the statistics of photographs
//! unseen      names and phrases without photographs
//! rotation    turns the space towards an earlier text tower's names
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

pub use stage::{Concepts, Options, learn, refit_projection};
