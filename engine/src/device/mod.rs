//! Which device a network runs on.
//!
//! ```text
//! choice      where a network runs, and why
//! open        finds the adapter, opens it, chooses the faster device
//! benchmark   how long one picture takes on each device, and the GPU's fastest kernels
//! speed       how fast other networks would run on a device
//! ```
//!
//! | The person asked for | Then | It runs on | Reason that the page shows |
//! |---|---|---|---|
//! | the CPU | no GPU is opened | the CPU | [`DeviceReason::Chosen`] |
//! | the GPU | it opens, and its fastest kernel strategy is used | the GPU | [`DeviceReason::Chosen`] |
//! | | it does not open, the model does not fit, or its results are wrong | where the model ran before | an error, with what to do next |
//! | nothing | there is no adapter, or it does not open | the CPU | [`DeviceReason::NoGpu`] |
//! | | the adapter is software | the CPU | [`DeviceReason::SoftwareGpu`] |
//! | | both devices were benchmarked, now or on an earlier visit | the faster one | [`DeviceReason::Measured`] |
//! | | the GPU fails in the benchmark or while loading, or its results are wrong | the CPU | [`DeviceReason::GpuFailed`] |
//!
//! Graphics hardware has several kernel strategies. Before one is used, its result for one layer of the
//! network is compared with the CPU's.
//!
//! A GPU that is lost later is reopened once. Then the CPU takes over (`web/policy/recovery.rs`).

mod benchmark;
mod choice;
mod open;
mod speed;

pub use benchmark::Benchmark;
pub use choice::DeviceChoice;
pub use glance_protocol::{DeviceKind, DeviceReason, Speeds};
#[cfg(target_arch = "wasm32")]
pub(crate) use open::{BenchmarkCache, choose_strategy};
pub(crate) use open::{NoCache, find_gpu, open_fastest, open_gpu};
pub(crate) use speed::transformer_speed;
