//! The model: its source, its storage and its device.
//!
//! ```text
//! downloads       cut, resumed and refused
//! loading         progress, cancel, retry
//! interruptions   reload, cancel, a newer model, a lost network
//! models          checkpoints in files;  hub  on the Hugging Face Hub
//! storage         what is stored;  stored_models  the list of it
//! devices         processor and graphics card;  helpers  further workers
//! sheet           the sheet that shows all this
//! ```

/// The script that starts the worker.
const WORKER: &str = "start_worker.js";

mod devices;
mod downloads;
mod helpers;
mod hub;
mod interruptions;
mod loading;
pub mod models;
mod sheet;
mod storage;
mod stored_models;
