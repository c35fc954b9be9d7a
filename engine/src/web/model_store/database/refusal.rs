//! Why the browser does not keep a model.

/// Why pieces do not outlast this visit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// There is no database, or it takes nothing.
    Refused,
    /// A tab with an earlier version of the page does not let go of it.
    Held,
    /// There is no room left.
    Full,
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
                "An older tab of Glance keeps the stored models to itself, so this one runs without \
                 them; close the other tabs and reload."
            }
            Self::Full => {
                "There is no room left to keep the model, so it runs for this visit only; delete \
                 stored models or free space on this device, then load it again."
            }
        }
    }
}

/// Whether a change was refused because there is no room. [`crate::web::browser::quota::free`] does not tell:
/// browsers that guard against fingerprinting always claim some.
pub fn is_full(error: &idb::Error) -> bool {
    matches!(error, idb::Error::DomException(exception) if exception.name() == "QuotaExceededError")
}
