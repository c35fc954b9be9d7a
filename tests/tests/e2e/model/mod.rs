//! The model: its source, its storage and its device.
//!
//! ```text
//! downloads       cut, resumed and refused
//! loading         progress, cancel, retry
//! interruptions   reload, cancel, a newer model, a lost network
//! models          checkpoints in files;  hub  on the Hugging Face Hub
//! storage         what is stored;  stored_models  the list of it
//! devices         processor and graphics card
//! sheet           the sheet that shows all this
//! ```

mod devices;
mod downloads;
mod hub;
mod interruptions;
mod loading;
pub mod models;
mod sheet;
mod storage;
mod stored_models;
