//! Which device a network runs on.
//!
//! ```text
//! choice      where a network runs, and why there
//! open        finds the adapter, opens it, takes the faster device
//! benchmark   how long one picture takes on each device, and the GPU's fastest kernels
//! ```
//!
//! | The person asked for | Then | It runs on | Reason that the page shows |
//! |---|---|---|---|
//! | the processor | nothing is opened | the processor | [`DeviceReason::Chosen`] |
//! | the graphics card | it opens, with the fastest strategy of its kernels | the graphics card | [`DeviceReason::Chosen`] |
//! | | it does not open, or the model does not fit | where the model ran before | an error, and how to go on |
//! | nothing | there is no adapter, or it does not open | the processor | [`DeviceReason::NoGpu`] |
//! | | the adapter is software | the processor | [`DeviceReason::SoftwareGpu`] |
//! | | both devices were benchmarked, now or on an earlier visit | the faster one | [`DeviceReason::Measured`] |
//! | | the graphics card fails in the benchmark or in loading | the processor | [`DeviceReason::GpuFailed`] |
//!
//! A graphics card that is lost later is opened once more, then the processor takes over
//! (`web/policy/recovery.rs`).

mod benchmark;
mod choice;
mod open;

pub use benchmark::Benchmark;
pub use choice::{DeviceChoice, DeviceReason, Speeds};
#[cfg(target_arch = "wasm32")]
pub(crate) use open::{BenchmarkCache, choose_strategy};
pub(crate) use open::{NoCache, find_gpu, open_fastest, open_gpu};
