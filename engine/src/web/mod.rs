//! What only a browser has: the worker that answers a page, and the store of its models.
//!
//! ```text
//! protocol      what page and worker say to each other; the only thing both know
//! worker        the worker's loop; its pool shares out pictures among helpers
//! request       what a request brings, and how it fails
//! loaded        the model that runs, its devices, and what it has encoded
//! source        where a model comes from: a manifest, picked files, the Hub
//! model_store   IndexedDB, in verified pieces
//! net           fetch, ranges, retries, timeouts
//! browser       what the platform offers: adapter, decoder, digest, quota
//! policy        decisions that need no browser, tested natively
//! ```
//!
//! The protocol alone compiles everywhere, so that a page can be tested natively.

pub mod protocol;

// Compiled for its tests too.
#[cfg(any(test, target_arch = "wasm32"))]
mod policy;

#[cfg(target_arch = "wasm32")]
mod browser;
#[cfg(target_arch = "wasm32")]
mod loaded;
#[cfg(target_arch = "wasm32")]
mod model_store;
#[cfg(target_arch = "wasm32")]
mod net;
#[cfg(target_arch = "wasm32")]
mod request;
#[cfg(target_arch = "wasm32")]
mod source;
#[cfg(target_arch = "wasm32")]
mod worker;

#[cfg(target_arch = "wasm32")]
pub use worker::serve;
