//! Why a source provides no model.

use thiserror::Error as ThisError;

use crate::web::missing_code::MissingCode;
use crate::web::model_store::StoreError;
use crate::web::source::hub::HubError;
use crate::weights::WeightsError;

/// Why a source provides no model.
#[derive(Debug, ThisError)]
pub enum SourceError {
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Hub(#[from] HubError),
    #[error("The files of this model are not kept in this browser; choose them again.")]
    FilesGone,
    #[error(transparent)]
    MissingCode(#[from] MissingCode),
}

#[cfg(feature = "split")]
impl From<wasm_split_helpers::SplitLoaderError> for SourceError {
    fn from(error: wasm_split_helpers::SplitLoaderError) -> Self {
        Self::MissingCode(error.into())
    }
}

impl From<WeightsError> for SourceError {
    fn from(error: WeightsError) -> Self {
        Self::Store(error.into())
    }
}
