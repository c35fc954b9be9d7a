//! Why a repository cannot be looked into.

use thiserror::Error as ThisError;

use crate::web::net::fetch::FetchError;

/// Why a repository cannot be looked into.
#[derive(Debug, ThisError)]
pub enum HubError {
    #[error("“{0}” is no name of a model; write owner/name or owner/name@revision.")]
    Name(String),
    #[error("The hub has no model {0} that anyone may read; check its name.")]
    Unknown(String),
    #[error("The hub answered something that cannot be understood ({0}); try again later.")]
    Answer(String),
    #[error(
        "The file {0} arrived with other bytes than the hub says it has, and is not used; try again."
    )]
    Damaged(String),
    #[error(transparent)]
    Fetch(#[from] FetchError),
}
