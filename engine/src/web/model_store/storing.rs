//! A model on its way into the database while it runs.

use std::rc::Rc;

use futures::future::{FutureExt, LocalBoxFuture, Shared};

use super::pieces::Pieces;

/// The end of storing a model. It comes also to those who wait for it twice.
#[derive(Clone)]
pub struct Storing {
    pieces: Rc<Pieces>,
    /// Why it is not kept, in a sentence; nothing where it is.
    end: Shared<LocalBoxFuture<'static, Option<&'static str>>>,
}

impl Storing {
    pub(super) fn new(
        pieces: Rc<Pieces>,
        end: impl Future<Output = Option<&'static str>> + 'static,
    ) -> Self {
        let end = end.boxed_local().shared();
        Self { pieces, end }
    }

    /// Waits until the model is stored, or refused: then a sentence says why. What is not needed for
    /// the first answers is put off.
    pub async fn end(self) -> Option<&'static str> {
        self.end.await
    }

    /// As [`Storing::end`], at once.
    pub async fn hurry(self) -> Option<&'static str> {
        self.pieces.hurry();
        self.end.await
    }
}
