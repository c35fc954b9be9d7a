//! What is known of a model on this device, whole or in part.

use serde::{Deserialize, Serialize};

use crate::web::protocol::{ModelOrigin, StoredModel};
use crate::weights::Manifest;

/// One model.
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
        /// Whether every piece was here once.
        complete: bool,
    },
    /// Parts of the files of a checkpoint, which will be made into a pack.
    Checkpoint {
        /// Repository and commit.
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
    /// What tells it from every other.
    pub fn id(&self) -> &str {
        match &self.content {
            Content::Pack { manifest, .. } => manifest.version(),
            Content::Checkpoint { id, .. } => id,
        }
    }

    /// The pack, with whether it was whole once.
    pub fn pack(self) -> Option<(Manifest, bool)> {
        match self.content {
            Content::Pack { manifest, complete } => Some((manifest, complete)),
            Content::Checkpoint { .. } => None,
        }
    }

    /// The same for people, with so many bytes of it here.
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
