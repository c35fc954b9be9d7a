//! A model whose head is here: it can be loaded while the rest of it comes.

use std::cell::RefCell;
use std::rc::Rc;

use futures::future::{FutureExt, Shared};
use futures_channel::oneshot::{self, Receiver, Sender};

use super::stored_pack::StoredPack;
use super::{Model, ModelStore};
use crate::weights::Manifest;

/// The model that is loaded next, as soon as its head is here; an error where none comes.
pub type Head = Shared<Receiver<Rc<StoredPack>>>;

/// Whom to tell of it.
#[derive(Default)]
pub(super) struct HeadSender(RefCell<Option<Sender<Rc<StoredPack>>>>);

impl HeadSender {
    fn send(&self, pack: Rc<StoredPack>) {
        if let Some(sender) = self.0.take() {
            // Whoever asked may have done without.
            let _ = sender.send(pack);
        }
    }
}

impl ModelStore {
    /// Asks for the head of the model that is loaded next.
    pub fn head(&self) -> Head {
        let (sender, receiver) = oneshot::channel();
        self.head.0.replace(Some(sender));
        receiver.shared()
    }

    /// Tells of a model that is on its way. What its pieces turn out to be, their reader learns.
    pub(super) async fn tell_head(&self, manifest: &Manifest) {
        if let Ok(pack) = StoredPack::open(manifest.clone(), self.pieces.clone()).await {
            self.head.send(Rc::new(pack));
        }
    }

    /// Answers [`ModelStore::head`] where nothing else did: no head comes without a model.
    pub fn head_is_of(&self, model: Option<&Model>) {
        match model {
            Some(model) => self.head.send(model.pack.clone()),
            None => drop(self.head.0.take()),
        }
    }
}
