//! How fast the devices here were at a model, so that they need not be measured at each visit.

use futures_channel::oneshot::{self, Receiver};
use serde::{Deserialize, Serialize};

use super::{Model, ModelStore};
use crate::ClipConfig;
use crate::model::Measured;
use crate::weights::PackSource;

/// What was measured, and under which circumstances.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(in crate::web) struct Trial {
    /// Where it says something else, it is measured again.
    pub circumstances: String,
    pub measured: Measured,
}

/// What can be told of a model before it is whole.
pub(in crate::web) struct Head {
    pub version: String,
    pub config: ClipConfig,
}

impl ModelStore {
    /// The head of the model that is loaded next, as soon as it is here.
    pub(in crate::web) fn head(&self) -> Receiver<Head> {
        let (sender, receiver) = oneshot::channel();
        self.pieces.head.replace(Some(sender));
        receiver
    }

    /// Answers [`ModelStore::head`] where nothing else did: no head comes without a model.
    pub(in crate::web) fn head_is_of(&self, model: Option<&Model>) {
        let Some(sender) = self.pieces.head.take() else {
            return;
        };
        if let Some(model) = model {
            // Whoever asked may have done without.
            let _ = sender.send(Head {
                version: model.pack.manifest().version().to_owned(),
                config: model.pack.index().header().config.clone(),
            });
        }
    }

    /// What was measured with a model, if it was.
    pub(in crate::web) async fn trial(&self, version: &str) -> Option<Trial> {
        let database = self.pieces.database.as_ref()?;
        database.trial(version).await.ok()?
    }

    /// Keeps what was measured with a model.
    pub(in crate::web) async fn remember_trial(&self, version: &str, trial: &Trial) {
        if let Some(database) = &self.pieces.database {
            // What is not kept is measured again.
            let _ = database.put_trial(version, trial).await;
        }
    }
}
