//! What went wrong, as the page is told.

use super::fetch::FetchError;
use super::hub::HubError;
use super::model_store::{DownloadError, StoreError};
use super::protocol::{ErrorKind, Failure};
use crate::Error;
use crate::compute::ComputeError;
use crate::weights::WeightsError;

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
            | StoreError::Hub(HubError::Fetch(FetchError::Aborted))
            | StoreError::Weights(WeightsError::Cancelled) => ErrorKind::Cancelled,
            StoreError::Download(DownloadError::Fetch(_)) | StoreError::Hub(HubError::Fetch(_)) => {
                ErrorKind::Connection
            }
            _ => ErrorKind::Model,
        };
        Self {
            kind,
            message: error.to_string(),
        }
    }
}

pub(super) fn cancelled() -> Failure {
    Failure {
        kind: ErrorKind::Cancelled,
        message: "Cancelled.".to_owned(),
    }
}

pub(super) fn unknown(message: &str) -> Failure {
    Failure {
        kind: ErrorKind::Unknown,
        message: message.to_owned(),
    }
}
