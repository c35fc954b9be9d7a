//! Why a repository cannot be read.

use thiserror::Error as ThisError;

use crate::web::net::fetch::FetchError;

/// Why a repository cannot be read.
#[derive(Debug, ThisError)]
pub enum HubError {
    #[error("“{0}” is not a model name; write owner/name or owner/name@revision.")]
    Name(String),
    #[error("The hub has no model {0} that is public; check its name.")]
    Unknown(String),
    #[error("The hub's answer cannot be understood ({0}); try again later.")]
    Answer(String),
    #[error("The file {0} does not match the hub's checksum and is not used; try again.")]
    Damaged(String),
    #[error(transparent)]
    Fetch(#[from] FetchError),
}
