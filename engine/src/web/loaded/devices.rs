//! Finds the device for a model while the model downloads.

use wasm_bindgen::JsCast;
use web_sys::WorkerGlobalScope;

use glance_compute::ComputeError;
use glance_compute::gpu::Gpu;
use glance_protocol::DeviceKind;

use crate::device::{
    Benchmark, BenchmarkCache, DeviceChoice, choose_strategy, find_gpu, open_fastest,
};
use crate::web::browser::adapter;
use crate::web::model_store::{Head, ModelStore, StoredBenchmark};
use crate::weights::PackSource;

/// Opens the device that was asked for, or the faster one. A result without a GPU means the CPU. A
/// benchmark waits for the model's head, which holds the network's shape. `None` if no model
/// arrives.
///
/// # Errors
/// Errors of a GPU that was asked for.
pub async fn find(
    asked: Option<DeviceKind>,
    store: &ModelStore,
    head: Head,
) -> Option<Result<(Option<Gpu>, DeviceChoice), ComputeError>> {
    match asked {
        Some(device @ DeviceKind::Cpu) => Some(Ok((None, DeviceChoice::chosen(device)))),
        Some(device @ DeviceKind::Gpu) => {
            let gpu = asked_for(store, head).await?;
            Some(gpu.map(|gpu| (Some(gpu), DeviceChoice::chosen(device))))
        }
        None => Some(Ok(fastest(store, head).await?)),
    }
}

async fn asked_for(store: &ModelStore, head: Head) -> Option<Result<Gpu, ComputeError>> {
    let gpu = match Gpu::new().await {
        Ok(gpu) if !gpu.candidates().is_empty() => gpu,
        gpu => return Some(gpu),
    };
    let pack = head.await.ok()?;
    let cache = StoreCache::new(store, pack.manifest().version()).await;
    let config = &pack.index().header().config;
    let chosen = choose_strategy(&gpu, config, &cache).await;
    Some(chosen.map(|()| gpu))
}

async fn fastest(store: &ModelStore, head: Head) -> Option<(Option<Gpu>, DeviceChoice)> {
    let adapter = match find_gpu().await {
        Ok(adapter) => adapter,
        Err(reason) => return Some((None, DeviceChoice::cpu(reason))),
    };
    let pack = head.await.ok()?;
    let cache = StoreCache::new(store, pack.manifest().version()).await;
    Some(open_fastest(adapter, &pack.index().header().config, &cache).await)
}

/// The benchmarks of one model in the model store.
struct StoreCache<'a> {
    store: &'a ModelStore,
    version: &'a str,
    /// The adapter, the browser and the version of this program: each can change the times.
    circumstances: String,
}

impl<'a> StoreCache<'a> {
    async fn new(store: &'a ModelStore, version: &'a str) -> Self {
        let adapter = adapter::fingerprint().await.unwrap_or_default();
        let worker: WorkerGlobalScope = js_sys::global().unchecked_into();
        // The script's path contains a hash of the program.
        let program = worker.location().pathname();
        Self {
            store,
            version,
            circumstances: format!("{adapter}; {program}"),
        }
    }
}

impl BenchmarkCache for StoreCache<'_> {
    async fn get(&self) -> Option<Benchmark> {
        let stored = self.store.benchmark(self.version).await?;
        (stored.circumstances == self.circumstances).then_some(stored.benchmark)
    }

    async fn put(&self, benchmark: Benchmark) {
        let stored = StoredBenchmark {
            circumstances: self.circumstances.clone(),
            benchmark,
        };
        self.store.put_benchmark(self.version, &stored).await;
    }
}
