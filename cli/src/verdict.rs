//! How a command ended.

/// How a command that ran to its end went.
#[derive(Clone, Copy)]
pub enum Verdict {
    /// Everything was done.
    Complete,
    /// Some pictures or texts could not be used; each was reported.
    Partial,
}

impl Verdict {
    /// [`Verdict::Partial`] where anything failed.
    pub fn of(any_failed: bool) -> Self {
        if any_failed {
            Self::Partial
        } else {
            Self::Complete
        }
    }
}
