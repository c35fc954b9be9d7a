//! A bound on the work of repairing one text.

/// Characters that repairing one text may visit. Text of ordinary damage is visited a few times;
/// one made to unfold layer by layer would take time that grows with its square.
const EFFORT: usize = 1 << 26;

/// What is left of [`EFFORT`].
pub(super) struct Effort(usize);

impl Default for Effort {
    fn default() -> Self {
        Self(EFFORT)
    }
}

impl Effort {
    /// Whether `text` may be visited once more.
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
