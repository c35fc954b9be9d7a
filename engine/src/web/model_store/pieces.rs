//! The pieces of models: in the database, or in memory for this visit if it refuses them.

use std::cell::{Cell, RefCell};
use std::collections::hash_map::{Entry, OccupiedEntry};
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;

use futures_channel::oneshot::{self, Sender};
use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

use super::arrivals::Arrivals;
use super::database::Database;
use super::database::refusal::Refusal;
use super::piece_bytes::{Key, PieceBytes};
use crate::web::browser::garbage;
use crate::web::net::timeout::timeout;

/// A model of up to this many bytes is buffered whole, so that it does not wait for the disk.
const SMALL_MODEL: u32 = 32 << 20;
/// Buffered bytes of a larger model: those being stored, and as many again.
const LARGE_MODEL_BUFFER: u32 = 8 << 20;
/// Pieces per transaction, because ending a transaction costs more than storing a piece.
const STORED_AT_ONCE: usize = 4;
/// Bytes of stored blobs at which a garbage collection is provoked.
const UNCOLLECTED_BYTES: u32 = 16 << 20;
/// Storing starts this long after the first piece, or earlier if the buffer is full or the worker
/// is idle. A short download then has the CPU to itself, and a long one loses little if the page is
/// closed.
const STORE_AFTER_MILLISECONDS: u32 = 2000;

/// The pieces of all models.
pub(super) struct Pieces {
    pub(super) database: Option<Database>,
    memory: RefCell<HashMap<Key, Held>>,
    /// Bytes in memory.
    held_bytes: Cell<u32>,
    /// Most bytes in memory.
    most_held: Cell<u32>,
    /// Pieces in memory that are not stored yet, oldest first.
    unstored: RefCell<VecDeque<Key>>,
    /// Resolves when these are stored or refused.
    writer: RefCell<Option<Promise>>,
    /// Makes the writer start at once.
    start_now: RefCell<Option<Sender<()>>>,
    /// Those who wait for room in memory. Dropping a sender wakes its receiver.
    waiting: RefCell<Vec<Sender<()>>>,
    refusal: Cell<Option<Refusal>>,
    uncollected_bytes: Cell<u32>,
    pub(super) arrivals: Rc<Arrivals>,
}

/// A piece in memory.
struct Held {
    bytes: PieceBytes,
    stored: bool,
    read: bool,
}

impl Pieces {
    pub(super) fn new(database: Result<Database, Refusal>) -> Self {
        let refusal = database.as_ref().err().copied();
        Self {
            database: database.ok(),
            memory: RefCell::default(),
            held_bytes: Cell::new(0),
            most_held: Cell::new(LARGE_MODEL_BUFFER),
            unstored: RefCell::default(),
            writer: RefCell::default(),
            start_now: RefCell::default(),
            waiting: RefCell::default(),
            refusal: Cell::new(refusal),
            uncollected_bytes: Cell::new(0),
            arrivals: Rc::default(),
        }
    }

    /// Why recent pieces are not stored beyond this visit, if so.
    pub(super) fn refusal(&self) -> Option<Refusal> {
        self.refusal.get()
    }

    pub(super) fn refuse(&self, refusal: Refusal) {
        self.refusal.set(Some(refusal));
    }

    /// Clears the refusal, so that the database is tried again.
    pub(super) fn forgive(&self) {
        let refused = self.database.is_none().then_some(Refusal::Refused);
        self.refusal.set(refused);
    }

    /// Sorted indices of the pieces that are stored or in memory.
    pub(super) async fn indices(&self, id: &str) -> Vec<usize> {
        let mut indices = match &self.database {
            // Pieces that cannot be listed are fetched again.
            Some(database) => database.pieces(id).await.unwrap_or_default(),
            None => Vec::new(),
        };
        let memory = self.memory.borrow();
        let kept = memory.keys().filter(|(of, _)| of == id);
        indices.extend(kept.map(|(_, index)| *index));
        indices.sort_unstable();
        indices.dedup();
        indices
    }

    /// A piece from memory, verified when it was put there. Frees it if it is stored too, because a
    /// model reads its pieces once.
    pub(super) fn held(&self, id: &str, index: usize) -> Option<PieceBytes> {
        let mut memory = self.memory.borrow_mut();
        let Entry::Occupied(mut entry) = memory.entry((id.to_owned(), index)) else {
            return None;
        };
        entry.get_mut().read = true;
        let bytes = entry.get().bytes.clone();
        self.free_if_done(entry);
        Some(bytes)
    }

    pub(super) async fn get(&self, id: &str, index: usize) -> Option<PieceBytes> {
        let held = self.held(id, index);
        if held.is_some() {
            return held;
        }
        let stored = self.database.as_ref()?.piece(id, index).await.ok()?;
        stored.map(PieceBytes::from)
    }

    /// Sets the memory limit for a model of this size.
    pub(super) fn expect_bytes(&self, size: u64) {
        self.most_held.set(match size <= u64::from(SMALL_MODEL) {
            true => SMALL_MODEL,
            false => LARGE_MODEL_BUFFER,
        });
    }

    /// Adds a piece once there is room for it in memory. It is stored in the background;
    /// [`Pieces::flush`] waits for that.
    pub(super) async fn put(self: &Rc<Self>, id: &str, index: usize, bytes: PieceBytes) {
        let size = bytes.length();
        self.make_room(size).await;
        let held = Held {
            bytes,
            stored: false,
            read: false,
        };
        let key = (id.to_owned(), index);
        if self.memory.borrow_mut().insert(key.clone(), held).is_none() {
            self.held_bytes
                .set(self.held_bytes.get().saturating_add(size));
        }
        self.unstored.borrow_mut().push_back(key);
        self.start_writer();
        self.arrivals.arrived(id, index);
    }

    /// Waits until `size` more bytes fit. Pieces that the database refuses stay in memory all the
    /// same.
    async fn make_room(&self, size: u32) {
        while self.held_bytes.get().saturating_add(size) > self.most_held.get() {
            if self.evict_last_stored() {
                continue;
            }
            self.start_writing();
            if self.writer.borrow().is_none() {
                return;
            }
            let (sender, woken) = oneshot::channel();
            self.waiting.borrow_mut().push(sender);
            // Nothing is sent: dropping the sender is the signal.
            let _ = woken.await;
        }
    }

    /// Evicts a stored piece that was not read yet: the last one, which is read last. Returns
    /// whether there was one.
    fn evict_last_stored(&self) -> bool {
        let mut memory = self.memory.borrow_mut();
        let stored = memory.iter().filter(|(_, held)| held.stored);
        let last = stored.map(|(key, _)| key).max().cloned();
        let Some(Entry::Occupied(mut entry)) = last.map(|key| memory.entry(key)) else {
            return false;
        };
        entry.get_mut().read = true;
        self.free_if_done(entry);
        true
    }

    fn start_writer(self: &Rc<Self>) {
        let mut writer = self.writer.borrow_mut();
        if writer.is_some() {
            return;
        }
        let (start_now, asked) = oneshot::channel();
        self.start_now.replace(Some(start_now));
        let pieces = self.clone();
        *writer = Some(future_to_promise(async move {
            let _ = timeout(STORE_AFTER_MILLISECONDS, asked).await;
            loop {
                let next = pieces.next_unstored();
                if next.is_empty() {
                    break;
                }
                pieces.store(next).await;
                pieces.waiting.take();
            }
            pieces.collect();
            pieces.writer.take();
            Ok(JsValue::UNDEFINED)
        }));
    }

    /// The next pieces to store; empty when none are left.
    fn next_unstored(&self) -> Vec<(Key, PieceBytes)> {
        let mut unstored = self.unstored.borrow_mut();
        let memory = self.memory.borrow();
        // Skips pieces that were deleted meanwhile.
        let held = |key: Key| memory.get(&key).map(|held| (key, held.bytes.clone()));
        let left = std::iter::from_fn(|| unstored.pop_front());
        left.filter_map(held).take(STORED_AT_ONCE).collect()
    }

    async fn store(&self, pieces: Vec<(Key, PieceBytes)>) {
        if !self.try_put(&pieces).await {
            return;
        }
        for (key, _) in pieces {
            if let Entry::Occupied(mut entry) = self.memory.borrow_mut().entry(key) {
                entry.get_mut().stored = true;
                self.free_if_done(entry);
            }
        }
    }

    /// Waits until all pieces are stored or refused.
    pub(super) async fn wait_until_stored(&self) {
        let writer = self.writer.borrow().clone();
        if let Some(writer) = writer {
            // It never rejects.
            let _ = JsFuture::from(writer).await;
        }
    }

    /// Starts storing at once.
    pub(super) fn start_writing(&self) {
        if let Some(start_now) = self.start_now.take() {
            // The writer may have started already.
            let _ = start_now.send(());
        }
    }

    /// Starts storing at once, and waits until all pieces are stored or refused.
    pub(super) async fn flush(&self) {
        self.start_writing();
        self.wait_until_stored().await;
    }

    /// Frees a piece if it is stored and was read.
    fn free_if_done(&self, entry: OccupiedEntry<'_, Key, Held>) {
        if entry.get().stored && entry.get().read {
            let size = entry.remove().bytes.length();
            self.held_bytes
                .set(self.held_bytes.get().saturating_sub(size));
        }
    }

    /// Stores pieces in the database, all or none. Returns whether it succeeded.
    pub(super) async fn try_put(&self, pieces: &[(Key, PieceBytes)]) -> bool {
        let (Some(database), None) = (&self.database, self.refusal.get()) else {
            return false;
        };
        let result = database.put_pieces(pieces).await;
        let bytes: u32 = pieces.iter().map(|(_, bytes)| bytes.length()).sum();
        self.uncollected_bytes
            .set(self.uncollected_bytes.get().saturating_add(bytes));
        if self.uncollected_bytes.get() >= UNCOLLECTED_BYTES {
            self.collect();
        }
        match result {
            Ok(()) => return true,
            Err(error) => self.refuse(Refusal::of(&error)),
        }
        false
    }

    /// Provokes a collection of the stored blobs.
    fn collect(&self) {
        if self.uncollected_bytes.take() > 0 {
            garbage::prompt();
        }
    }

    pub(super) async fn delete(&self, id: &str, index: usize) {
        if let Some(held) = self.memory.borrow_mut().remove(&(id.to_owned(), index)) {
            let bytes = self.held_bytes.get().saturating_sub(held.bytes.length());
            self.held_bytes.set(bytes);
        }
        if let Some(database) = &self.database {
            // If this fails, the piece is found damaged again.
            let _ = database.delete_piece(id, index).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::future::FutureExt;
    use js_sys::Uint8Array;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    const MODEL: &str = "held";
    const PIECE: u32 = 1 << 20;
    /// More pieces than fit in memory.
    const COUNT: usize = (LARGE_MODEL_BUFFER / PIECE) as usize + 9;

    fn piece(index: usize) -> PieceBytes {
        Uint8Array::new_with_length(PIECE)
            .fill(index as u8, 0, PIECE)
            .into()
    }

    async fn are_here(pieces: &Pieces) {
        let all: Vec<usize> = (0..COUNT).collect();
        assert_eq!(pieces.indices(MODEL).await, all);
        for index in all {
            let bytes = pieces.get(MODEL, index).await.expect("it was put here");
            assert_eq!(bytes.length(), PIECE);
            assert_eq!(bytes.get_index(PIECE - 1), index as u8);
        }
    }

    #[wasm_bindgen_test]
    async fn what_is_stored_makes_room_in_memory() {
        let database = Database::open().await.expect("a database");
        let pieces = Rc::new(Pieces::new(Ok(database)));
        for index in 0..COUNT {
            pieces.put(MODEL, index, piece(index)).await;
            assert!(pieces.held_bytes.get() <= LARGE_MODEL_BUFFER);
        }
        pieces.flush().await;
        are_here(&pieces).await;
        assert_eq!(pieces.held_bytes.get(), 0, "all is stored and read");
        let database = pieces.database.as_ref().expect("it is open");
        database.delete(MODEL).await.expect("it is there");
    }

    #[wasm_bindgen_test]
    async fn a_small_model_waits_for_no_disk() {
        let database = Database::open().await.expect("a database");
        let pieces = Rc::new(Pieces::new(Ok(database)));
        pieces.expect_bytes(COUNT as u64 * u64::from(PIECE));
        for index in 0..COUNT {
            let put = pieces.put(MODEL, index, piece(index));
            assert!(put.now_or_never().is_some());
        }
        pieces.flush().await;
        are_here(&pieces).await;
        let database = pieces.database.as_ref().expect("it is open");
        database.delete(MODEL).await.expect("it is there");
    }

    #[wasm_bindgen_test]
    async fn deleting_a_queued_piece_does_not_block_the_others() {
        let here = async || {
            let database = Database::open().await.expect("a database");
            Rc::new(Pieces::new(Ok(database)))
        };
        let pieces = here().await;
        for index in 0..STORED_AT_ONCE + 2 {
            pieces.put(MODEL, index, piece(index)).await;
        }
        for index in 0..STORED_AT_ONCE {
            pieces.delete(MODEL, index).await;
        }
        pieces.flush().await;
        let later = here().await;
        let left = [STORED_AT_ONCE, STORED_AT_ONCE + 1];
        assert_eq!(later.indices(MODEL).await, left);
        let database = later.database.as_ref().expect("it is open");
        database.delete(MODEL).await.expect("it is there");
    }

    #[wasm_bindgen_test]
    async fn what_is_refused_stays_in_memory() {
        let pieces = Rc::new(Pieces::new(Err(Refusal::Refused)));
        for index in 0..COUNT {
            pieces.put(MODEL, index, piece(index)).await;
        }
        pieces.flush().await;
        are_here(&pieces).await;
    }
}
