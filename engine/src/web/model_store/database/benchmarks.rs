//! Benchmarks of the devices at a model, so that a later visit need not repeat them.

use serde::{Deserialize, Serialize};

use crate::device::Benchmark;

/// A benchmark, and what it depends on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredBenchmark {
    /// In other circumstances the benchmark is run again.
    pub circumstances: String,
    pub benchmark: Benchmark,
}
