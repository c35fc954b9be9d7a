//! Benchmarks of the devices with a model, stored so that later visits need not repeat them.

use serde::{Deserialize, Serialize};

use crate::device::Benchmark;

/// A benchmark, and what it depends on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoredBenchmark {
    /// If they differ, the benchmark is run again.
    pub circumstances: String,
    pub benchmark: Benchmark,
}
