//! Records of models on this device, complete or not.

use glance_protocol::{ModelOrigin, StoredModel};
use serde::{Deserialize, Serialize};

use crate::weights::Manifest;

/// The record of one model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    pub content: Content,
    pub origin: ModelOrigin,
    /// Milliseconds since 1970.
    pub added: f64,
}

/// What its pieces are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Content {
    /// A pack.
    Pack {
        manifest: Manifest,
        /// Whether it was completely stored once.
        complete: bool,
    },
    /// Windows of a checkpoint, which will be converted to a pack.
    Checkpoint {
        /// Hub, repository and commit.
        id: String,
        name: String,
        license: Option<String>,
        size: u64,
    },
}

impl Content {
    pub fn pack(manifest: &Manifest, complete: bool) -> Self {
        Self::Pack {
            manifest: manifest.clone(),
            complete,
        }
    }
}

impl Record {
    /// The key of the record, and the model's id.
    pub fn id(&self) -> &str {
        match &self.content {
            Content::Pack { manifest, .. } => manifest.version(),
            Content::Checkpoint { id, .. } => id,
        }
    }

    /// The pack, and whether it was completely stored once.
    pub fn pack(self) -> Option<(Manifest, bool)> {
        match self.content {
            Content::Pack { manifest, complete } => Some((manifest, complete)),
            Content::Checkpoint { .. } => None,
        }
    }

    /// The record as the page shows it, with `stored` bytes here.
    pub fn described(self, stored: f64) -> StoredModel {
        let id = self.id().to_owned();
        let (name, license, size) = match self.content {
            Content::Pack { manifest, .. } => (manifest.name, manifest.license, manifest.size),
            Content::Checkpoint {
                name,
                license,
                size,
                ..
            } => (name, license, size),
        };
        StoredModel {
            id,
            name,
            license,
            from: match self.origin {
                ModelOrigin::Manifest(url) => Some(url),
                ModelOrigin::Hub { repository, .. } => Some(repository),
                ModelOrigin::Files | ModelOrigin::Stored(_) => None,
            },
            bytes: size as f64,
            stored,
            added: self.added,
        }
    }
}
