//! Checkpoints of a run: weights, optimizer moments and the step.

use std::fs;
use std::io;
use std::path::Path;

use burn::module::Module;
use burn::optim::ModuleOptimizer;
use burn::store::{ModuleRecord, RecordError};
use burn::tensor::Bytes;
use glance_engine::burn_model::BurnModel;
use thiserror::Error;

/// Why a run cannot be saved or resumed.
#[derive(Debug, Error)]
pub enum CheckpointError {
    /// A file cannot be read or written.
    #[error("the checkpoint cannot be written or read: {0}")]
    File(#[from] io::Error),
    /// The weights belong to another network, or are damaged.
    #[error("the checkpoint does not fit this network: {0}")]
    Record(#[from] RecordError),
}

const STEP: &str = "step";
const MODEL: &str = "model.bpk";
const OPTIMIZER: &str = "optimizer.bpk";

/// Writes a checkpoint to a draft folder and renames it. The one before stays as `previous`.
///
/// # Errors
/// [`CheckpointError`].
pub fn save(
    folder: &Path,
    step: usize,
    model: &BurnModel,
    optimizer: &ModuleOptimizer,
) -> Result<(), CheckpointError> {
    let draft = folder.with_extension("draft");
    let previous = folder.with_extension("previous");
    for stale in [&draft, &previous] {
        if stale.exists() {
            fs::remove_dir_all(stale)?;
        }
    }
    fs::create_dir_all(&draft)?;
    model.clone().save_file(draft.join(MODEL))?;
    optimizer.save(draft.join(OPTIMIZER))?;
    fs::write(draft.join(STEP), step.to_string())?;
    if folder.exists() {
        fs::rename(folder, &previous)?;
    }
    fs::rename(&draft, folder)?;
    Ok(())
}

/// Loads a checkpoint into a network of the same shape, and into the optimizer that `optimizer`
/// makes for it. `None` if there is no checkpoint.
///
/// # Errors
/// [`CheckpointError`].
pub fn resume(
    folder: &Path,
    model: &BurnModel,
    optimizer: impl FnOnce(&BurnModel) -> ModuleOptimizer,
) -> Result<Option<(usize, BurnModel, ModuleOptimizer)>, CheckpointError> {
    if !folder.join(STEP).exists() {
        return Ok(None);
    }
    let step = fs::read_to_string(folder.join(STEP))?;
    let step = step
        .trim()
        .parse()
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "its step is no number"))?;
    // Read whole, because burn reads files lazily and the next save moves them away.
    let bytes = |name| fs::read(folder.join(name)).map(Bytes::from_bytes_vec);
    let model = model
        .clone()
        .try_load_record(ModuleRecord::from_bytes(bytes(MODEL)?)?)?;
    // Made after loading: the record restores the parameter ids, which moments and decay are keyed
    // by.
    let optimizer = optimizer(&model).from_bytes(bytes(OPTIMIZER)?)?;
    Ok(Some((step, model, optimizer)))
}
