//! What went wrong, as the page is told.

use crate::error::Error;
use crate::web::model_store::{DownloadError, StoreError};
use crate::web::net::fetch::FetchError;
use crate::web::protocol::{ErrorKind, Failure};
use crate::web::source::SourceError;
use crate::web::source::hub::HubError;
use crate::weights::WeightsError;
use glance_compute::ComputeError;

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let kind = match &error {
            Error::Image(_) => ErrorKind::Picture,
            Error::Text(_) => ErrorKind::Unknown,
            Error::Weights(_) => ErrorKind::Model,
            Error::Compute(ComputeError::NoAdapter) => ErrorKind::NoDevice,
            Error::Compute(ComputeError::Lost) => ErrorKind::Lost,
            Error::Compute(_) => ErrorKind::Device,
        };
        Self {
            kind,
            message: error.to_string(),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let kind = match error {
            StoreError::Download(DownloadError::Fetch(FetchError::Aborted))
            | StoreError::Weights(WeightsError::Cancelled) => ErrorKind::Cancelled,
            StoreError::Download(DownloadError::Fetch(_)) => ErrorKind::Connection,
            _ => ErrorKind::Model,
        };
        Self {
            kind,
            message: error.to_string(),
        }
    }
}

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        let kind = match error {
            SourceError::Store(error) => return error.into(),
            SourceError::Hub(HubError::Fetch(FetchError::Aborted)) => ErrorKind::Cancelled,
            SourceError::Hub(HubError::Fetch(_)) => ErrorKind::Connection,
            SourceError::Hub(_) | SourceError::FilesGone => ErrorKind::Model,
        };
        Self {
            kind,
            message: error.to_string(),
        }
    }
}

pub fn cancelled() -> Failure {
    Failure {
        kind: ErrorKind::Cancelled,
        message: "Cancelled.".to_owned(),
    }
}

pub fn unknown(message: &str) -> Failure {
    Failure {
        kind: ErrorKind::Unknown,
        message: message.to_owned(),
    }
}

pub fn not_loaded() -> Failure {
    unknown("No model is loaded yet; load one first.")
}
