//! One layer of an image tower with made-up weights, for benchmarks. It takes as long as a real
//! one: a block of a vision transformer, a convolution of a ResNet, or a block of an
//! EfficientNet-lite.

use glance_compute::{
    Compute, ComputeError, Conv2d, DepthwiseConv2d, Epilogue, LayerNorm, Linear, MatrixData,
    MatrixValues,
};

use super::attention::{BlockShape, ResidualAttentionBlock};
use super::efficientnet_lite::{Block, same_padding};
use crate::config::{
    ClipConfig, EfficientnetLiteConfig, InvertedResidual, ModifiedResnetConfig, VisionConfig,
    VisionTransformerConfig,
};

/// Convolutions of 3 × 3 that take about as long as the three convolutions of a bottleneck.
const CONVOLUTIONS_A_BOTTLENECK: usize = 2;

/// One layer of an image tower, with an input for it.
pub struct Sample<C: Compute> {
    layer: Layer<C>,
    x: C::Tensor,
    /// Number of layers of this size that make up the tower.
    pub depth: usize,
    /// Work of a whole layer, divided by that of the sample.
    pub share: f64,
}

enum Layer<C: Compute> {
    Block(Box<ResidualAttentionBlock<C>>),
    Convolution(Conv2d<C>),
    InvertedResidual(Box<Block<C>>),
}

impl<C: Compute> Sample<C> {
    /// A layer of the image tower of `config`, on an input of at most `rows` rows.
    ///
    /// # Errors
    /// [`ComputeError::OutOfMemory`] if the weights do not fit the device.
    pub fn new(compute: &C, config: &ClipConfig, rows: usize) -> Result<Self, ComputeError> {
        match &config.vision {
            VisionConfig::VisionTransformer(vision) => {
                Self::of_vision_transformer(compute, vision, config, rows)
            }
            VisionConfig::ModifiedResnet(vision) => Self::of_modified_resnet(compute, vision, rows),
            VisionConfig::EfficientnetLite(vision) => {
                Self::of_efficientnet_lite(compute, vision, rows)
            }
        }
    }

    fn of_vision_transformer(
        compute: &C,
        vision: &VisionTransformerConfig,
        config: &ClipConfig,
        rows: usize,
    ) -> Result<Self, ComputeError> {
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
            layer: Layer::Block(Box::new(block)),
            x: made_up_tensor(compute, &[1, rows, vision.width]),
            depth: vision.layers,
            share: positions as f64 / rows as f64,
        })
    }

    fn of_modified_resnet(
        compute: &C,
        vision: &ModifiedResnetConfig,
        rows: usize,
    ) -> Result<Self, ComputeError> {
        let (side, channels) = (vision.image_size / 16, vision.width * 4);
        let cropped = largest_square(side, rows);
        let convolution = Conv2d {
            linear: made_up_linear(compute, channels, 9 * channels)?,
            kernel: 3,
            stride: 1,
            padding: [1; 2],
        };
        Ok(Self {
            layer: Layer::Convolution(convolution),
            x: made_up_tensor(compute, &[1, cropped, cropped, channels]),
            depth: CONVOLUTIONS_A_BOTTLENECK * vision.layers.iter().sum::<usize>(),
            share: (side as f64 / cropped as f64).powi(2),
        })
    }

    fn of_efficientnet_lite(
        compute: &C,
        vision: &EfficientnetLiteConfig,
        rows: usize,
    ) -> Result<Self, ComputeError> {
        // The middle block of those that can be chained. The smallest networks have none; then the
        // last block is used, without its stride.
        let alike: Vec<InvertedResidual> = vision
            .blocks()
            .filter(|block| block.stride == 1 && block.input == block.output)
            .collect();
        let middle = alike.get(alike.len() / 2).copied();
        let block = middle.or(vision.blocks().last());
        let block = InvertedResidual {
            stride: 1,
            ..block.expect("a checked configuration has blocks")
        };
        let whole = InvertedResidual {
            output: block.input,
            ..block
        };
        let cropped = InvertedResidual {
            side: largest_square(whole.side, rows),
            ..whole
        };
        let all: f64 = vision.blocks().map(multiply_adds).sum();
        let input = [1, cropped.side, cropped.side, cropped.input];
        Ok(Self {
            layer: Layer::InvertedResidual(Box::new(Block::made_up(compute, cropped)?)),
            x: made_up_tensor(compute, &input),
            depth: (all / multiply_adds(whole)).round().max(1.0) as usize,
            share: (whole.side as f64 / cropped.side as f64).powi(2),
        })
    }

    /// Runs the layer `times` times, each on the previous output, and reads one row of the last
    /// output at unit length.
    ///
    /// # Errors
    /// Those of [`Compute::read`].
    pub async fn run(&self, compute: &C, times: usize) -> Result<Vec<f32>, ComputeError> {
        let mut x = self.x.clone();
        for _ in 0..times {
            x = match &self.layer {
                Layer::Block(block) => block.forward(compute, &x, None),
                Layer::Convolution(conv) => compute.conv2d(&x, conv, Epilogue::Relu, None),
                Layer::InvertedResidual(block) => block.forward(compute, x),
            };
        }
        let row = compute.select_rows(&x, &compute.rows(&[0]));
        compute.read(&compute.l2_normalize(&row)).await
    }
}

/// The side of the largest square of at most `rows` cells, at most `side` and at least 1.
fn largest_square(side: usize, rows: usize) -> usize {
    (1..=side).rfind(|side| side * side <= rows).unwrap_or(1)
}

/// Multiply-adds of an inverted residual block.
fn multiply_adds(block: InvertedResidual) -> f64 {
    let hidden = block.side.pow(2) as f64 * block.hidden as f64;
    let strided = hidden / (block.stride as f64).powi(2);
    let expand = if block.hidden == block.input {
        0.0
    } else {
        hidden * block.input as f64
    };
    expand + strided * (block.kernel.pow(2) + block.output) as f64
}

impl<C: Compute> ResidualAttentionBlock<C> {
    /// A block with made-up weights.
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
    /// A block with made-up weights.
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
    // Outputs stay about as large as inputs.
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
    use glance_compute::cpu::Cpu;
    use pollster::block_on;

    use super::*;
    use crate::config::{Activation, TextConfig};

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

    #[test]
    fn a_sample_has_few_rows_and_counts_the_rest() {
        let cpu = Cpu::new();
        let transformer = network(VisionConfig::VisionTransformer(VisionTransformerConfig {
            image_size: 160,
            patch_size: 10,
            width: 32,
            layers: 5,
            heads: 2,
            mlp_width: 64,
        }));
        let sample = Sample::new(&cpu, &transformer, 64).expect("a small block fits");
        assert_eq!(cpu.shape(&sample.x), [1, 64, 32]);
        assert_eq!((sample.depth, sample.share), (5, 257.0 / 64.0));
        let resnet = network(VisionConfig::ModifiedResnet(ModifiedResnetConfig {
            image_size: 256,
            width: 8,
            layers: [1, 2, 3, 1],
            heads: 4,
        }));
        let sample = Sample::new(&cpu, &resnet, 64).expect("a small convolution fits");
        assert_eq!(cpu.shape(&sample.x), [1, 8, 8, 32]);
        assert_eq!((sample.depth, sample.share), (14, 4.0));
        block_on(sample.run(&cpu, 2)).expect("the processor never fails");
    }

    /// Denormal and infinite values can take longer than real ones.
    #[test]
    fn values_stay_finite_through_a_whole_network() {
        let cpu = Cpu::new();
        let config = network(VisionConfig::VisionTransformer(VisionTransformerConfig {
            image_size: 32,
            patch_size: 8,
            width: 64,
            layers: 24,
            heads: 2,
            mlp_width: 256,
        }));
        let sample = Sample::new(&cpu, &config, usize::MAX).expect("a small block fits");
        let Layer::Block(block) = &sample.layer else {
            panic!("a vision transformer is made of blocks")
        };
        let x = (0..sample.depth).fold(sample.x.clone(), |x, _| block.forward(&cpu, &x, None));
        let values = block_on(cpu.read(&x)).expect("the processor never fails");
        let largest = values
            .iter()
            .fold(0.0_f32, |largest, value| largest.max(value.abs()));
        assert!((1e-3..1e3).contains(&largest), "the largest is {largest}");
    }
}
