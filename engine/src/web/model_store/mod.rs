//! Models on this device: fetched once, checked piece by piece, kept until a person removes them.
//!
//! A model's version is the hash of its head, which holds the hashes of everything else. Records
//! and pieces lie under that version, so the next version of a model is fetched beside the one in
//! use and takes its place when it is whole.
//!
//! ```text
//! store            the models on this device;  upkeep    what a person sees of them, and their check
//! database         IndexedDB;  record  a model in it;  refusal  why it keeps nothing
//! pieces           the pieces of all models, in memory or stored;  piece_bytes  one of them
//! download         fetches what is missing;  arrivals  what is on its way;  locks  among tabs
//! head, storing    a model that is loaded while it comes, and stored while it runs
//! stored_pack      a pack that is read from its pieces;  verified_pieces, read_ahead
//! windows          parts of a checkpoint that is not a pack yet
//! trials           how fast the devices were at a model
//! ```

mod arrivals;
mod database;
mod download;
mod head;
mod locks;
mod piece_bytes;
mod pieces;
mod read_ahead;
mod record;
mod refusal;
mod store;
mod stored_pack;
mod storing;
mod trials;
mod upkeep;
mod verified_pieces;
mod windows;

pub use download::DownloadError;
pub use head::Head;
pub use record::{Content, Record};
pub use store::{Model, ModelStore, StoreError};
pub use stored_pack::StoredPack;
pub use storing::Storing;
pub use trials::Trial;
pub use windows::{WINDOW, Windows};
