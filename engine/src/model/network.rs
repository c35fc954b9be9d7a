//! Both towers and the temperature (paper figure 3).

use glance_compute::{Compute, ComputeError};

use super::efficientnet_lite::EfficientnetLite;
use super::layers::Layers;
use super::modified_resnet::ModifiedResnet;
use super::reads::Reads;
use super::text_transformer::TextTransformer;
use super::vision_transformer::VisionTransformer;
use crate::config::{ClipConfig, VisionConfig};
use crate::error::Error;
use crate::text::Tokens;
use crate::timeline::{Stage, span};
use crate::weights::{PackSource, WeightsError, finite_values};

/// Maximum f32 values of an activation of one batch: 64 MiB. Larger batches run in parts.
const ACTIVATION_VALUES: usize = 1 << 24;

/// A CLIP network on a device.
pub struct Network<C: Compute> {
    images: ImageTower<C>,
    text: TextTransformer<C>,
    logit_scale: f32,
}

/// The image half of a network on a device.
pub struct ImageTower<C: Compute> {
    compute: C,
    config: ClipConfig,
    visual: Visual<C>,
}

enum Visual<C: Compute> {
    VisionTransformer(VisionTransformer<C>),
    ModifiedResnet(ModifiedResnet<C>),
    EfficientnetLite(EfficientnetLite<C>),
}

impl<C: Compute> Visual<C> {
    /// `[batch, size, size, 3]` to `[batch, features]`.
    fn features(&self, compute: &C, pixels: &C::Tensor) -> C::Tensor {
        match self {
            Self::VisionTransformer(visual) => visual.features(compute, pixels),
            Self::ModifiedResnet(visual) => visual.features(compute, pixels),
            Self::EfficientnetLite(visual) => visual.features(compute, pixels),
        }
    }

    /// `[1, size, size, 3]` to regions of the picture, `[regions, projection]`, row by row.
    fn regions(&self, compute: &C, pixels: &C::Tensor) -> C::Tensor {
        match self {
            Self::VisionTransformer(visual) => visual.regions(compute, pixels),
            Self::ModifiedResnet(visual) => visual.regions(compute, pixels),
            Self::EfficientnetLite(visual) => visual.regions(compute, pixels),
        }
    }

    /// `[batch, features]` to unit vectors `[batch, projection]`.
    fn embed(&self, compute: &C, features: &C::Tensor) -> C::Tensor {
        compute.l2_normalize(&match self {
            Self::VisionTransformer(visual) => visual.project(compute, features),
            Self::ModifiedResnet(visual) => visual.project(compute, features),
            Self::EfficientnetLite(visual) => visual.project(compute, features),
        })
    }
}

impl<C: Compute> ImageTower<C> {
    /// Loads the image tower of a pack onto `compute`.
    ///
    /// # Errors
    /// [`Error::Weights`] if a tensor is missing or has the wrong shape, [`Error::Compute`] if the
    /// device is too small.
    pub async fn load(compute: C, pack: &impl PackSource) -> Result<Self, Error> {
        let config = pack.index().header().config.clone();
        let layers = Layers::new(&compute, pack);
        let visual = layers.under("visual");
        let visual = match &config.vision {
            VisionConfig::VisionTransformer(vision) => Visual::VisionTransformer(
                VisionTransformer::load(&visual, vision, config.activation, config.projection)
                    .await?,
            ),
            VisionConfig::ModifiedResnet(vision) => Visual::ModifiedResnet(
                ModifiedResnet::load(&visual, vision, config.projection).await?,
            ),
            VisionConfig::EfficientnetLite(vision) => Visual::EfficientnetLite(
                EfficientnetLite::load(&visual, vision, config.projection).await?,
            ),
        };
        let size = config.vision.image_size();
        compute.warm_up(|compute| {
            let table = compute.tensor(&[3, 256], &[]);
            let pixels = compute.look_up(&[1, size, size, 3], &[], &table);
            visual.embed(compute, &visual.features(compute, &pixels));
        });
        Ok(Self {
            compute,
            config,
            visual,
        })
    }

    /// The network's shape.
    pub fn config(&self) -> &ClipConfig {
        &self.config
    }

    /// Encodes pixels `[batch, size, size, 3]`, normalised, red first, to unit vectors
    /// `[batch, projection]`. Pixels after the last whole picture are ignored.
    ///
    /// # Errors
    /// Those of [`Compute::read`].
    pub async fn encode_pixels(&self, pixels: &[f32]) -> Result<Vec<f32>, ComputeError> {
        self.run(pixels, |pixels| self.embed(&pixels)).await
    }

    /// As [`ImageTower::encode_pixels`], from 8-bit levels `[batch, size, size, 3]`, of which `table`
    /// `[3, 256]` has the normalised values.
    ///
    /// # Errors
    /// Those of [`Compute::read`].
    pub async fn encode_levels(
        &self,
        levels: &[u8],
        table: &[f32],
    ) -> Result<Vec<f32>, ComputeError> {
        let table = self.compute.tensor(&[3, 256], table);
        let copy = |shape: &[usize], levels: &[u8]| self.compute.look_up(shape, levels, &table);
        self.run_on(levels, copy, |pixels| self.embed(&pixels))
            .await
    }

    /// As [`ImageTower::encode_levels`], but returns as soon as everything is submitted. The future
    /// waits for the values. A processor computes them first.
    ///
    /// # Errors
    /// Those of [`Compute::submit`].
    pub fn submit_levels(
        &self,
        levels: &[u8],
        table: &[f32],
    ) -> impl Future<Output = Result<Vec<f32>, ComputeError>> + use<C> {
        let record = span(Stage::Record);
        let table = self.compute.tensor(&[3, 256], table);
        let submitted = self.batches(levels).map(|(shape, levels)| {
            let pixels = self.compute.look_up(&shape, levels, &table);
            self.compute.submit(&self.embed(&pixels))
        });
        let submitted: Vec<_> = submitted.collect();
        record.end();
        let device = span(Stage::Device);
        async move {
            let _device = device;
            let mut values = Vec::new();
            for read in submitted {
                values.extend(read.await?);
            }
            Ok(values)
        }
    }

    /// Unit embeddings of pixels on the device.
    fn embed(&self, pixels: &C::Tensor) -> C::Tensor {
        let features = self.visual.features(&self.compute, pixels);
        self.visual.embed(&self.compute, &features)
    }

    /// The input of the projection into the shared space, `[batch, features]`, not normalised, for
    /// pixels as in [`ImageTower::encode_pixels`]. In an EfficientNet-lite it is the mean over all
    /// cells, `[batch, head]`.
    ///
    /// # Errors
    /// Those of [`Compute::read`].
    pub async fn features(&self, pixels: &[f32]) -> Result<Vec<f32>, ComputeError> {
        let features = |pixels| self.visual.features(&self.compute, &pixels);
        self.run(pixels, features).await
    }

    /// The input of an EfficientNet-lite's last convolution, `[batch, side, side, channels]`, for
    /// pixels as in [`ImageTower::encode_pixels`]. `None` for other towers.
    ///
    /// # Errors
    /// Those of [`Compute::read`].
    pub async fn cells(&self, pixels: &[f32]) -> Result<Option<Vec<f32>>, ComputeError> {
        let Visual::EfficientnetLite(visual) = &self.visual else {
            return Ok(None);
        };
        let cells = |pixels| visual.cells(&self.compute, &pixels);
        self.run(pixels, cells).await.map(Some)
    }

    /// Encodes the regions of one picture, pixels `[size, size, 3]` as in
    /// [`ImageTower::encode_pixels`] with the size of
    /// [`VisionConfig::regions_size`](crate::VisionConfig::regions_size), to unit vectors
    /// `[rows, columns, projection]`. There are as many rows as columns, and none if pixels are
    /// missing.
    ///
    /// # Errors
    /// Those of [`Compute::read`].
    pub async fn encode_regions(&self, pixels: &[f32]) -> Result<Vec<f32>, ComputeError> {
        let size = self.config.vision.regions_size();
        let Some(pixels) = pixels.get(..size * size * 3) else {
            return Ok(Vec::new());
        };
        let pixels = self.compute.tensor(&[1, size, size, 3], pixels);
        let regions = self.visual.regions(&self.compute, &pixels);
        let regions = self.compute.l2_normalize(&regions);
        self.compute.read(&regions).await
    }

    /// Runs `part` of the tower on all whole pictures.
    async fn run(
        &self,
        pixels: &[f32],
        part: impl Fn(C::Tensor) -> C::Tensor,
    ) -> Result<Vec<f32>, ComputeError> {
        let copy = |shape: &[usize], pixels: &[f32]| self.compute.tensor(shape, pixels);
        self.run_on(pixels, copy, part).await
    }

    /// As [`ImageTower::run`], on pixels that `copy` moves to the device.
    async fn run_on<T>(
        &self,
        pixels: &[T],
        copy: impl Fn(&[usize], &[T]) -> C::Tensor,
        part: impl Fn(C::Tensor) -> C::Tensor,
    ) -> Result<Vec<f32>, ComputeError> {
        let mut reads = Reads::new();
        for (shape, pixels) in self.batches(pixels) {
            reads.room().await?;
            let _record = span(Stage::Record);
            reads.push(self.compute.submit(&part(copy(&shape, pixels))));
        }
        let _device = span(Stage::Device);
        reads.all().await
    }

    /// All whole pictures in batches, each with its shape.
    fn batches<'a, T>(&self, pixels: &'a [T]) -> impl Iterator<Item = ([usize; 4], &'a [T])> {
        let size = self.config.vision.image_size();
        let picture = size * size * 3;
        let whole = pixels.len() - pixels.len() % picture;
        let batches = pixels[..whole].chunks(self.image_batch() * picture);
        batches.map(move |pixels| ([pixels.len() / picture, size, size, 3], pixels))
    }

    /// Pictures in a batch.
    fn image_batch(&self) -> usize {
        let values = match &self.config.vision {
            VisionConfig::VisionTransformer(vision) => vision
                .positions()
                .saturating_mul(vision.mlp_width.max(3 * vision.width)),
            // The stem's output has half the side and `width` channels. That of the first stage has
            // a quarter of the side and four times the channels, which is as many values.
            VisionConfig::ModifiedResnet(vision) => {
                (vision.image_size.pow(2) / 4).saturating_mul(vision.width)
            }
            VisionConfig::EfficientnetLite(vision) => vision.largest_activation(),
        };
        (ACTIVATION_VALUES / values.max(1)).clamp(1, 64)
    }
}

impl<C: Compute> Network<C> {
    /// Loads a pack's weights onto `compute`.
    ///
    /// # Errors
    /// As [`ImageTower::load`].
    pub async fn load(compute: C, pack: &impl PackSource) -> Result<Self, Error> {
        // In the order in which they are stored, because the later ones may still be downloading.
        let config = &pack.index().header().config;
        let text = TextTransformer::load(&Layers::new(&compute, pack), config).await?;
        // Compiles the rest of the text tower while the image tower's weights arrive.
        compute.warm_up(|compute| {
            text.forward(compute, &[0], &[0]);
        });
        let scale = pack.read(pack.index().vector("logit_scale", &[1])?).await?;
        let logit_scale = finite_values("logit_scale", &scale)?[0].exp();
        if !logit_scale.is_finite() {
            return Err(WeightsError::NotFinite("logit_scale".to_owned()).into());
        }
        let images = ImageTower::load(compute, pack).await?;
        Ok(Self {
            images,
            text,
            logit_scale,
        })
    }

    /// The device.
    pub fn compute(&self) -> &C {
        &self.images.compute
    }

    /// Drops the network and returns its device.
    pub fn into_compute(self) -> C {
        self.images.compute
    }

    /// The network's shape.
    pub fn config(&self) -> &ClipConfig {
        &self.images.config
    }

    /// `exp` of the learned temperature.
    pub fn logit_scale(&self) -> f32 {
        self.logit_scale
    }

    /// As [`ImageTower::encode_pixels`].
    ///
    /// # Errors
    /// Those of [`Compute::read`].
    pub async fn encode_pixels(&self, pixels: &[f32]) -> Result<Vec<f32>, ComputeError> {
        self.images.encode_pixels(pixels).await
    }

    /// As [`ImageTower::encode_levels`].
    ///
    /// # Errors
    /// Those of [`Compute::read`].
    pub async fn encode_levels(
        &self,
        levels: &[u8],
        table: &[f32],
    ) -> Result<Vec<f32>, ComputeError> {
        self.images.encode_levels(levels, table).await
    }

    /// As [`ImageTower::encode_regions`].
    ///
    /// # Errors
    /// Those of [`Compute::read`].
    pub async fn encode_regions(&self, pixels: &[f32]) -> Result<Vec<f32>, ComputeError> {
        self.images.encode_regions(pixels).await
    }

    /// As [`ImageTower::submit_levels`].
    ///
    /// # Errors
    /// Those of [`Compute::submit`].
    pub fn submit_levels(
        &self,
        levels: &[u8],
        table: &[f32],
    ) -> impl Future<Output = Result<Vec<f32>, ComputeError>> + use<C> {
        self.images.submit_levels(levels, table)
    }

    /// Encodes token sequences to unit vectors `[batch, projection]`.
    ///
    /// # Errors
    /// Those of [`Compute::read`].
    pub async fn encode_tokens(&self, texts: &[Tokens]) -> Result<Vec<f32>, ComputeError> {
        let mut reads = Reads::new();
        for texts in texts.chunks(self.text_batch()) {
            reads.room().await?;
            let _record = span(Stage::Record);
            let sequence = texts.iter().map(|text| text.ids.len()).max().unwrap_or(0);
            let mut ids = vec![0; texts.len() * sequence];
            for (row, text) in ids.chunks_exact_mut(sequence.max(1)).zip(texts) {
                row[..text.ids.len()].copy_from_slice(&text.ids);
            }
            let ends: Vec<u32> = texts
                .iter()
                .map(|text| text.ids.len().saturating_sub(1) as u32)
                .collect();
            let x = self.text.forward(self.compute(), &ids, &ends);
            let x = self.compute().l2_normalize(&x);
            reads.push(self.compute().submit(&x));
        }
        let _device = span(Stage::Device);
        reads.all().await
    }

    /// Texts in a batch.
    fn text_batch(&self) -> usize {
        let text = &self.config().text;
        let values = text.context_length * text.mlp_width.max(3 * text.width);
        (ACTIVATION_VALUES / values.max(1)).clamp(1, 64)
    }
}
