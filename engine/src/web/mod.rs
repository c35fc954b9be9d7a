//! What only a browser has: the model store, the worker's host, and the protocol between a page
//! and a worker. The protocol alone compiles everywhere, so that a page can be tested natively.

pub mod protocol;

#[cfg(target_arch = "wasm32")]
mod adapter;
#[cfg(target_arch = "wasm32")]
mod assistant;
// Compiled for its tests too, which need no browser.
#[cfg(any(test, target_arch = "wasm32"))]
mod batch_size;
#[cfg(target_arch = "wasm32")]
mod body;
#[cfg(target_arch = "wasm32")]
mod browser_decoder;
#[cfg(target_arch = "wasm32")]
mod byte_reader;
#[cfg(target_arch = "wasm32")]
mod collector;
#[cfg(target_arch = "wasm32")]
mod comparison;
#[cfg(target_arch = "wasm32")]
mod devices;
#[cfg(target_arch = "wasm32")]
mod digest;
#[cfg(target_arch = "wasm32")]
mod embeddings;
#[cfg(target_arch = "wasm32")]
mod failure;
#[cfg(target_arch = "wasm32")]
mod fetch;
#[cfg(target_arch = "wasm32")]
mod helper;
// Compiled for its tests too, which need no browser.
#[cfg(any(test, target_arch = "wasm32"))]
mod helper_count;
#[cfg(target_arch = "wasm32")]
mod host;
#[cfg(target_arch = "wasm32")]
mod hub;
#[cfg(target_arch = "wasm32")]
mod in_flight;
#[cfg(target_arch = "wasm32")]
mod keeping;
// Compiled for its tests too, which need no browser.
#[cfg(any(test, target_arch = "wasm32"))]
mod label_cache;
#[cfg(target_arch = "wasm32")]
mod linked_abort;
#[cfg(target_arch = "wasm32")]
mod loading;
#[cfg(target_arch = "wasm32")]
mod manifests;
#[cfg(target_arch = "wasm32")]
mod model_requests;
#[cfg(target_arch = "wasm32")]
mod model_store;
#[cfg(target_arch = "wasm32")]
mod models;
#[cfg(target_arch = "wasm32")]
mod patience;
#[cfg(target_arch = "wasm32")]
mod picked_files;
#[cfg(target_arch = "wasm32")]
mod picture_file;
#[cfg(target_arch = "wasm32")]
mod ranged_file;
// Compiled for its tests too, which need no browser.
#[cfg(any(test, target_arch = "wasm32"))]
mod recovery;
#[cfg(target_arch = "wasm32")]
mod retry;
#[cfg(target_arch = "wasm32")]
mod running;
#[cfg(target_arch = "wasm32")]
mod sharing;
#[cfg(target_arch = "wasm32")]
mod storage;

#[cfg(target_arch = "wasm32")]
pub use host::serve;
