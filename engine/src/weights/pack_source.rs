//! A pack wherever its bytes lie.

use std::borrow::Cow;
use std::ops::Range;

use crate::weights::error::WeightsError;
use crate::weights::pack::Pack;
use crate::weights::pack_index::PackIndex;

/// A pack that a network can be loaded from, tensor by tensor: in memory ([`Pack`]), or where it
/// would be a waste to have the whole of it in memory.
pub trait PackSource {
    /// Where each tensor lies.
    fn index(&self) -> &PackIndex;

    /// Bytes of the data, exactly those asked for, at an address that suits an f32.
    ///
    /// # Errors
    /// [`WeightsError::Damaged`] where they are not what the pack was made of; whatever else keeps
    /// them from being read.
    fn read(
        &self,
        range: Range<usize>,
    ) -> impl Future<Output = Result<Cow<'_, [u8]>, WeightsError>>;
}

impl PackSource for Pack {
    fn index(&self) -> &PackIndex {
        self.index()
    }

    async fn read(&self, range: Range<usize>) -> Result<Cow<'_, [u8]>, WeightsError> {
        Ok(Cow::Borrowed(self.bytes(range)))
    }
}
