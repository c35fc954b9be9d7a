//! How fast the devices here were at a model, so that they need not be measured at each visit.

use serde::{Deserialize, Serialize};

use crate::model::Measured;

/// What was measured, and under which circumstances.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// Where it says something else, it is measured again.
    pub circumstances: String,
    pub measured: Measured,
}
