//! Turns errors into the failures that the page shows.

use std::fmt::Display;

use glance_compute::ComputeError;
use glance_protocol::{ErrorKind, Failure};

use crate::error::Error;
use crate::web::missing_code::MissingCode;
use crate::web::model_store::{DownloadError, StoreError};
use crate::web::net::fetch::FetchError;
use crate::web::source::SourceError;
use crate::web::source::hub::HubError;
use crate::weights::WeightsError;

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let kind = match &error {
            Error::Image(_) => ErrorKind::Picture,
            Error::Text(_) | Error::FewShot(_) => ErrorKind::Unknown,
            Error::Weights(_) => ErrorKind::Model,
            Error::Compute(ComputeError::NoAdapter) => ErrorKind::NoDevice,
            Error::Compute(ComputeError::Lost) => ErrorKind::Lost,
            Error::Compute(_) => ErrorKind::Device,
        };
        failure(kind, &error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let kind = match &error {
            StoreError::Download(DownloadError::Fetch(FetchError::Aborted))
            | StoreError::Weights(WeightsError::Cancelled) => ErrorKind::Cancelled,
            StoreError::Download(DownloadError::Fetch(_)) => ErrorKind::Connection,
            _ => ErrorKind::Model,
        };
        failure(kind, &error)
    }
}

impl From<MissingCode> for Failure {
    fn from(error: MissingCode) -> Self {
        failure(ErrorKind::Connection, &error)
    }
}

impl From<SourceError> for Failure {
    fn from(error: SourceError) -> Self {
        match error {
            SourceError::Store(error) => error.into(),
            SourceError::Hub(HubError::Fetch(FetchError::Aborted)) => {
                failure(ErrorKind::Cancelled, &error)
            }
            SourceError::Hub(HubError::Fetch(_)) => failure(ErrorKind::Connection, &error),
            SourceError::MissingCode(error) => error.into(),
            SourceError::Hub(_) | SourceError::FilesGone => failure(ErrorKind::Model, &error),
        }
    }
}

fn failure(kind: ErrorKind, message: &dyn Display) -> Failure {
    let message = message.to_string();
    Failure { kind, message }
}

pub fn cancelled() -> Failure {
    failure(ErrorKind::Cancelled, &"Cancelled.")
}

pub fn unknown(message: &str) -> Failure {
    failure(ErrorKind::Unknown, &message)
}

/// A remembered picture that the loaded model has not encoded.
pub fn not_remembered() -> Failure {
    let message = "This picture was looked at with another model; add it again.";
    failure(ErrorKind::Picture, &message)
}

pub fn not_loaded() -> Failure {
    unknown("No model is loaded yet; load one first.")
}
