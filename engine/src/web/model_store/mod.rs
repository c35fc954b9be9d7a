//! Models on this device: fetched once, checked piece by piece, kept until a person removes them.
//!
//! A model's version is the hash of its head, which holds the hashes of everything else. Records
//! and pieces lie under that version, so the next version of a model is fetched beside the one in
//! use and takes its place when it is whole.
//!
//! ```text
//! store         the models on this device
//! upkeep        what a person sees of them, and their check
//! database/     IndexedDB: records of models, benchmarks of devices, and why it stores nothing
//! pieces        the pieces of all models, in memory or stored
//! piece_bytes   the bytes of one piece
//! stored_pack/  a pack that is read from its pieces
//! download      fetches missing pieces
//! arrivals      pieces that are on their way
//! locks         one download among several tabs
//! head          a model that loads while it downloads
//! storing       a model that runs while it is stored
//! windows       parts of a checkpoint that is not a pack yet
//! ```

mod arrivals;
mod database;
mod download;
mod head;
mod locks;
mod piece_bytes;
mod pieces;
mod store;
mod stored_pack;
mod storing;
mod upkeep;
mod windows;

pub use database::benchmarks::StoredBenchmark;
pub use database::record::{Content, Record};
pub use download::DownloadError;
pub use head::Head;
pub use store::{Model, ModelStore, StoreError};
pub use stored_pack::StoredPack;
pub use storing::Storing;
pub use windows::{WINDOW, Windows};
