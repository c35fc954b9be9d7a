//! Writes what is to be remembered, in batches. Only the first worker writes.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use glance_protocol::PictureId;
use gloo_timers::callback::Timeout;
use wasm_bindgen_futures::spawn_local;

use super::store::{PictureStore, Unwritable};
use crate::web::policy::unwritten::{FileFacts, NewEmbedding, Unwritten};

/// Pictures that are written at once.
const BATCH: usize = 32;
/// A smaller batch is written after this time.
const WRITE_AFTER_MILLISECONDS: u32 = 1000;
const FULL: &str = "There is no room left to remember pictures, so new ones will have to be added \
                    again at the next visit.";

/// Writes pictures and embeddings to the store.
pub struct PictureWriter {
    store: Rc<PictureStore>,
    unwritten: RefCell<Unwritten>,
    timer: RefCell<Option<Timeout>>,
    /// Set when the browser stores no more.
    stopped: Cell<bool>,
    /// Told once why, in a sentence for the person.
    refused: Box<dyn Fn(&str)>,
}

impl PictureWriter {
    pub fn new(store: Rc<PictureStore>, refused: impl Fn(&str) + 'static) -> Self {
        Self {
            store,
            unwritten: RefCell::default(),
            timer: RefCell::default(),
            stopped: Cell::default(),
            refused: Box::new(refused),
        }
    }

    /// Remembers an encoded picture; `embedding` is `None` if it was remembered already.
    pub fn encoded(
        self: &Rc<Self>,
        picture: PictureId,
        file: FileFacts,
        embedding: Option<NewEmbedding>,
    ) {
        self.add(|unwritten| unwritten.encoded(picture, file, embedding));
    }

    /// Remembers the thumbnail of a picture, a JPEG file.
    pub fn thumbnail(self: &Rc<Self>, picture: PictureId, jpeg: Vec<u8>) {
        self.add(|unwritten| unwritten.thumbnail(picture, jpeg));
    }

    /// Drops what waits for the rest of a picture that the page removed.
    pub fn removed(&self, picture: PictureId) {
        self.unwritten.borrow_mut().removed(picture);
    }

    /// Forgets pictures with their embeddings and corrections, or everything.
    pub async fn forget(&self, contents: Option<&[String]>) {
        self.unwritten.borrow_mut().forget(contents);
        self.store.forget(contents).await;
    }

    fn add(self: &Rc<Self>, add: impl FnOnce(&mut Unwritten)) {
        if self.stopped.get() {
            return;
        }
        add(&mut self.unwritten.borrow_mut());
        let count = self.unwritten.borrow().len();
        if count >= BATCH {
            self.write();
        } else if count > 0 && self.timer.borrow().is_none() {
            let writer = self.clone();
            let timer = Timeout::new(WRITE_AFTER_MILLISECONDS, move || writer.write());
            self.timer.replace(Some(timer));
        }
    }

    fn write(self: &Rc<Self>) {
        self.timer.take();
        let batch = self.unwritten.borrow_mut().take();
        if batch.len() == 0 {
            return;
        }
        let writer = self.clone();
        spawn_local(async move {
            match writer.store.put(&batch).await {
                // What failed once is not remembered; later pictures may be.
                Ok(()) | Err(Unwritable::Failed) => {}
                Err(Unwritable::Refused) => writer.stop(),
                Err(Unwritable::Full) => {
                    if !writer.stopped.get() {
                        (writer.refused)(FULL);
                    }
                    writer.stop();
                }
            }
        });
    }

    fn stop(&self) {
        self.stopped.set(true);
        self.unwritten.take();
    }
}
