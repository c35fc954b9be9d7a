//! Models that are loaded, stored or offered.

use serde::{Deserialize, Serialize};

#[cfg(doc)]
use super::ToPage;
use super::device::{DeviceKind, DeviceReason};

/// A checkpoint that can be loaded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Description {
    /// The repository, or the folder or file.
    pub name: String,
    /// The licence that its model card names, if any.
    pub license: Option<String>,
    /// Bytes to download or read.
    pub bytes: f64,
    /// Estimated bytes of its pack, on disk and in memory.
    pub pack_bytes: f64,
    /// Estimated remaining quota in bytes; `None` if the browser does not report it.
    pub free: Option<f64>,
}

/// What is stored on this device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Storage {
    /// Newest first; `None` if the browser refuses to store anything.
    pub models: Option<Vec<StoredModel>>,
    /// Estimated bytes that this page stores; `None` if the browser does not report it.
    pub usage: Option<f64>,
    /// Estimated quota in bytes; `None` if the browser does not report it.
    pub quota: Option<f64>,
    /// Whether the browser promised not to evict them (`navigator.storage.persisted`).
    pub persisted: bool,
}

/// A model in the browser's storage, whole or in part.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredModel {
    /// Identifies it in requests.
    pub id: String,
    /// Its name as people read it.
    pub name: String,
    /// SPDX expression, if known.
    pub license: Option<String>,
    /// Where it came from: a URL, `owner/name` of the hub, or `None` for files.
    pub from: Option<String>,
    /// Size of the whole pack in bytes.
    pub bytes: f64,
    /// Bytes that are stored.
    pub stored: f64,
    /// When it was first stored, in milliseconds since 1970.
    pub added: f64,
}

/// A loaded model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelInfo {
    /// [`StoredModel::id`], whether it is stored or not.
    pub id: String,
    /// Its name as people read it, such as `CLIP ViT-B/32`.
    pub name: String,
    /// SPDX expression, if known.
    pub license: Option<String>,
    /// Size of its pack in bytes.
    pub bytes: f64,
    /// Pixels a side of the square that it sees.
    pub image_size: u32,
    /// Values of an embedding.
    pub embedding_size: u32,
    /// The device that it runs on.
    pub device: DeviceKind,
    /// Why on that device.
    pub reason: DeviceReason,
    /// Where its pack came from.
    pub source: ModelSource,
    /// A sentence for the person: that it is not stored, or not on the device that was asked for.
    pub notice: Option<String>,
}

impl ModelInfo {
    /// Records how storing ended. Returns `false` if that was recorded before.
    pub fn storing_finished(&mut self, refusal: Option<String>) -> bool {
        let waits = self.source == ModelSource::Storing;
        if waits {
            self.source = match refusal {
                Some(_) => ModelSource::Memory,
                None => ModelSource::Network,
            };
            self.notice = refusal.or(self.notice.take());
        }
        waits
    }
}

/// Where a model's pack came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ModelSource {
    /// Downloaded, and stored for the next visit.
    Network,
    /// Downloaded, and being stored; [`ToPage::Kept`] tells how that ends.
    Storing,
    /// Stored at an earlier visit.
    Cache,
    /// Downloaded, but not stored: it is gone when the page closes.
    Memory,
}
