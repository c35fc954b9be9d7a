//! Why a classifier cannot be learnt or used.

use thiserror::Error as ThisError;

/// Why a classifier cannot be learnt or used.
#[derive(Clone, Debug, PartialEq, Eq, ThisError)]
#[non_exhaustive]
pub enum FewShotError {
    /// No label to choose from.
    #[error("There are no labels; add some.")]
    NoLabels,
    /// No example to learn from.
    #[error("There are no examples to learn from; add some.")]
    NoExamples,
    /// An example of a label that is not in the list.
    #[error(
        "An example belongs to a label that is not in the list; add the label, or remove the example."
    )]
    UnknownLabel,
    /// Rows and labels that do not pair up.
    #[error("There are {0} examples but {1} labels for them; give each example one label.")]
    WrongCount(usize, usize),
    /// Names of labels that do not pair up with a classifier's.
    #[error("A classifier of {0} labels has {1} names; give each label one.")]
    LabelCount(usize, usize),
    /// A strength that is zero, negative or no number.
    #[error("The strength must be a number above 0; choose another one.")]
    Strength,
    /// Embeddings of different models.
    #[error(
        "Embeddings of {0} and {1} values come from different models; encode everything with one."
    )]
    Widths(usize, usize),
    /// A value that is infinite or no number.
    #[error("An embedding has a value that is no number; encode it again.")]
    NotFinite,
    /// A file that holds no classifier.
    #[error("This file holds no taught labels that can be used: {0}; choose another one.")]
    Damaged(String),
    /// A file of a later version.
    #[error("This file was saved by a later version of Glance; update Glance to read it.")]
    Newer,
    /// A classifier of another model.
    #[error(
        "These labels were taught with the model {taught}, but {loaded} is loaded; load {taught}, or teach them again."
    )]
    OtherModel {
        /// The model of the file.
        taught: String,
        /// The model that is asked.
        loaded: String,
    },
}
