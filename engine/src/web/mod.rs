//! Browser-only code: the worker that answers the page, and its model store.
//!
//! ```text
//! worker        the worker's message loop; its pool gives pictures to helper workers
//! request       a request's context, its files and its failures
//! loaded        the loaded model, its device and its cached embeddings
//! source        where a model comes from: a manifest, picked files, the Hub
//! model_store   IndexedDB, in verified pieces
//! picture_store pictures that are remembered, with their embeddings
//! net           fetch, ranges, retries, timeouts
//! browser       platform APIs: adapter, decoder, digest, quota, garbage collection
//! missing_code  parts of the worker that are fetched when they are needed
//! policy        decisions that need no browser, so they are tested natively
//! ```
//!
//! Messages between page and worker are `glance_protocol`, which the page uses without the engine.

// Also compiled natively, for its tests.
#[cfg(any(test, target_arch = "wasm32"))]
mod policy;

#[cfg(target_arch = "wasm32")]
mod browser;
#[cfg(target_arch = "wasm32")]
mod loaded;
#[cfg(target_arch = "wasm32")]
mod missing_code;
#[cfg(target_arch = "wasm32")]
mod model_store;
#[cfg(target_arch = "wasm32")]
mod net;
#[cfg(target_arch = "wasm32")]
mod picture_store;
#[cfg(target_arch = "wasm32")]
mod request;
#[cfg(target_arch = "wasm32")]
mod source;
#[cfg(target_arch = "wasm32")]
mod worker;

#[cfg(target_arch = "wasm32")]
pub use worker::{help, serve};
