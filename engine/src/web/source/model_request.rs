//! A request for a model.

use glance_protocol::ModelOrigin;
use web_sys::{AbortSignal, File};

use crate::web::source::error::SourceError;
use crate::web::source::hub::{Hub, Repository};
use crate::web::source::picked_files::PickedFiles;
use crate::weights::WeightsError;

/// A request for a model.
pub struct ModelRequest {
    pub origin: ModelOrigin,
    pub files: Vec<File>,
    /// URL of OpenAI's merges.
    pub merges: String,
    pub signal: AbortSignal,
}

impl ModelRequest {
    pub fn picked(&self) -> Result<PickedFiles, WeightsError> {
        PickedFiles::new(self.files.clone(), self.merges.clone(), self.signal.clone())
    }

    pub async fn hub(&self, base: &str, repository: &Repository) -> Result<Hub, SourceError> {
        let (merges, signal) = (self.merges.clone(), self.signal.clone());
        Ok(Hub::open(base, repository, merges, signal).await?)
    }
}
