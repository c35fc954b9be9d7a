//! Layers from a pack: tensors found by name and checked against the architecture.

use crate::Error;
use crate::compute::{Compute, Conv2d, LayerNorm, Linear};
use crate::weights::Pack;

/// A place in a pack, such as `visual.transformer.resblocks.3`, and the device to load it on.
pub struct Layers<'a, C: Compute> {
    compute: &'a C,
    pack: &'a Pack,
    prefix: String,
}

impl<'a, C: Compute> Layers<'a, C> {
    /// The top of a pack.
    pub fn new(compute: &'a C, pack: &'a Pack) -> Self {
        Self {
            compute,
            pack,
            prefix: String::new(),
        }
    }

    /// The layers under `name`.
    pub fn under(&self, name: &str) -> Self {
        Self {
            compute: self.compute,
            pack: self.pack,
            prefix: self.name(name) + ".",
        }
    }

    fn name(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// A vector or small table.
    pub fn tensor(&self, name: &str, shape: &[usize]) -> Result<C::Tensor, Error> {
        let values = self.pack.vector(&self.name(name), shape)?;
        Ok(self.compute.tensor(shape, values))
    }

    /// A matrix.
    pub fn matrix(&self, name: &str, rows: usize, columns: usize) -> Result<C::Matrix, Error> {
        let data = self.pack.matrix(&self.name(name), rows, columns)?;
        Ok(self.compute.matrix(data)?)
    }

    /// A linear map without a bias.
    pub fn projection(&self, name: &str, rows: usize, columns: usize) -> Result<Linear<C>, Error> {
        let weight = self.matrix(&format!("{name}.weight"), rows, columns)?;
        Ok(Linear { weight, bias: None })
    }

    /// A linear map with a bias.
    pub fn linear(&self, name: &str, rows: usize, columns: usize) -> Result<Linear<C>, Error> {
        let bias = Some(self.tensor(&format!("{name}.bias"), &[rows])?);
        Ok(Linear {
            bias,
            ..self.projection(name, rows, columns)?
        })
    }

    /// A layer normalisation.
    pub fn layer_norm(&self, name: &str, width: usize) -> Result<LayerNorm<C>, Error> {
        Ok(LayerNorm {
            gain: self.tensor(&format!("{name}.weight"), &[width])?,
            bias: self.tensor(&format!("{name}.bias"), &[width])?,
        })
    }

    /// A convolution that keeps the side of its input at stride 1.
    pub fn conv2d(
        &self,
        name: &str,
        input: usize,
        output: usize,
        kernel: usize,
        stride: usize,
    ) -> Result<Conv2d<C>, Error> {
        let linear = self.linear(name, output, kernel * kernel * input)?;
        Ok(Conv2d {
            linear,
            kernel,
            stride,
            padding: kernel / 2,
        })
    }
}
