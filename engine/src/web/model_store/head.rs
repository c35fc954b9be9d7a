//! Passes on a model as soon as its head has arrived, so that it loads while it downloads.

use std::cell::RefCell;
use std::rc::Rc;

use futures::future::{FutureExt, Shared};
use futures_channel::oneshot::{self, Receiver, Sender};

use super::stored_pack::StoredPack;

/// The next model to load, as soon as its head has arrived; an error if none arrives.
pub type Head = Shared<Receiver<Rc<StoredPack>>>;

/// The sender for a [`Head`].
#[derive(Default)]
pub(super) struct HeadSender(RefCell<Option<Sender<Rc<StoredPack>>>>);

impl HeadSender {
    /// Asks for the head of the next model.
    pub(super) fn ask(&self) -> Head {
        let (sender, receiver) = oneshot::channel();
        self.0.replace(Some(sender));
        receiver.shared()
    }

    /// Ends the request without a head.
    pub(super) fn drop_request(&self) {
        drop(self.0.take());
    }

    /// Answers the request, if there is one.
    pub(super) fn send(&self, pack: Rc<StoredPack>) {
        if let Some(sender) = self.0.take() {
            // The receiver may be gone.
            let _ = sender.send(pack);
        }
    }
}
