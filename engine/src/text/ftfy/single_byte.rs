//! The description of a single-byte encoding.

/// An encoding whose lower half is ASCII.
pub(super) struct SingleByte {
    /// The characters of 0x80 to 0xFF.
    pub(super) high: &'static str,
    /// Whether unassigned bytes pass as they are and 0x1A stands for a lost character.
    pub(super) sloppy: bool,
    /// Whether a space may stand for 0xA0. Not if that would match a dash before a space.
    pub(super) restores_spaces: bool,
}
