//! Measures how long one picture takes on each device, and which kernels the GPU should use.

use serde::{Deserialize, Serialize};

use glance_compute::ComputeError;
use glance_compute::cpu::Cpu;
use glance_compute::gpu::{Gpu, KernelStrategy};
use glance_protocol::Speeds;

use crate::clock::milliseconds;
use crate::config::ClipConfig;
use crate::model::Sample;
use crate::score::cosine;

/// Time for each device, after a first run that warms it up.
const BUDGET_MILLISECONDS: f64 = 50.0;
/// Maximum number of runs of one measurement. The shortest one counts.
const RUNS: usize = 8;
/// Rows that the CPU runs. Its time is proportional to the rows, so the rest is extrapolated.
const CPU_ROWS: usize = 64;
/// A strategy that rounds more than f32 must take at most this share of f32's time.
const WORTHWHILE: f64 = 0.9;
/// If one takes at most this share, the strategies after it are not tried: it takes longer to compile
/// their kernels than they could save.
const FAST: f64 = 0.7;
/// The smallest cosine between a strategy's result and that of f32.
const SMALLEST_COSINE: f32 = 0.999;

/// The result of benchmarking both devices on a network.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Benchmark {
    /// How fast each device is.
    pub speeds: Speeds,
    /// The GPU's fastest strategy.
    pub strategy: KernelStrategy,
}

impl Benchmark {
    /// Measures how long one picture takes on each device, and sets the GPU's fastest strategy. The
    /// network later reuses the compiled pipelines.
    ///
    /// # Errors
    /// Those of the GPU.
    pub async fn run(gpu: &Gpu, config: &ClipConfig) -> Result<Self, ComputeError> {
        let speeds = Speeds {
            cpu: cpu_time(config).await?,
            gpu: choose_strategy(gpu, config).await?,
        };
        Ok(Self {
            speeds,
            strategy: gpu.strategy(),
        })
    }
}

/// Sets the GPU's fastest strategy for a network. Returns the milliseconds for one picture.
///
/// # Errors
/// Those of the GPU.
pub(super) async fn choose_strategy(gpu: &Gpu, config: &ClipConfig) -> Result<f64, ComputeError> {
    let sample = Sample::new(gpu, config, usize::MAX)?;
    let (usual, candidates) = (gpu.strategy(), gpu.candidates());
    let budget = BUDGET_MILLISECONDS / (1 + candidates.len()) as f64;
    let usual = gpu_run(gpu, &sample, usual, budget).await?;
    let mut others = Vec::new();
    for candidate in candidates {
        match gpu_run(gpu, &sample, candidate, budget).await {
            Ok(run) => {
                let is_fast = is_worth(&run, &usual, FAST);
                others.push(run);
                if is_fast {
                    break;
                }
            }
            Err(ComputeError::Lost) => return Err(ComputeError::Lost),
            // Nobody asked for this strategy, so its failure is only logged.
            Err(reason) => log::warn!("{candidate:?}: {reason}"),
        }
    }
    let best = best(&usual, &others);
    gpu.set_strategy(best.strategy);
    Ok(best.milliseconds)
}

async fn cpu_time(config: &ClipConfig) -> Result<f64, ComputeError> {
    let cpu = Cpu::new();
    let sample = Sample::new(&cpu, config, CPU_ROWS)?;
    // The shortest run counts, because a browser recompiles hot code during the first ones.
    let (once, _) = fastest(BUDGET_MILLISECONDS, async || sample.run(&cpu, 1).await).await?;
    Ok(once * sample.share * sample.depth as f64)
}

/// A strategy's time and result.
struct Run {
    strategy: KernelStrategy,
    /// For the whole tower.
    milliseconds: f64,
    /// One row of the output, at unit length.
    row: Vec<f32>,
}

/// The fastest strategy whose rounding is worth it.
fn best<'a>(usual: &'a Run, others: &'a [Run]) -> &'a Run {
    let faster = others.iter().filter(|run| is_worth(run, usual, WORTHWHILE));
    let fastest = faster.min_by(|a, b| a.milliseconds.total_cmp(&b.milliseconds));
    fastest.unwrap_or(usual)
}

/// Whether a strategy takes at most `share` of the usual time, and is right.
fn is_worth(run: &Run, usual: &Run, share: f64) -> bool {
    run.milliseconds <= usual.milliseconds * share
        && cosine(&run.row, &usual.row) >= SMALLEST_COSINE
}

async fn gpu_run(
    gpu: &Gpu,
    sample: &Sample<Gpu>,
    strategy: KernelStrategy,
    budget: f64,
) -> Result<Run, ComputeError> {
    gpu.set_strategy(strategy);
    sample.run(gpu, 1).await?;
    let (once, row) = fastest(budget, async || sample.run(gpu, 1).await).await?;
    // Each wait has a fixed cost, so the time of a layer is the difference between several and one.
    let several = ((budget / once.max(0.1)) as usize).clamp(1, sample.depth);
    let layer = if several == 1 {
        once
    } else {
        let (all, _) = fastest(budget, async || sample.run(gpu, several).await).await?;
        ((all - once) / (several - 1) as f64).max(0.0)
    };
    Ok(Run {
        strategy,
        milliseconds: once + layer * (sample.depth - 1) as f64,
        row,
    })
}

/// The shortest time of a few runs, and the output of the last.
async fn fastest(
    budget: f64,
    mut run: impl AsyncFnMut() -> Result<Vec<f32>, ComputeError>,
) -> Result<(f64, Vec<f32>), ComputeError> {
    let start = milliseconds();
    let mut shortest = f64::INFINITY;
    let mut row = Vec::new();
    for _ in 0..RUNS {
        let before = milliseconds();
        row = run().await?;
        let after = milliseconds();
        shortest = shortest.min(after - before);
        if after - start > budget {
            break;
        }
    }
    Ok((shortest, row))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strategy_is_taken_if_worth_its_rounding() {
        let run = |strategy, milliseconds, row: [f32; 2]| Run {
            strategy,
            milliseconds,
            row: row.to_vec(),
        };
        let usual = run(KernelStrategy::Shared, 100.0, [0.6, 0.8]);
        let half = |milliseconds| run(KernelStrategy::SharedF16, milliseconds, [0.6, 0.8]);
        let integer = |row| run(KernelStrategy::SharedInteger, 40.0, row);
        let taken = |others: &[Run]| best(&usual, others).strategy;
        assert_eq!(taken(&[]), KernelStrategy::Shared);
        assert_eq!(taken(&[half(95.0)]), KernelStrategy::Shared);
        assert_eq!(taken(&[half(80.0)]), KernelStrategy::SharedF16);
        assert_eq!(
            taken(&[half(80.0), integer([0.6, 0.8])]),
            KernelStrategy::SharedInteger
        );
        // Faster, but wrong; a NaN is never near.
        assert_eq!(
            taken(&[half(80.0), integer([0.8, 0.6])]),
            KernelStrategy::SharedF16
        );
        assert_eq!(taken(&[integer([f32::NAN, 0.8])]), KernelStrategy::Shared);
        assert_eq!(taken(&[half(f64::NAN)]), KernelStrategy::Shared);
    }
}
