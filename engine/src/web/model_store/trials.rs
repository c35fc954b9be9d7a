//! How fast the devices here were at a model, so that they need not be measured at each visit.

use serde::{Deserialize, Serialize};

use super::ModelStore;
use crate::model::Measured;

/// What was measured, and under which circumstances.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// Where it says something else, it is measured again.
    pub circumstances: String,
    pub measured: Measured,
}

impl ModelStore {
    /// What was measured with a model, if it was.
    pub async fn trial(&self, version: &str) -> Option<Trial> {
        let database = self.pieces.database.as_ref()?;
        database.trial(version).await.ok()?
    }

    /// Keeps what was measured with a model.
    pub async fn remember_trial(&self, version: &str, trial: &Trial) {
        if let Some(database) = &self.pieces.database {
            // What is not kept is measured again.
            let _ = database.put_trial(version, trial).await;
        }
    }
}
