//! Finds the adapter, opens it, and takes the faster device.

use glance_compute::gpu::{Adapter, Gpu};
use glance_compute::{ComputeError, DeviceKind};

use super::benchmark::{self, Benchmark};
use super::choice::{DeviceChoice, DeviceReason};
use crate::config::ClipConfig;

/// Benchmarks of earlier visits, for one network on this machine.
pub(crate) trait BenchmarkCache {
    /// What was measured before, if nothing has changed since.
    async fn get(&self) -> Option<Benchmark>;
    /// Keeps what was measured.
    async fn put(&self, benchmark: Benchmark);
}

/// Keeps nothing: every load is benchmarked anew.
pub(crate) struct NoCache;

impl BenchmarkCache for NoCache {
    async fn get(&self) -> Option<Benchmark> {
        None
    }

    async fn put(&self, _: Benchmark) {}
}

/// The adapter of a graphics card.
///
/// # Errors
/// Why the processor is the only choice: there is no adapter, or it is software.
pub(crate) async fn find_gpu() -> Result<Adapter, DeviceReason> {
    match Adapter::request().await {
        Err(_) => Err(DeviceReason::NoGpu),
        Ok(adapter) if adapter.summary().software => Err(DeviceReason::SoftwareGpu),
        Ok(adapter) => Ok(adapter),
    }
}

/// Takes the device that is faster at a network, by the cache or by a benchmark. Without a GPU in the
/// answer it is the processor, which needs no opening.
pub(crate) async fn open_fastest(
    adapter: Adapter,
    config: &ClipConfig,
    cache: &impl BenchmarkCache,
) -> (Option<Gpu>, DeviceChoice) {
    let cpu = |reason| (None, DeviceChoice::cpu(reason));
    let cached = cache.get().await;
    let choice = cached.map(|benchmark| DeviceChoice::faster(benchmark.speeds));
    if let Some(choice) = choice
        && choice.device == DeviceKind::Cpu
    {
        return (None, choice);
    }
    let Ok(gpu) = Gpu::open(adapter).await else {
        return cpu(DeviceReason::NoGpu);
    };
    let benchmark = match benchmark_of(&gpu, config, cached, cache).await {
        Ok(benchmark) => benchmark,
        Err(reason) => {
            log::warn!("{reason}");
            return cpu(DeviceReason::GpuFailed);
        }
    };
    let choice = DeviceChoice::faster(benchmark.speeds);
    ((choice.device == DeviceKind::Gpu).then_some(gpu), choice)
}

/// Opens the GPU, and sets its fastest strategy for a network. Nothing is cached, and the processor is not
/// measured.
///
/// # Errors
/// Those of the GPU.
pub(crate) async fn open_gpu(config: &ClipConfig) -> Result<Gpu, ComputeError> {
    let gpu = Gpu::new().await?;
    if !gpu.candidates().is_empty() {
        benchmark::choose_strategy(&gpu, config).await?;
    }
    Ok(gpu)
}

/// Sets the fastest strategy of a GPU for a network, by the cache or by a benchmark.
///
/// # Errors
/// Those of the GPU.
#[cfg(target_arch = "wasm32")]
pub(crate) async fn choose_strategy(
    gpu: &Gpu,
    config: &ClipConfig,
    cache: &impl BenchmarkCache,
) -> Result<(), ComputeError> {
    let cached = cache.get().await;
    benchmark_of(gpu, config, cached, cache).await?;
    Ok(())
}

/// A cached benchmark, or a new one that is cached. The GPU has its fastest strategy then.
async fn benchmark_of(
    gpu: &Gpu,
    config: &ClipConfig,
    cached: Option<Benchmark>,
    cache: &impl BenchmarkCache,
) -> Result<Benchmark, ComputeError> {
    if let Some(benchmark) = cached {
        gpu.set_strategy(benchmark.strategy);
        return Ok(benchmark);
    }
    let benchmark = Benchmark::run(gpu, config).await?;
    cache.put(benchmark).await;
    Ok(benchmark)
}
