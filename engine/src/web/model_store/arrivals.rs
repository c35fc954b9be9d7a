//! Pieces that are still downloading, and who waits for them.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use futures_channel::oneshot::{self, Receiver, Sender};

/// Those who wait for a piece. Dropping a sender wakes its receiver.
type Waiting = Vec<Sender<()>>;

/// The pieces that a download has yet to bring.
#[derive(Default)]
pub(super) struct Arrivals {
    /// By model and index of the piece.
    missing: RefCell<HashMap<(String, usize), Waiting>>,
}

/// A running download. Dropping it wakes all who wait for its pieces.
pub(super) struct Expectation(Rc<Arrivals>);

impl Arrivals {
    /// Announces the pieces of a download.
    pub(super) fn expect(
        self: &Rc<Self>,
        id: &str,
        pieces: impl Iterator<Item = usize>,
    ) -> Expectation {
        let missing = pieces.map(|index| ((id.to_owned(), index), Waiting::new()));
        self.missing.borrow_mut().extend(missing);
        Expectation(self.clone())
    }

    /// Wakes those who wait for a piece.
    pub(super) fn arrived(&self, id: &str, index: usize) {
        self.missing.borrow_mut().remove(&(id.to_owned(), index));
    }

    /// Waits until a piece has arrived or its download has ended.
    pub(super) async fn wait(&self, id: &str, index: usize) {
        if let Some(told) = self.told(id, index) {
            // Nothing is sent: dropping the sender is the signal.
            let _ = told.await;
        }
    }

    fn told(&self, id: &str, index: usize) -> Option<Receiver<()>> {
        let mut missing = self.missing.borrow_mut();
        let waiting = missing.get_mut(&(id.to_owned(), index))?;
        let (sender, receiver) = oneshot::channel();
        waiting.push(sender);
        Some(receiver)
    }
}

impl Drop for Expectation {
    fn drop(&mut self) {
        self.0.missing.take();
    }
}

#[cfg(test)]
mod tests {
    use futures::future::FutureExt;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn a_wait_ends_when_the_piece_or_the_download_does() {
        let arrivals = Rc::new(Arrivals::default());
        let here = |id, index| arrivals.wait(id, index).now_or_never().is_some();
        assert!(here("model", 0), "nothing is on its way");

        let expectation = arrivals.expect("model", [0, 2].into_iter());
        assert!(!here("model", 0) && here("model", 1) && !here("model", 2));
        assert!(here("other", 0));
        let mut second = arrivals.wait("model", 2).boxed_local();
        assert!((&mut second).now_or_never().is_none());
        arrivals.arrived("model", 0);
        assert!(here("model", 0) && !here("model", 2));
        drop(expectation);
        assert!(second.now_or_never().is_some());
        assert!(here("model", 2));
    }
}
