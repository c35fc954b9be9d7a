//! A part of a network with made-up weights, which takes a device as long as the real one would:
//! a block of a vision transformer, a convolution of a ResNet, or a block of an EfficientNet-lite.

use serde::{Deserialize, Serialize};

use glance_compute::cpu::Cpu;
use glance_compute::gpu::{Gpu, Tile};
use glance_compute::{
    Compute, ComputeError, Conv2d, DepthwiseConv2d, Epilogue, LayerNorm, Linear, MatrixData,
    MatrixValues, Speeds,
};

use super::attention::{BlockShape, ResidualAttentionBlock};
use super::efficientnet_lite::{Block, same_padding};
use crate::clock::milliseconds;
use crate::config::{ClipConfig, InvertedResidual, VisionConfig};
use crate::score::cosine;

/// How long either device is measured, about, after its first run.
const BUDGET_MILLISECONDS: f64 = 50.0;
/// Runs that are enough for a minimum.
const RUNS: usize = 8;
/// Rows that the processor works at: its time grows with them, so it need not work at all.
const CPU_ROWS: usize = 64;
/// Convolutions of one size in a bottleneck, about: each of its three takes a part of that.
const CONVOLUTIONS_A_BOTTLENECK: usize = 2;
/// How long another tile takes at most, as a part of the f32 one's time, to be worth its rounding.
const WORTHWHILE: f64 = 0.9;
/// The smallest cosine of what another tile makes of a block with what f32 makes of it.
const SMALLEST_COSINE: f32 = 0.999;

/// What is known of the devices at a network.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Measured {
    /// How fast either is.
    pub speeds: Speeds,
    /// How the GPU shares out its work then.
    pub tile: Tile,
}

/// Measures how long one picture takes on either device, and lets the GPU share out its work as it
/// is fastest. The GPU's pipelines are made on the way and serve the network itself.
///
/// # Errors
/// Those of the GPU.
pub async fn measure(gpu: &Gpu, config: &ClipConfig) -> Result<Measured, ComputeError> {
    let cpu = on_cpu(config).await?;
    let gpu_time = choose_tile(gpu, config).await?;
    Ok(Measured {
        speeds: Speeds { cpu, gpu: gpu_time },
        tile: gpu.tile(),
    })
}

async fn on_cpu(config: &ClipConfig) -> Result<f64, ComputeError> {
    let cpu = Cpu::new();
    let part = Part::new(&cpu, config, CPU_ROWS)?;
    // A browser translates the code anew while it runs hot.
    let (once, _) = fastest(BUDGET_MILLISECONDS, async || part.run(&cpu, 1).await).await?;
    Ok(once * part.share * part.depth as f64)
}

/// Lets the GPU share out its work as it is fastest at a network, and returns how many milliseconds
/// one picture takes then.
///
/// # Errors
/// Those of the GPU.
pub async fn choose_tile(gpu: &Gpu, config: &ClipConfig) -> Result<f64, ComputeError> {
    let part = Part::new(gpu, config, usize::MAX)?;
    let (usual, rivals) = (gpu.tile(), gpu.rivals());
    let budget = BUDGET_MILLISECONDS / (1 + rivals.len()) as f64;
    let usual = on_gpu(gpu, &part, usual, budget).await?;
    let mut others = Vec::new();
    for rival in rivals {
        match on_gpu(gpu, &part, rival, budget).await {
            Ok(run) => others.push(run),
            Err(ComputeError::Lost) => return Err(ComputeError::Lost),
            // Nobody asked for it.
            Err(reason) => log::warn!("{rival:?}: {reason}"),
        }
    }
    let best = best(&usual, &others);
    gpu.set_tile(best.tile);
    Ok(best.milliseconds)
}

/// What a tile made of a part of a network.
struct Run {
    tile: Tile,
    /// For all of the tower.
    milliseconds: f64,
    /// Of unit length.
    row: Vec<f32>,
}

/// The fastest of those that are worth their rounding.
fn best<'a>(usual: &'a Run, others: &'a [Run]) -> &'a Run {
    let worthwhile = |run: &&Run| {
        run.milliseconds <= usual.milliseconds * WORTHWHILE
            && cosine(&run.row, &usual.row) >= SMALLEST_COSINE
    };
    let faster = others.iter().filter(worthwhile);
    let fastest = faster.min_by(|a, b| a.milliseconds.total_cmp(&b.milliseconds));
    fastest.unwrap_or(usual)
}

/// How long all of the tower takes, and what one step of it gave.
async fn on_gpu(gpu: &Gpu, part: &Part<Gpu>, tile: Tile, budget: f64) -> Result<Run, ComputeError> {
    gpu.set_tile(tile);
    part.run(gpu, 1).await?;
    let (once, row) = fastest(budget, async || part.run(gpu, 1).await).await?;
    // A wait costs the same whatever is waited for, so a single step says too little.
    let several = ((budget / once.max(0.1)) as usize).clamp(1, part.depth);
    let step = if several == 1 {
        once
    } else {
        let (all, _) = fastest(budget, async || part.run(gpu, several).await).await?;
        ((all - once) / (several - 1) as f64).max(0.0)
    };
    Ok(Run {
        tile,
        milliseconds: once + step * (part.depth - 1) as f64,
        row,
    })
}

/// The shortest of a few runs, and what the last one gave.
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

/// One step of an image tower.
struct Part<C: Compute> {
    step: Step<C>,
    x: C::Tensor,
    /// Steps that the tower takes.
    depth: usize,
    /// How many times as much there is to do in a step of the tower.
    share: f64,
}

enum Step<C: Compute> {
    Block(Box<ResidualAttentionBlock<C>>),
    Convolution(Conv2d<C>),
    InvertedResidual(Box<Block<C>>),
}

impl<C: Compute> Part<C> {
    fn new(compute: &C, config: &ClipConfig, rows: usize) -> Result<Self, ComputeError> {
        match &config.vision {
            VisionConfig::VisionTransformer(vision) => {
                let positions = vision.positions();
                let rows = positions.min(rows);
                let shape = BlockShape {
                    width: vision.width,
                    mlp_width: vision.mlp_width,
                    heads: vision.heads,
                    activation: config.activation,
                    causal: false,
                };
                let block = ResidualAttentionBlock::made_up(compute, shape)?;
                Ok(Self {
                    step: Step::Block(Box::new(block)),
                    x: made_up_tensor(compute, &[1, rows, vision.width]),
                    depth: vision.layers,
                    share: positions as f64 / rows as f64,
                })
            }
            VisionConfig::ModifiedResnet(vision) => {
                let (side, channels) = (vision.image_size / 16, vision.width * 4);
                // As many cells in a square as there may be rows.
                let cropped = (1..=side).rfind(|side| side * side <= rows).unwrap_or(1);
                let convolution = Conv2d {
                    linear: made_up_linear(compute, channels, 9 * channels)?,
                    kernel: 3,
                    stride: 1,
                    padding: [1; 2],
                };
                Ok(Self {
                    step: Step::Convolution(convolution),
                    x: made_up_tensor(compute, &[1, cropped, cropped, channels]),
                    depth: CONVOLUTIONS_A_BOTTLENECK * vision.layers.iter().sum::<usize>(),
                    share: (side as f64 / cropped as f64).powi(2),
                })
            }
            VisionConfig::EfficientnetLite(vision) => {
                // The block in the middle of those that can follow one another: of the smallest
                // networks there may be none, and any other will do without its stride.
                let alike: Vec<InvertedResidual> = vision
                    .blocks()
                    .filter(|block| block.stride == 1 && block.input == block.output)
                    .collect();
                let whole = alike
                    .get(alike.len() / 2)
                    .copied()
                    .or(vision.blocks().last());
                let whole = whole.expect("a checked configuration has blocks");
                let cropped = (1..=whole.side)
                    .rfind(|side| side * side <= rows)
                    .unwrap_or(1);
                let sizes = InvertedResidual {
                    side: cropped,
                    output: whole.input,
                    stride: 1,
                    ..whole
                };
                let operations = |block: InvertedResidual| {
                    let inside = block.side.pow(2) as f64 * block.hidden as f64;
                    let after = inside / (block.stride as f64).powi(2);
                    let expand = if block.hidden == block.input {
                        0.0
                    } else {
                        inside * block.input as f64
                    };
                    expand + after * (block.kernel.pow(2) + block.output) as f64
                };
                let all: f64 = vision.blocks().map(operations).sum();
                Ok(Self {
                    step: Step::InvertedResidual(Box::new(Block::made_up(compute, sizes)?)),
                    x: made_up_tensor(compute, &[1, cropped, cropped, sizes.input]),
                    depth: (all
                        / operations(InvertedResidual {
                            side: whole.side,
                            ..sizes
                        }))
                    .round()
                    .max(1.0) as usize,
                    share: (whole.side as f64 / cropped as f64).powi(2),
                })
            }
        }
    }

    /// Takes the step so many times, and waits for one row of what it gives.
    async fn run(&self, compute: &C, times: usize) -> Result<Vec<f32>, ComputeError> {
        let mut x = self.x.clone();
        for _ in 0..times {
            x = match &self.step {
                Step::Block(block) => block.forward(compute, &x, None),
                Step::Convolution(conv) => compute.conv2d(&x, conv, Epilogue::Relu, None),
                Step::InvertedResidual(block) => block.forward(compute, x),
            };
        }
        // What is read of a network is one row too.
        let row = compute.select_rows(&x, &compute.rows(&[0]));
        compute.read(&compute.l2_normalize(&row)).await
    }
}

impl<C: Compute> ResidualAttentionBlock<C> {
    /// A block that means nothing.
    fn made_up(compute: &C, shape: BlockShape) -> Result<Self, ComputeError> {
        let BlockShape {
            width, mlp_width, ..
        } = shape;
        Ok(Self::of(
            shape,
            [made_up_norm(compute, width), made_up_norm(compute, width)],
            [
                made_up_linear(compute, 3 * width, width)?,
                made_up_linear(compute, width, width)?,
                made_up_linear(compute, mlp_width, width)?,
                made_up_linear(compute, width, mlp_width)?,
            ],
        ))
    }
}

impl<C: Compute> Block<C> {
    /// A block that means nothing.
    fn made_up(compute: &C, sizes: InvertedResidual) -> Result<Self, ComputeError> {
        let InvertedResidual {
            side,
            input,
            hidden,
            output,
            kernel,
            stride,
        } = sizes;
        let pointwise = |output, input| -> Result<Conv2d<C>, ComputeError> {
            Ok(Conv2d {
                linear: made_up_linear(compute, output, input)?,
                kernel: 1,
                stride: 1,
                padding: [0; 2],
            })
        };
        let depthwise = DepthwiseConv2d {
            weight: made_up_tensor(compute, &[kernel * kernel, hidden]),
            bias: Some(compute.tensor(&[hidden], &vec![0.0; hidden])),
            kernel,
            stride,
            padding: same_padding(side, kernel, stride),
        };
        let expand = match hidden == input {
            true => None,
            false => Some(pointwise(hidden, input)?),
        };
        Ok(Self::of(
            expand,
            depthwise,
            pointwise(output, hidden)?,
            sizes,
        ))
    }
}

fn made_up_norm<C: Compute>(compute: &C, width: usize) -> LayerNorm<C> {
    LayerNorm {
        gain: compute.tensor(&[width], &vec![1.0; width]),
        bias: compute.tensor(&[width], &vec![0.0; width]),
    }
}

fn made_up_linear<C: Compute>(
    compute: &C,
    rows: usize,
    columns: usize,
) -> Result<Linear<C>, ComputeError> {
    let stride = columns.next_multiple_of(4);
    let step = |index: usize| match index % stride < columns {
        true => (scattered(index) >> 25) as i8 - 64,
        false => 0,
    };
    let values: Vec<i8> = (0..rows * stride).map(step).collect();
    // Sums stay about as large as what they are made of.
    let scale = 1.0 / (40.0 * (columns as f32).sqrt());
    let weight = compute.matrix(MatrixData {
        rows,
        columns,
        values: MatrixValues::Int8 {
            values: &values,
            scales: &vec![scale; rows],
        },
    })?;
    let bias = Some(compute.tensor(&[rows], &vec![0.0; rows]));
    Ok(Linear { weight, bias })
}

fn made_up_tensor<C: Compute>(compute: &C, shape: &[usize]) -> C::Tensor {
    let value = |index| scattered(index) as f32 / u32::MAX as f32 * 2.0 - 1.0;
    let values: Vec<f32> = (0..shape.iter().product()).map(value).collect();
    compute.tensor(shape, &values)
}

/// Knuth's multiplicative hash.
fn scattered(index: usize) -> u32 {
    (index as u32).wrapping_mul(2_654_435_761)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use pollster::block_on;

    use super::*;
    use crate::config::{Activation, ModifiedResnetConfig, TextConfig, VisionTransformerConfig};

    fn network(vision: VisionConfig) -> ClipConfig {
        ClipConfig {
            vision,
            text: TextConfig {
                context_length: 8,
                vocabulary_size: 64,
                width: 32,
                layers: 1,
                heads: 2,
                mlp_width: 64,
            },
            projection: 32,
            activation: Activation::Gelu,
        }
    }

    /// Fewer rows are worked at, and what is left out is reckoned in.
    #[test]
    fn the_processor_does_a_part_of_a_step_and_counts_all_of_it() {
        let cpu = Cpu::new();
        let transformer = network(VisionConfig::VisionTransformer(VisionTransformerConfig {
            image_size: 160,
            patch_size: 10,
            width: 32,
            layers: 5,
            heads: 2,
            mlp_width: 64,
        }));
        let part = Part::new(&cpu, &transformer, CPU_ROWS).expect("a small block fits");
        assert_eq!(cpu.shape(&part.x), [1, 64, 32]);
        assert_eq!((part.depth, part.share), (5, 257.0 / 64.0));
        let resnet = network(VisionConfig::ModifiedResnet(ModifiedResnetConfig {
            image_size: 256,
            width: 8,
            layers: [1, 2, 3, 1],
            heads: 4,
        }));
        let part = Part::new(&cpu, &resnet, CPU_ROWS).expect("a small convolution fits");
        assert_eq!(cpu.shape(&part.x), [1, 8, 8, 32]);
        assert_eq!((part.depth, part.share), (14, 4.0));
        block_on(part.run(&cpu, 2)).expect("the processor never fails");
    }

    #[test]
    fn another_tile_is_taken_where_it_is_worth_its_rounding() {
        let run = |tile, milliseconds, row: [f32; 2]| Run {
            tile,
            milliseconds,
            row: row.to_vec(),
        };
        let usual = run(Tile::Shared, 100.0, [0.6, 0.8]);
        let half = |milliseconds| run(Tile::SharedF16, milliseconds, [0.6, 0.8]);
        let integer = |row| run(Tile::SharedInteger, 40.0, row);
        let taken = |others: &[Run]| best(&usual, others).tile;
        assert_eq!(taken(&[]), Tile::Shared);
        assert_eq!(taken(&[half(95.0)]), Tile::Shared);
        assert_eq!(taken(&[half(80.0)]), Tile::SharedF16);
        assert_eq!(
            taken(&[half(80.0), integer([0.6, 0.8])]),
            Tile::SharedInteger
        );
        // Faster, but wrong; and nothing is near a NaN.
        assert_eq!(taken(&[half(80.0), integer([0.8, 0.6])]), Tile::SharedF16);
        assert_eq!(taken(&[integer([f32::NAN, 0.8])]), Tile::Shared);
        assert_eq!(taken(&[half(f64::NAN)]), Tile::Shared);
    }

    /// Made-up weights must not end in values that take a processor another time than real ones.
    #[test]
    fn what_is_made_up_stays_finite_through_a_whole_network() {
        let cpu = Cpu::new();
        let config = network(VisionConfig::VisionTransformer(VisionTransformerConfig {
            image_size: 32,
            patch_size: 8,
            width: 64,
            layers: 24,
            heads: 2,
            mlp_width: 256,
        }));
        let part = Part::new(&cpu, &config, usize::MAX).expect("a small block fits");
        let Step::Block(block) = &part.step else {
            panic!("a vision transformer is made of blocks")
        };
        let x = (0..part.depth).fold(part.x.clone(), |x, _| block.forward(&cpu, &x, None));
        let values = block_on(cpu.read(&x)).expect("the processor never fails");
        let largest = values
            .iter()
            .fold(0.0_f32, |largest, value| largest.max(value.abs()));
        assert!((1e-3..1e3).contains(&largest), "the largest is {largest}");
    }
}
