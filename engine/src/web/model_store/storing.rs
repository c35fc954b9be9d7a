//! The end of storing a model that already runs.

use std::rc::Rc;

use futures::future::{FutureExt, LocalBoxFuture, Shared};

use super::pieces::Pieces;

/// The end of storing a model. Every clone can wait for it.
#[derive(Clone)]
pub struct Storing {
    pieces: Rc<Pieces>,
    /// Why it is not stored, in a sentence; `None` if it is.
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

    /// Waits until the model is stored, or refused: then a sentence says why. Storing may be
    /// delayed in favour of the first answers.
    pub async fn end(self) -> Option<&'static str> {
        self.end.await
    }

    /// Starts storing at once, then waits as [`Storing::end`] does.
    pub async fn finish(self) -> Option<&'static str> {
        self.pieces.start_writing();
        self.end.await
    }
}
