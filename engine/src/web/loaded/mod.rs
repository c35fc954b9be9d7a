//! The loaded model, and its recovery when the GPU fails.
//!
//! ```text
//! loading          loads a model from its source onto a device
//! devices          finds the device, with the benchmarks in the model store
//! cached_encoder   the model with its cached embeddings
//! ```

pub mod cached_encoder;
pub mod devices;
pub mod loading;

use glance_protocol::{
    DeviceKind, DeviceReason, ErrorKind, Failure, ModelInfo, ModelOrigin, ModelSource,
};

use crate::clock::milliseconds;
use crate::web::loaded::cached_encoder::{CachedEncoder, Encoded};
use crate::web::loaded::loading::load;
use crate::web::model_store::Storing;
use crate::web::policy::recovery::devices;
use crate::web::request::context::RequestContext;
use crate::web::source::ModelRequest;

const OPENED_AGAIN: &str = "The graphics card was lost for a moment, and is in use again.";
const GAVE_WAY: &str = "The graphics card was lost, so the processor goes on with the pictures.";
const FAILED: &str = "The graphics card failed at this model, so the processor goes on with it.";

/// A loaded model.
pub struct LoadedModel {
    pub encoder: CachedEncoder,
    info: ModelInfo,
    /// The device that the person chose, if any.
    asked: Option<DeviceKind>,
    wanted: ModelRequest,
    /// When its GPU was last lost.
    lost: Option<f64>,
    /// The storing of a downloaded model, while it lasts.
    storing: Option<Storing>,
}

/// Why a recovery failed, and what the model had encoded.
pub struct RecoveryFailed {
    pub failure: Failure,
    pub encoded: SavedEmbeddings,
}

/// A model's embeddings, kept for when it is loaded again.
pub struct SavedEmbeddings {
    model: String,
    encoded: Encoded,
}

impl LoadedModel {
    /// Loads a model. Reuses the embeddings in `kept` if they are of the same model.
    pub async fn load(
        wanted: ModelRequest,
        asked: Option<DeviceKind>,
        kept: &mut Option<SavedEmbeddings>,
        current: &RequestContext,
    ) -> Result<Self, Failure> {
        let (clip, info, storing) = load(&wanted, asked, current).await?;
        let kept = kept.take().filter(|kept| kept.model == info.id);
        let encoded = kept.map(|kept| kept.encoded).unwrap_or_default();
        Ok(Self {
            encoder: CachedEncoder::new(clip, encoded),
            info,
            asked,
            wanted,
            lost: None,
            storing,
        })
    }

    pub fn info(&self) -> &ModelInfo {
        &self.info
    }

    /// The storing of a downloaded model, while it lasts.
    pub fn storing(&self) -> Option<Storing> {
        self.storing.clone()
    }

    /// Notes how storing ended. Returns `false` if that was known already.
    pub fn storing_finished(&mut self, refusal: Option<&str>) -> bool {
        self.storing = None;
        self.info.storing_finished(refusal.map(str::to_owned))
    }

    /// Frees the model, and returns what it encoded.
    pub fn into_saved_embeddings(self) -> SavedEmbeddings {
        SavedEmbeddings {
            model: self.info.id,
            encoded: self.encoder.into_encoded(),
        }
    }

    /// Whether the model can recover from this failure.
    pub fn may_recover(&self, failure: &Failure) -> bool {
        self.info.device == DeviceKind::Gpu && !self.ways(failure.kind).is_empty()
    }

    fn ways(&self, failure: ErrorKind) -> &'static [DeviceKind] {
        let since_loss = self.lost.map(|lost| milliseconds() - lost);
        devices(failure, self.asked, since_loss)
    }

    /// Loads the model again after a GPU failure, on the same device or another.
    pub async fn recover(
        mut self,
        failure: Failure,
        current: &RequestContext,
    ) -> Result<Self, RecoveryFailed> {
        let ways = self.ways(failure.kind);
        if let Some(storing) = self.storing.take() {
            let refusal = storing.finish().await;
            self.storing_finished(refusal);
        }
        let Self {
            encoder,
            info,
            asked,
            wanted,
            ..
        } = self;
        // Frees what is left on the lost device before the model is loaded again.
        let encoded = encoder.into_encoded();
        let origin = match info.source {
            ModelSource::Memory => wanted.origin,
            _ => ModelOrigin::Stored(info.id.clone()),
        };
        let again = match current.model(origin, wanted.files, wanted.merges) {
            Ok(again) => again,
            Err(failure) => return Err(stopped(failure, info.id, encoded)),
        };
        let lost = failure.kind == ErrorKind::Lost;
        let mut failure = failure;
        for device in ways {
            let (clip, loaded, storing) = match load(&again, Some(*device), current).await {
                Ok(loaded) => loaded,
                Err(another) => {
                    failure = another;
                    continue;
                }
            };
            if let Some(storing) = storing {
                storing.finish().await;
            }
            let (reason, notice) = match device {
                DeviceKind::Gpu => (info.reason, OPENED_AGAIN),
                DeviceKind::Cpu if lost => (DeviceReason::GpuFailed, GAVE_WAY),
                DeviceKind::Cpu => (DeviceReason::GpuFailed, FAILED),
            };
            return Ok(Self {
                encoder: CachedEncoder::new(clip, encoded),
                info: ModelInfo {
                    reason,
                    source: info.source,
                    notice: Some(notice.to_owned()),
                    ..loaded
                },
                asked,
                wanted: again,
                lost: Some(milliseconds()),
                storing: None,
            });
        }
        Err(stopped(failure, info.id, encoded))
    }
}

/// Reports a loss, so that the page starts a new worker, which then reports what is wrong.
fn stopped(failure: Failure, model: String, encoded: Encoded) -> RecoveryFailed {
    RecoveryFailed {
        failure: Failure {
            kind: ErrorKind::Lost,
            ..failure
        },
        encoded: SavedEmbeddings { model, encoded },
    }
}
