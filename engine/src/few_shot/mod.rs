//! Labels that are learnt from examples: plain functions of embeddings.
//!
//! ```text
//! classifier   labels by their texts and a few examples
//! lesson       examples and texts, ready to learn from
//! blend        how much examples count beside texts
//! ridge        regression on few rows, with each left out in turn
//! cholesky     the inverse of a matrix
//! saved        a classifier as a file
//! logistic     the paper's linear probe, for many examples
//! lbfgs        the minimum of a function
//! rows         embeddings as a matrix
//! ```

mod blend;
mod cholesky;
mod classifier;
mod error;
mod lbfgs;
mod lesson;
mod logistic;
mod ridge;
mod rows;
mod saved;

pub use classifier::Classifier;
pub use error::FewShotError;
pub use lesson::Example;
pub use logistic::Logistic;
pub use rows::Rows;
pub use saved::SavedClassifier;
