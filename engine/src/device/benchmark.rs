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
pub(super) const BUDGET_MILLISECONDS: f64 = 50.0;
/// Maximum number of runs of one measurement. The shortest one counts.
const RUNS: usize = 8;
/// Rows that the CPU runs, and that the GPU's results are checked with. The CPU's time is proportional to
/// the rows, so the rest is extrapolated.
const CPU_ROWS: usize = 64;
/// A strategy that rounds more than f32 must take at most this share of f32's time.
const WORTHWHILE: f64 = 0.9;
/// If one takes at most this share, the strategies after it are not tried: it takes longer to compile
/// their kernels than they could save.
const FAST: f64 = 0.7;
/// The smallest cosine between a strategy's result and the CPU's.
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
        let on_cpu = OnCpu::new(config)?;
        let speeds = Speeds {
            cpu: on_cpu.milliseconds().await?,
            gpu: fastest_strategy(gpu, config, &on_cpu).await?,
        };
        Ok(Self {
            speeds,
            strategy: gpu.strategy(),
        })
    }
}

/// Sets the GPU's fastest strategy for a network, of those whose results equal the CPU's.
///
/// # Errors
/// Those of the GPU; [`ComputeError::Refused`] if all results are wrong, as some drivers' are.
pub(super) async fn choose_strategy(gpu: &Gpu, config: &ClipConfig) -> Result<(), ComputeError> {
    fastest_strategy(gpu, config, &OnCpu::new(config)?).await?;
    Ok(())
}

/// As [`choose_strategy`]. Returns the milliseconds for one picture.
async fn fastest_strategy(
    gpu: &Gpu,
    config: &ClipConfig,
    on_cpu: &OnCpu,
) -> Result<f64, ComputeError> {
    let check = Check::new(gpu, config, on_cpu).await?;
    let sample = Sample::new(gpu, config, usize::MAX)?;
    let (usual, candidates) = (gpu.strategy(), gpu.candidates());
    let budget = BUDGET_MILLISECONDS / (1 + candidates.len()) as f64;
    let usual = gpu_run(gpu, &sample, &check, usual, budget).await?;
    let mut others = Vec::new();
    for candidate in candidates {
        match gpu_run(gpu, &sample, &check, candidate, budget).await {
            Ok(run) => {
                let is_fast = run.is_worth(&usual, FAST);
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
    let Some(best) = best(&usual, &others) else {
        let reason = "its results differ from the processor's";
        return Err(ComputeError::Refused(reason.to_owned()));
    };
    gpu.set_strategy(best.strategy);
    Ok(best.milliseconds)
}

/// A layer whose result is known.
struct Check {
    sample: Sample<Gpu>,
    /// As [`OnCpu::row`].
    right: Vec<f32>,
}

impl Check {
    async fn new(gpu: &Gpu, config: &ClipConfig, on_cpu: &OnCpu) -> Result<Self, ComputeError> {
        Ok(Self {
            right: on_cpu.row().await?,
            sample: Sample::new(gpu, config, CPU_ROWS)?,
        })
    }

    /// Whether the GPU's strategy of the moment gives the CPU's result.
    async fn passes(&self, gpu: &Gpu) -> Result<bool, ComputeError> {
        Ok(is_close(&self.sample.run(gpu, 1).await?, &self.right))
    }
}

/// A NaN is close to nothing.
fn is_close(row: &[f32], right: &[f32]) -> bool {
    cosine(row, right) >= SMALLEST_COSINE
}

/// A layer on the CPU.
pub(super) struct OnCpu {
    cpu: Cpu,
    sample: Sample<Cpu>,
}

impl OnCpu {
    pub(super) fn new(config: &ClipConfig) -> Result<Self, ComputeError> {
        let cpu = Cpu::new();
        let sample = Sample::new(&cpu, config, CPU_ROWS)?;
        Ok(Self { cpu, sample })
    }

    /// One row of the output, at unit length.
    async fn row(&self) -> Result<Vec<f32>, ComputeError> {
        self.sample.run(&self.cpu, 1).await
    }

    /// For the whole tower.
    pub(super) async fn milliseconds(&self) -> Result<f64, ComputeError> {
        // The shortest run counts, because a browser recompiles hot code during the first ones.
        let once = fastest(BUDGET_MILLISECONDS, async || self.row().await).await?;
        Ok(once * self.sample.share * self.sample.depth as f64)
    }
}

/// How a strategy did.
struct Run {
    strategy: KernelStrategy,
    /// For the whole tower.
    milliseconds: f64,
    /// Whether its result was the CPU's.
    is_right: bool,
}

impl Run {
    /// Whether it takes at most `share` of the usual time, and is right.
    fn is_worth(&self, usual: &Self, share: f64) -> bool {
        self.is_right && self.milliseconds <= usual.milliseconds * share
    }
}

/// The usual strategy, or the fastest other whose rounding is worth it. If the usual one is wrong, the
/// fastest that is right.
fn best<'a>(usual: &'a Run, others: &'a [Run]) -> Option<&'a Run> {
    let share = match usual.is_right {
        true => WORTHWHILE,
        false => f64::INFINITY,
    };
    let faster = others.iter().filter(|run| run.is_worth(usual, share));
    let fastest = faster.min_by(|a, b| a.milliseconds.total_cmp(&b.milliseconds));
    fastest.or(Some(usual).filter(|usual| usual.is_right))
}

async fn gpu_run(
    gpu: &Gpu,
    sample: &Sample<Gpu>,
    check: &Check,
    strategy: KernelStrategy,
    budget: f64,
) -> Result<Run, ComputeError> {
    gpu.set_strategy(strategy);
    let is_right = check.passes(gpu).await?;
    Ok(Run {
        strategy,
        milliseconds: gpu_milliseconds(gpu, sample, budget).await?,
        is_right,
    })
}

/// For the whole tower, with the GPU's strategy of the moment.
pub(super) async fn gpu_milliseconds(
    gpu: &Gpu,
    sample: &Sample<Gpu>,
    budget: f64,
) -> Result<f64, ComputeError> {
    sample.run(gpu, 1).await?;
    let once = fastest(budget, async || sample.run(gpu, 1).await).await?;
    // Each wait has a fixed cost, so the time of a layer is the difference between several and one.
    let several = ((budget / once.max(0.1)) as usize).clamp(1, sample.depth);
    let layer = if several == 1 {
        once
    } else {
        let all = fastest(budget, async || sample.run(gpu, several).await).await?;
        ((all - once) / (several - 1) as f64).max(0.0)
    };
    Ok(once + layer * (sample.depth - 1) as f64)
}

/// The shortest time of a few runs.
async fn fastest(
    budget: f64,
    mut run: impl AsyncFnMut() -> Result<Vec<f32>, ComputeError>,
) -> Result<f64, ComputeError> {
    let start = milliseconds();
    let mut shortest = f64::INFINITY;
    for _ in 0..RUNS {
        let before = milliseconds();
        run().await?;
        let after = milliseconds();
        shortest = shortest.min(after - before);
        if after - start > budget {
            break;
        }
    }
    Ok(shortest)
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(not(target_arch = "wasm32"))]
    use crate::config::{VisionConfig, VisionTransformerConfig};

    fn run(strategy: KernelStrategy, milliseconds: f64, is_right: bool) -> Run {
        Run {
            strategy,
            milliseconds,
            is_right,
        }
    }

    fn taken(usual: &Run, others: &[Run]) -> Option<KernelStrategy> {
        best(usual, others).map(|run| run.strategy)
    }

    #[test]
    fn a_strategy_is_taken_if_worth_its_rounding() {
        let usual = run(KernelStrategy::Shared, 100.0, true);
        let half = |milliseconds| run(KernelStrategy::SharedF16, milliseconds, true);
        let integer = |is_right| run(KernelStrategy::SharedInteger, 40.0, is_right);
        let taken = |others: &[Run]| taken(&usual, others);
        assert_eq!(taken(&[]), Some(KernelStrategy::Shared));
        assert_eq!(taken(&[half(95.0)]), Some(KernelStrategy::Shared));
        assert_eq!(taken(&[half(80.0)]), Some(KernelStrategy::SharedF16));
        assert_eq!(
            taken(&[half(80.0), integer(true)]),
            Some(KernelStrategy::SharedInteger)
        );
        // Faster, but wrong.
        assert_eq!(
            taken(&[half(80.0), integer(false)]),
            Some(KernelStrategy::SharedF16)
        );
        assert_eq!(taken(&[integer(false)]), Some(KernelStrategy::Shared));
        assert_eq!(taken(&[half(f64::NAN)]), Some(KernelStrategy::Shared));
    }

    #[test]
    fn a_wrong_usual_strategy_is_replaced_or_refused() {
        let usual = run(KernelStrategy::Shared, 100.0, false);
        let slower = run(KernelStrategy::SharedF16, 200.0, true);
        let wrong = run(KernelStrategy::SharedInteger, 40.0, false);
        assert_eq!(
            taken(&usual, &[wrong, slower]),
            Some(KernelStrategy::SharedF16)
        );
        assert_eq!(taken(&usual, &[]), None);
    }

    #[test]
    fn a_result_is_close_or_wrong() {
        assert!(is_close(&[0.6, 0.8], &[0.61, 0.8]));
        assert!(!is_close(&[0.8, 0.6], &[0.6, 0.8]));
        assert!(!is_close(&[f32::NAN, 0.8], &[0.6, 0.8]));
    }

    /// On the adapter of this machine, each strategy's layer equals the CPU's.
    #[cfg(not(target_arch = "wasm32"))]
    #[test]
    fn every_strategy_passes_the_check_here() {
        use pollster::block_on;

        use crate::weights::Pack;

        let strategies = match block_on(Gpu::strategies()) {
            Ok(strategies) => strategies,
            Err(reason) => return eprintln!("SKIPPED on the GPU: {reason}"),
        };
        let demo = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../static/models/demo.safetensors"
        );
        let demo = std::fs::read(demo).expect("the demo model is part of the repository");
        let demo = Pack::parse(demo).expect("the demo model is whole");
        let convolutional = demo.index().header().config.clone();
        let transformer = ClipConfig {
            vision: VisionConfig::VisionTransformer(VisionTransformerConfig {
                image_size: 224,
                patch_size: 16,
                width: 256,
                layers: 10,
                heads: 4,
                mlp_width: 1024,
            }),
            ..convolutional.clone()
        };
        for config in [convolutional, transformer] {
            for strategy in &strategies {
                let gpu = block_on(Gpu::with_strategy(*strategy)).expect("the adapter opens");
                let on_cpu = OnCpu::new(&config).expect("a layer fits");
                let check = block_on(Check::new(&gpu, &config, &on_cpu)).expect("a layer fits");
                let passes = block_on(check.passes(&gpu)).expect("a layer runs");
                assert!(passes, "{strategy:?}, {:?}", config.vision);
            }
        }
    }
}
