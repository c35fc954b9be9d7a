//! Why the browser does not store a model.

use crate::web::browser::indexed_db::{OpenError, is_full};

/// Why pieces are not stored beyond this visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no database, or it refuses writes.
    Refused,
    /// A tab with an earlier version of the page does not close its connection.
    Held,
    /// The quota is used up.
    Full,
}

impl From<OpenError> for Refusal {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Refused => Self::Refused,
            OpenError::Held => Self::Held,
        }
    }
}

impl Refusal {
    pub fn of(error: &idb::Error) -> Self {
        match is_full(error) {
            true => Self::Full,
            false => Self::Refused,
        }
    }

    pub fn sentence(self) -> &'static str {
        match self {
            Self::Refused => {
                "This browser does not keep the model (a private window, or storage switched off), \
                 so the next visit fetches it again."
            }
            Self::Held => {
                "An older tab of Glance blocks the stored models, so this tab runs without them; \
                 close the other tabs and reload."
            }
            Self::Full => {
                "There is no room left to keep the model, so it runs for this visit only; delete \
                 stored models or free space on this device, then load it again."
            }
        }
    }
}
