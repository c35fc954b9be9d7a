use thiserror::Error as ThisError;

/// An error of the engine. Its message is one plain sentence.
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum Error {
    /// A picture that cannot be used.
    #[error(transparent)]
    Image(#[from] crate::image::ImageError),
    /// A text that cannot be used.
    #[error(transparent)]
    Text(#[from] crate::text::TextError),
    /// A weight file that cannot be used.
    #[error(transparent)]
    Weights(#[from] crate::weights::WeightsError),
    /// Examples that cannot be learnt from, or a classifier that cannot be used.
    #[error(transparent)]
    FewShot(#[from] crate::few_shot::FewShotError),
    /// A device that is missing, lost or out of memory.
    #[error(transparent)]
    Compute(#[from] glance_compute::ComputeError),
}
