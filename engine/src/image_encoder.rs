//! The image half of a network, on the processor.

use glance_compute::ComputeError;
use glance_compute::cpu::Cpu;

use crate::embedding::Embedding;
use crate::error::Error;
use crate::image::Picture;
use crate::model::ImageTower;
use crate::weights::{PackSource, Preprocessing};

/// An image tower with its preprocessing: what encodes pictures and reads no text.
pub(crate) struct ImageEncoder {
    tower: ImageTower<Cpu>,
    preprocessing: Preprocessing,
}

impl ImageEncoder {
    /// Loads the tensors that it needs, and no others.
    pub(crate) async fn load(pack: &impl PackSource) -> Result<Self, Error> {
        Ok(Self {
            tower: ImageTower::load(Cpu::new(), pack).await?,
            preprocessing: pack.index().header().preprocessing.clone(),
        })
    }

    /// The same embedding that the whole network gives.
    pub(crate) async fn encode(&self, picture: &Picture) -> Result<Embedding, ComputeError> {
        let size = self.tower.config().vision.image_size();
        let pixels = picture.prepare(size, &self.preprocessing);
        Ok(Embedding(self.tower.encode_pixels(&pixels).await?))
    }
}
