//! Loads layers from a pack: finds tensors by name and checks them against the architecture.

use glance_compute::{Compute, Conv2d, DepthwiseConv2d, LayerNorm, Linear};

use crate::error::Error;
use crate::weights::{PackSource, finite_values};

/// A name prefix in a pack, such as `visual.transformer.resblocks.3`, and the device to load onto.
pub struct Layers<'a, C: Compute, P: PackSource> {
    compute: &'a C,
    pack: &'a P,
    prefix: String,
}

impl<'a, C: Compute, P: PackSource> Layers<'a, C, P> {
    /// Starts at the top of a pack.
    pub fn new(compute: &'a C, pack: &'a P) -> Self {
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

    /// The device.
    pub fn compute(&self) -> &'a C {
        self.compute
    }

    fn name(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    /// A vector or small table.
    pub async fn tensor(&self, name: &str, shape: &[usize]) -> Result<C::Tensor, Error> {
        let name = self.name(name);
        let bytes = self.pack.index().vector(&name, shape)?;
        let bytes = self.pack.read(bytes).await?;
        Ok(self.compute.tensor(shape, finite_values(&name, &bytes)?))
    }

    /// A matrix.
    pub async fn matrix(
        &self,
        name: &str,
        rows: usize,
        columns: usize,
    ) -> Result<C::Matrix, Error> {
        let stored = self.pack.index().matrix(&self.name(name), rows, columns)?;
        let values = self.pack.read(stored.values.clone()).await?;
        let scales = self.pack.read(stored.scales.clone()).await?;
        Ok(self.compute.matrix(stored.data(&values, &scales)?)?)
    }

    /// A linear map without a bias.
    pub async fn projection(
        &self,
        name: &str,
        rows: usize,
        columns: usize,
    ) -> Result<Linear<C>, Error> {
        let weight = self
            .matrix(&format!("{name}.weight"), rows, columns)
            .await?;
        Ok(Linear { weight, bias: None })
    }

    /// A linear map with a bias.
    pub async fn linear(
        &self,
        name: &str,
        rows: usize,
        columns: usize,
    ) -> Result<Linear<C>, Error> {
        // In the order in which they are stored.
        let weight = self.projection(name, rows, columns).await?.weight;
        let bias = Some(self.tensor(&format!("{name}.bias"), &[rows]).await?);
        Ok(Linear { weight, bias })
    }

    /// A layer normalisation.
    pub async fn layer_norm(&self, name: &str, width: usize) -> Result<LayerNorm<C>, Error> {
        Ok(LayerNorm {
            gain: self.tensor(&format!("{name}.weight"), &[width]).await?,
            bias: self.tensor(&format!("{name}.bias"), &[width]).await?,
        })
    }

    /// A convolution that keeps the side of its input at stride 1.
    pub async fn conv2d(
        &self,
        name: &str,
        input: usize,
        output: usize,
        kernel: usize,
        stride: usize,
    ) -> Result<Conv2d<C>, Error> {
        let linear = self.linear(name, output, kernel * kernel * input).await?;
        Ok(Conv2d {
            linear,
            kernel,
            stride,
            padding: [kernel / 2; 2],
        })
    }

    /// A depthwise convolution. The stored kernels `[channels, kernel × kernel]` become f32 with
    /// the channel last.
    pub async fn depthwise_conv2d(
        &self,
        name: &str,
        channels: usize,
        kernel: usize,
        stride: usize,
        padding: [usize; 2],
    ) -> Result<DepthwiseConv2d<C>, Error> {
        let (weight, bias) = (format!("{name}.weight"), format!("{name}.bias"));
        let cells = kernel * kernel;
        let stored = self
            .pack
            .index()
            .matrix(&self.name(&weight), channels, cells)?;
        let values = self.pack.read(stored.values.clone()).await?;
        let scales = self.pack.read(stored.scales.clone()).await?;
        let data = stored.data(&values, &scales)?;
        let cell = |cell: usize| (0..channels).map(move |channel| data.value(channel, cell));
        let weight: Vec<f32> = (0..cells).flat_map(cell).collect();
        Ok(DepthwiseConv2d {
            weight: self.compute.tensor(&[cells, channels], &weight),
            bias: Some(self.tensor(&bias, &[channels]).await?),
            kernel,
            stride,
            padding,
        })
    }
}
