//! The model that is loaded, and how it goes on when its GPU fails.
//!
//! ```text
//! loading          from a source to a device
//! devices          which device, by the benchmarks in the model store
//! cached_encoder   the model with what it has encoded
//! ```

pub mod cached_encoder;
pub mod devices;
pub mod loading;

use glance_compute::DeviceKind;

use crate::clock::milliseconds;
use crate::device::DeviceReason;
use crate::web::loaded::cached_encoder::{CachedEncoder, Encoded};
use crate::web::loaded::loading::load;
use crate::web::model_store::Storing;
use crate::web::policy::recovery::devices;
use crate::web::protocol::{ErrorKind, Failure, ModelInfo, ModelOrigin, ModelSource};
use crate::web::request::context::RequestContext;
use crate::web::source::ModelRequest;

const OPENED_AGAIN: &str = "The graphics card was lost for a moment, and is in use again.";
const GAVE_WAY: &str = "The graphics card was lost, so the processor goes on with the pictures.";
const FAILED: &str = "The graphics card failed at this model, so the processor goes on with it.";

/// A model that is loaded.
pub struct LoadedModel {
    pub encoder: CachedEncoder,
    info: ModelInfo,
    /// The device that somebody chose.
    asked: Option<DeviceKind>,
    wanted: ModelRequest,
    /// When its GPU was lost last.
    lost: Option<f64>,
    /// Of a model that was fetched.
    storing: Option<Storing>,
}

/// Why a model does not go on, and what it had encoded.
pub struct RecoveryFailed {
    pub failure: Failure,
    pub encoded: Kept,
}

/// What a model encoded, for when it is loaded again.
pub struct Kept {
    model: String,
    encoded: Encoded,
}

impl LoadedModel {
    /// Loads a model; one that encoded something before goes on with that.
    pub async fn load(
        wanted: ModelRequest,
        asked: Option<DeviceKind>,
        kept: &mut Option<Kept>,
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

    /// The end of storing a model that was fetched, where that is to come.
    pub fn storing(&self) -> Option<Storing> {
        self.storing.clone()
    }

    /// Notes how storing ended. Returns `false` if that was known already.
    pub fn storing_finished(&mut self, refusal: Option<&str>) -> bool {
        self.storing = None;
        self.info.storing_finished(refusal.map(str::to_owned))
    }

    /// Lets go of the model, and keeps what it encoded.
    pub fn stop(self) -> Kept {
        Kept {
            model: self.info.id,
            encoded: self.encoder.into_encoded(),
        }
    }

    /// Whether a failure is of the kind that this goes on after.
    pub fn may_recover(&self, failure: &Failure) -> bool {
        self.info.device == DeviceKind::Gpu && !self.ways(failure.kind).is_empty()
    }

    fn ways(&self, failure: ErrorKind) -> &'static [DeviceKind] {
        let since_loss = self.lost.map(|lost| milliseconds() - lost);
        devices(failure, self.asked, since_loss)
    }

    /// The same model on another device, or on the same once more, after a failure of the GPU.
    pub async fn recover(
        mut self,
        failure: Failure,
        current: &RequestContext,
    ) -> Result<Self, RecoveryFailed> {
        let ways = self.ways(failure.kind);
        if let Some(storing) = self.storing.take() {
            let refusal = storing.hurry().await;
            self.storing_finished(refusal);
        }
        let Self {
            encoder,
            info,
            asked,
            wanted,
            ..
        } = self;
        // What is left on the lost device goes before the model is loaded a second time.
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
                storing.hurry().await;
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

/// The page starts a worker anew, which tells what is wrong with the model.
fn stopped(failure: Failure, model: String, encoded: Encoded) -> RecoveryFailed {
    RecoveryFailed {
        failure: Failure {
            kind: ErrorKind::Lost,
            ..failure
        },
        encoded: Kept { model, encoded },
    }
}
