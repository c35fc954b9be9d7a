//! The model: where it comes from, where it is kept, and what it runs on.
//!
//! ```text
//! downloads       cut, resumed and refused
//! loading         progress, cancel, retry
//! interruptions   a page or a worker that goes away in between
//! models          checkpoints in files;  hub  on the Hugging Face Hub
//! storage         what is kept;  stored_models  the list of it
//! devices         processor and graphics card
//! ```

mod devices;
mod downloads;
mod hub;
mod interruptions;
mod loading;
pub mod models;
mod storage;
mod stored_models;
