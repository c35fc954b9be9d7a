//! A bound on the work of repairing one text.

/// Maximum bytes that repairing one text may visit. Ordinary damage takes a few passes. A text made
/// to unfold layer by layer would take quadratic time.
const EFFORT: usize = 1 << 26;

/// The rest of [`EFFORT`].
pub(super) struct Effort(usize);

impl Default for Effort {
    fn default() -> Self {
        Self(EFFORT)
    }
}

impl Effort {
    /// Whether `text` may be visited once more; if so, counts the visit.
    pub(super) fn spend(&mut self, text: &str) -> bool {
        match self.0.checked_sub(text.len()) {
            Some(left) => {
                self.0 = left;
                true
            }
            None => false,
        }
    }
}
