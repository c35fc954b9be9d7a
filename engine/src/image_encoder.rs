//! The image half of a network, on the CPU.

use glance_compute::ComputeError;
use glance_compute::cpu::Cpu;

use crate::embedding::Embedding;
use crate::error::Error;
use crate::image::Picture;
use crate::model::ImageTower;
use crate::weights::{PackSource, Preprocessing};

/// An image tower with its preprocessing. It encodes pictures, but no texts.
pub(crate) struct ImageEncoder {
    tower: ImageTower<Cpu>,
    preprocessing: Preprocessing,
}

impl ImageEncoder {
    /// Loads only the tensors of the image tower.
    pub(crate) async fn load(pack: &impl PackSource) -> Result<Self, Error> {
        Ok(Self {
            tower: ImageTower::load(Cpu::new(), pack).await?,
            preprocessing: pack.index().header().preprocessing.clone(),
        })
    }

    /// Preprocesses a picture to the levels that [`ImageEncoder::encode_levels`] takes.
    pub(crate) fn levels(&self, picture: &Picture) -> Vec<u8> {
        let size = self.tower.config().vision.image_size();
        picture.levels(size, &self.preprocessing)
    }

    /// Encodes a preprocessed picture, with the same result as the whole network.
    pub(crate) async fn encode_levels(&self, levels: &[u8]) -> Result<Embedding, ComputeError> {
        let table = self.preprocessing.table();
        Ok(Embedding(self.tower.encode_levels(levels, &table).await?))
    }
}
