//! How a command ended.

/// The result of a command that ran to its end.
#[derive(Clone, Copy)]
pub enum Verdict {
    /// Everything was done.
    Complete,
    /// Some pictures or texts could not be used; each was reported.
    Partial,
}

impl Verdict {
    /// [`Verdict::Partial`] if anything failed.
    pub fn of(any_failed: bool) -> Self {
        if any_failed {
            Self::Partial
        } else {
            Self::Complete
        }
    }
}
