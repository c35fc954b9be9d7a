//! The models on this device: downloaded once, verified piece by piece, stored until the person
//! deletes them.
//!
//! A model's version is the hash of its head, which holds the hashes of everything else. Records
//! and pieces are stored under that version, so a new version downloads beside the one in use and
//! replaces it when complete.
//!
//! ```text
//! store         the models on this device
//! upkeep        the list that the person sees, and verification
//! database/     IndexedDB: records, pieces and benchmarks; why a model is not stored
//! pieces        the pieces of all models, in memory or stored
//! piece_bytes   the bytes of one piece, in reused buffers
//! stored_pack/  a pack that is read piece by piece
//! download      fetches missing pieces
//! arrivals      pieces that are still downloading, and who waits for them
//! locks         lets one tab at a time download a model
//! head          lets a model load while it downloads
//! storing       the end of storing a model that already runs
//! windows       fetched parts of a checkpoint that is not a pack yet
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
