//! A model whose head is here: it can be loaded while the rest of it comes.

use std::cell::RefCell;
use std::rc::Rc;

use futures::future::{FutureExt, Shared};
use futures_channel::oneshot::{self, Receiver, Sender};

use super::stored_pack::StoredPack;

/// The model that is loaded next, as soon as its head is here; an error where none comes.
pub type Head = Shared<Receiver<Rc<StoredPack>>>;

/// Whom to tell of it.
#[derive(Default)]
pub(super) struct HeadSender(RefCell<Option<Sender<Rc<StoredPack>>>>);

impl HeadSender {
    /// Asks for the head of the model that is loaded next.
    pub(super) fn ask(&self) -> Head {
        let (sender, receiver) = oneshot::channel();
        self.0.replace(Some(sender));
        receiver.shared()
    }

    /// No head comes.
    pub(super) fn drop_request(&self) {
        drop(self.0.take());
    }

    /// Answers whoever asked.
    pub(super) fn send(&self, pack: Rc<StoredPack>) {
        if let Some(sender) = self.0.take() {
            // Whoever asked may have done without.
            let _ = sender.send(pack);
        }
    }
}
