//! Weight files: the pack (read, write, verify), quantisation, and the checkpoints people have.
//!
//! A checkpoint becomes a pack in two calls: [`Checkpoint::open`] reads the metadata of its files
//! ([`CheckpointFiles`]), and [`Checkpoint::pack`] converts them.

mod checkpoint;
mod error;
mod fold_batch_norm;
mod manifest;
mod pack;
mod pack_header;
mod pack_index;
mod pack_source;
mod pack_writer;
mod quantize;

pub use crate::image::Preprocessing;
#[cfg(not(target_arch = "wasm32"))]
pub use checkpoint::Folder;
#[cfg(target_arch = "wasm32")]
pub(crate) use checkpoint::one_folder;
pub use checkpoint::{
    Checkpoint, CheckpointFiles, EfficientnetLiteCheckpoint, FileEntry, PackedLayer, Progress,
    is_weights,
};
pub use error::WeightsError;
pub use fold_batch_norm::{BatchNorm, fold_batch_norm};
pub use manifest::{Manifest, PackLocation};
pub use pack::Pack;
#[cfg(target_arch = "wasm32")]
pub(crate) use pack_header::{METADATA_KEY, hexadecimal};
pub use pack_header::{PackHeader, TokenizerData, TokenizerSpec};
pub(crate) use pack_index::finite_values;
pub use pack_index::{PackIndex, StoredMatrix};
pub use pack_source::PackSource;
pub use pack_writer::{PackWriter, RowWriter};
pub use quantize::{WeightType, quantize_int8};
