//! EfficientNet-lite (Tan and Le 2019; the lite variant is Google's of 2020): inverted residual
//! blocks (Sandler et al. 2018, MobileNetV2) with ReLU6 and without squeeze-and-excitation, then
//! the mean over all cells. The reference is `efficientnet/lite` in tensorflow/tpu, whose padding
//! is TensorFlow's "same". Batch normalisation is folded into the convolutions.

use glance_compute::{Compute, Conv2d, DepthwiseConv2d, Epilogue, Linear};

use super::layers::Layers;
use crate::config::{EfficientnetLiteConfig, InvertedResidual};
use crate::error::Error;
use crate::weights::PackSource;

/// The image tower for phones.
pub struct EfficientnetLite<C: Compute> {
    conv_stem: Conv2d<C>,
    blocks: Vec<Block<C>>,
    conv_head: Conv2d<C>,
    proj: Linear<C>,
}

impl<C: Compute> EfficientnetLite<C> {
    /// Loads the tower from `visual`.
    pub async fn load(
        layers: &Layers<'_, C, impl PackSource>,
        config: &EfficientnetLiteConfig,
        projection: usize,
    ) -> Result<Self, Error> {
        let stem = layers.conv2d("conv_stem", 3, config.stem, 3, 2).await?;
        let mut blocks = Vec::new();
        for (index, sizes) in config.blocks().enumerate() {
            let layers = layers.under(&format!("blocks.{index}"));
            blocks.push(Block::load(&layers, sizes).await?);
        }
        let (channels, head) = (config.output_channels(), config.head);
        Ok(Self {
            conv_stem: Conv2d {
                padding: same_padding(config.image_size, 3, 2),
                ..stem
            },
            blocks,
            conv_head: layers.conv2d("conv_head", channels, head, 1, 1).await?,
            proj: layers.linear("proj", projection, head).await?,
        })
    }

    /// `[batch, size, size, 3]` to the input of the last convolution,
    /// `[batch, side, side, channels]`.
    pub fn cells(&self, compute: &C, pixels: &C::Tensor) -> C::Tensor {
        let x = compute.conv2d(pixels, &self.conv_stem, Epilogue::Relu6, None);
        let blocks = self.blocks.iter();
        blocks.fold(x, |x, block| block.forward(compute, x))
    }

    /// `[batch, size, size, 3]` to the means over all cells `[batch, head]`.
    pub fn features(&self, compute: &C, pixels: &C::Tensor) -> C::Tensor {
        let x = self.head(compute, pixels);
        let [batch, side, _, head] = compute.shape(&x)[..] else {
            unreachable!("a convolution gives pictures");
        };
        compute.reshape(&compute.average_pool2d(&x, side), &[batch, head])
    }

    /// `[1, size, size, 3]` to the picture's cells in the shared space, `[cells, projection]`. The
    /// projection is linear, so at the network's own size their mean is the picture's embedding before
    /// it is normalised. A larger size gives more cells, with the padding of the network's own.
    pub fn regions(&self, compute: &C, pixels: &C::Tensor) -> C::Tensor {
        let x = self.head(compute, pixels);
        let [_, down, across, head] = compute.shape(&x)[..] else {
            unreachable!("a convolution gives pictures");
        };
        self.project(compute, &compute.reshape(&x, &[down * across, head]))
    }

    /// `[batch, size, size, 3]` to the output of the last convolution, `[batch, side, side, head]`.
    fn head(&self, compute: &C, pixels: &C::Tensor) -> C::Tensor {
        let x = self.cells(compute, pixels);
        compute.conv2d(&x, &self.conv_head, Epilogue::Relu6, None)
    }

    /// `[rows, head]` to `[rows, projection]`.
    pub fn project(&self, compute: &C, features: &C::Tensor) -> C::Tensor {
        compute.linear(features, &self.proj, Epilogue::None, None)
    }
}

/// An inverted residual block: few channels at both ends, many in between.
pub struct Block<C: Compute> {
    expand_conv: Option<Conv2d<C>>,
    depthwise_conv: DepthwiseConv2d<C>,
    project_conv: Conv2d<C>,
    /// Whether the input is added to the output.
    residual: bool,
}

impl<C: Compute> Block<C> {
    async fn load(
        layers: &Layers<'_, C, impl PackSource>,
        sizes: InvertedResidual,
    ) -> Result<Self, Error> {
        let InvertedResidual {
            side,
            input,
            hidden,
            output,
            kernel,
            stride,
        } = sizes;
        Ok(Self::of(
            match hidden == input {
                true => None,
                false => Some(layers.conv2d("expand_conv", input, hidden, 1, 1).await?),
            },
            layers
                .depthwise_conv2d(
                    "depthwise_conv",
                    hidden,
                    kernel,
                    stride,
                    same_padding(side, kernel, stride),
                )
                .await?,
            layers.conv2d("project_conv", hidden, output, 1, 1).await?,
            sizes,
        ))
    }

    /// Assembles a block from its layers.
    pub fn of(
        expand_conv: Option<Conv2d<C>>,
        depthwise_conv: DepthwiseConv2d<C>,
        project_conv: Conv2d<C>,
        sizes: InvertedResidual,
    ) -> Self {
        Self {
            expand_conv,
            depthwise_conv,
            project_conv,
            residual: sizes.stride == 1 && sizes.input == sizes.output,
        }
    }

    /// `[batch, side, side, input]` to `[batch, side′, side′, output]`.
    pub fn forward(&self, compute: &C, x: C::Tensor) -> C::Tensor {
        let hidden = match &self.expand_conv {
            Some(expand) => compute.conv2d(&x, expand, Epilogue::Relu6, None),
            None => x.clone(),
        };
        let hidden = compute.depthwise_conv2d(&hidden, &self.depthwise_conv, Epilogue::Relu6);
        let residual = self.residual.then_some(&x);
        compute.conv2d(&hidden, &self.project_conv, Epilogue::None, residual)
    }
}

/// Zeros before and after for TensorFlow's "same" padding, which gives `⌈side / stride⌉` outputs.
/// An odd zero goes to the end.
pub fn same_padding(side: usize, kernel: usize, stride: usize) -> [usize; 2] {
    let reach = (side.div_ceil(stride) - 1) * stride + kernel;
    let zeros = reach.saturating_sub(side);
    [zeros / 2, zeros - zeros / 2]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_odd_zero_is_behind() {
        assert_eq!(same_padding(224, 3, 2), [0, 1]);
        assert_eq!(same_padding(225, 3, 2), [1, 1]);
        assert_eq!(same_padding(56, 5, 2), [1, 2]);
        assert_eq!(same_padding(7, 5, 1), [2, 2]);
        assert_eq!(same_padding(1, 3, 2), [1, 1]);
        assert_eq!(same_padding(1, 1, 2), [0, 0]);
    }
}
