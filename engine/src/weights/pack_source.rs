//! A pack in memory or in storage.

use std::borrow::Cow;
use std::ops::Range;

use crate::weights::error::WeightsError;
use crate::weights::pack::Pack;
use crate::weights::pack_index::PackIndex;

/// A pack that a network can be loaded from, tensor by tensor: in memory ([`Pack`]), or in storage,
/// without holding all of it in memory.
pub trait PackSource {
    /// The index of the tensors.
    fn index(&self) -> &PackIndex;

    /// Reads exactly this range of the data, aligned for f32.
    ///
    /// # Errors
    /// [`WeightsError::Damaged`] if the bytes do not match their hash, or the error that prevents
    /// reading them.
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
