//! Finds the adapter, opens it, and chooses the faster device.

use glance_compute::ComputeError;
use glance_compute::gpu::{Adapter, Gpu};
use glance_protocol::{DeviceKind, DeviceReason};

use super::benchmark::{self, Benchmark};
use super::choice::DeviceChoice;
use crate::config::ClipConfig;

/// Cached benchmarks, for one network on this machine.
pub(crate) trait BenchmarkCache {
    /// The cached benchmark, if nothing has changed since.
    async fn get(&self) -> Option<Benchmark>;
    /// Caches a benchmark.
    async fn put(&self, benchmark: Benchmark);
}

/// Caches nothing: every load runs the benchmark.
pub(crate) struct NoCache;

impl BenchmarkCache for NoCache {
    async fn get(&self) -> Option<Benchmark> {
        None
    }

    async fn put(&self, _: Benchmark) {}
}

/// Finds a hardware adapter.
///
/// # Errors
/// Why only the CPU can be used: there is no adapter, or it is software.
pub(crate) async fn find_gpu() -> Result<Adapter, DeviceReason> {
    match Adapter::request().await {
        Err(_) => Err(DeviceReason::NoGpu),
        Ok(adapter) if adapter.summary().software => Err(DeviceReason::SoftwareGpu),
        Ok(adapter) => Ok(adapter),
    }
}

/// Chooses the faster device for a network, from the cache or by a benchmark. The GPU is returned
/// if it is chosen; the CPU needs no opening.
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

/// Opens the GPU and sets its fastest strategy for a network. Caches nothing, and does not measure
/// the CPU.
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

/// Sets the GPU's fastest strategy for a network, from the cache or by a benchmark.
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

/// The cached benchmark, or a new one, which is then cached. Sets the GPU's fastest strategy.
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
