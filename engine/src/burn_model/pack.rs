//! Reads the burn model's weights from a pack and writes them to one, by a single list of names.

use burn::module::{Module, Param, RunningState};
use burn::nn::conv::Conv2d;
use burn::nn::{LayerNorm, Linear};
use burn::tensor::{Device, Shape, Tensor, TensorData};

use super::attention::{MultiHeadAttention, ResidualAttentionBlock};
use super::efficientnet_lite::EfficientnetLite;
use super::modified_resnet::{ConvBatchNorm, ModifiedResnet};
use super::text_transformer::TextTransformer;
use super::vision_transformer::VisionTransformer;
use super::{BurnModel, VisionTower};
use crate::weights::{
    BatchNorm, Pack, PackWriter, Preprocessing, TokenizerData, WeightType, WeightsError,
    fold_batch_norm,
};

impl BurnModel {
    /// Reads a pack onto a device.
    ///
    /// # Errors
    /// [`WeightsError`] if a tensor is missing or has the wrong shape.
    pub fn from_pack(pack: &Pack, device: &Device) -> Result<Self, WeightsError> {
        let mut model = Self::init(&pack.header().config, device);
        model.transfer(&mut Reader { pack, device })?;
        Ok(model)
    }

    /// Replaces the image tower by that of a pack, which may have no text tower.
    ///
    /// # Errors
    /// [`WeightsError`] if a tensor is missing or has the wrong shape.
    pub fn load_image_tower(&mut self, pack: &Pack, device: &Device) -> Result<(), WeightsError> {
        vision_tower(&mut self.vision, &mut Reader { pack, device })
    }

    /// Writes a pack with matrices of `weight_type`, folding batch normalisation.
    ///
    /// `config` must be the one that the burn model was made from; `preprocessing` and `tokenizer`
    /// those of its pictures and texts.
    ///
    /// # Errors
    /// [`WeightsError::NotFinite`] if training diverged.
    pub fn to_pack(
        &self,
        name: &str,
        license: Option<&str>,
        config: &crate::config::ClipConfig,
        preprocessing: Preprocessing,
        tokenizer: TokenizerData<'_>,
        weight_type: WeightType,
    ) -> Result<Pack, WeightsError> {
        let writer = PackWriter::new(
            name,
            license,
            config.clone(),
            preprocessing,
            tokenizer,
            weight_type,
        );
        let mut writer = Writer(writer);
        self.valid().transfer(&mut writer)?;
        writer.0.finish()
    }

    fn transfer(&mut self, to: &mut impl Transfer) -> Result<(), WeightsError> {
        text_transformer(&mut self.text, to)?;
        to.vector("logit_scale", &mut self.logit_scale)?;
        vision_tower(&mut self.vision, to)
    }
}

/// Moves one tensor between the burn model and a pack.
trait Transfer {
    /// A small tensor, kept in f32.
    fn vector<const D: usize>(
        &mut self,
        name: &str,
        param: &mut Param<Tensor<D>>,
    ) -> Result<(), WeightsError>;

    /// A matrix with the same layout here and in the pack.
    fn table(&mut self, name: &str, param: &mut Param<Tensor<2>>) -> Result<(), WeightsError>;

    /// A matrix `[in, out]` here, `[out, in]` in the pack.
    fn projection(&mut self, name: &str, param: &mut Param<Tensor<2>>) -> Result<(), WeightsError>;

    /// Kernels `[out, in, height, width]` here, `[out, height × width × in]` in the pack.
    fn kernels(&mut self, name: &str, param: &mut Param<Tensor<4>>) -> Result<(), WeightsError>;

    /// As [`Transfer::kernels`], of a mobile network ([`PackWriter::mobile_matrix`]).
    fn mobile_kernels(
        &mut self,
        name: &str,
        param: &mut Param<Tensor<4>>,
    ) -> Result<(), WeightsError>;

    /// A convolution and its batch normalisation here; one convolution with a bias in the pack.
    fn convolution(&mut self, name: &str, layer: &mut ConvBatchNorm) -> Result<(), WeightsError>;
}

fn vision_tower(tower: &mut VisionTower, to: &mut impl Transfer) -> Result<(), WeightsError> {
    match tower {
        VisionTower::VisionTransformer(tower) => vision_transformer(tower, to),
        VisionTower::ModifiedResnet(tower) => modified_resnet(tower, to),
        VisionTower::EfficientnetLite(tower) => efficientnet_lite(tower, to),
    }
}

fn vision_transformer(
    tower: &mut VisionTransformer,
    to: &mut impl Transfer,
) -> Result<(), WeightsError> {
    to.kernels("visual.conv1.weight", &mut tower.conv1.weight)?;
    to.vector("visual.class_embedding", &mut tower.class_embedding)?;
    to.vector(
        "visual.positional_embedding",
        &mut tower.positional_embedding,
    )?;
    layer_norm("visual.ln_pre", &mut tower.ln_pre, to)?;
    blocks("visual.transformer", &mut tower.resblocks, to)?;
    layer_norm("visual.ln_post", &mut tower.ln_post, to)?;
    to.projection("visual.proj.weight", &mut tower.proj)
}

fn modified_resnet(tower: &mut ModifiedResnet, to: &mut impl Transfer) -> Result<(), WeightsError> {
    for (index, layer) in (1..).zip(&mut tower.stem) {
        to.convolution(&format!("visual.conv{index}"), layer)?;
    }
    for (stage, blocks) in (1..).zip(&mut tower.stages) {
        for (index, block) in blocks.iter_mut().enumerate() {
            let prefix = format!("visual.layer{stage}.{index}");
            to.convolution(&format!("{prefix}.conv1"), &mut block.conv1)?;
            to.convolution(&format!("{prefix}.conv2"), &mut block.conv2)?;
            to.convolution(&format!("{prefix}.conv3"), &mut block.conv3)?;
            if let Some(downsample) = &mut block.downsample {
                to.convolution(&format!("{prefix}.downsample"), downsample)?;
            }
        }
    }
    let pool = &mut tower.attnpool;
    to.vector(
        "visual.attnpool.positional_embedding",
        &mut pool.positional_embedding,
    )?;
    let MultiHeadAttention {
        in_proj, out_proj, ..
    } = &mut pool.attention;
    linear("visual.attnpool.in_proj", in_proj, to)?;
    linear("visual.attnpool.c_proj", out_proj, to)
}

fn efficientnet_lite(
    tower: &mut EfficientnetLite,
    to: &mut impl Transfer,
) -> Result<(), WeightsError> {
    biased("visual.conv_stem", &mut tower.conv_stem, to)?;
    for (index, block) in tower.blocks.iter_mut().enumerate() {
        let prefix = format!("visual.blocks.{index}");
        if let Some(expand) = &mut block.expand_conv {
            biased(&format!("{prefix}.expand_conv"), expand, to)?;
        }
        let depthwise = &mut block.depthwise_conv;
        biased(&format!("{prefix}.depthwise_conv"), depthwise, to)?;
        biased(
            &format!("{prefix}.project_conv"),
            &mut block.project_conv,
            to,
        )?;
    }
    biased("visual.conv_head", &mut tower.conv_head, to)?;
    linear("visual.proj", &mut tower.proj, to)
}

/// A convolution with a bias.
fn biased(prefix: &str, conv: &mut Conv2d, to: &mut impl Transfer) -> Result<(), WeightsError> {
    to.mobile_kernels(&format!("{prefix}.weight"), &mut conv.weight)?;
    match &mut conv.bias {
        Some(bias) => to.vector(&format!("{prefix}.bias"), bias),
        None => Ok(()),
    }
}

fn text_transformer(
    tower: &mut TextTransformer,
    to: &mut impl Transfer,
) -> Result<(), WeightsError> {
    to.table("token_embedding.weight", &mut tower.token_embedding.weight)?;
    to.vector("positional_embedding", &mut tower.positional_embedding)?;
    blocks("transformer", &mut tower.resblocks, to)?;
    layer_norm("ln_final", &mut tower.ln_final, to)?;
    to.projection("text_projection.weight", &mut tower.text_projection)
}

fn blocks(
    prefix: &str,
    blocks: &mut [ResidualAttentionBlock],
    to: &mut impl Transfer,
) -> Result<(), WeightsError> {
    for (index, block) in blocks.iter_mut().enumerate() {
        let prefix = format!("{prefix}.resblocks.{index}");
        layer_norm(&format!("{prefix}.ln_1"), &mut block.ln_1, to)?;
        linear(
            &format!("{prefix}.attn.in_proj"),
            &mut block.attn.in_proj,
            to,
        )?;
        linear(
            &format!("{prefix}.attn.out_proj"),
            &mut block.attn.out_proj,
            to,
        )?;
        layer_norm(&format!("{prefix}.ln_2"), &mut block.ln_2, to)?;
        linear(&format!("{prefix}.mlp.c_fc"), &mut block.c_fc, to)?;
        linear(&format!("{prefix}.mlp.c_proj"), &mut block.c_proj, to)?;
    }
    Ok(())
}

fn layer_norm(
    prefix: &str,
    norm: &mut LayerNorm,
    to: &mut impl Transfer,
) -> Result<(), WeightsError> {
    to.vector(&format!("{prefix}.weight"), &mut norm.gamma)?;
    match &mut norm.beta {
        Some(bias) => to.vector(&format!("{prefix}.bias"), bias),
        None => Ok(()),
    }
}

fn linear(prefix: &str, linear: &mut Linear, to: &mut impl Transfer) -> Result<(), WeightsError> {
    to.projection(&format!("{prefix}.weight"), &mut linear.weight)?;
    match &mut linear.bias {
        Some(bias) => to.vector(&format!("{prefix}.bias"), bias),
        None => Ok(()),
    }
}

struct Reader<'a> {
    pack: &'a Pack,
    device: &'a Device,
}

impl Reader<'_> {
    fn tensor<const D: usize>(&self, values: Vec<f32>, shape: impl Into<Shape>) -> Tensor<D> {
        Tensor::from_data(TensorData::new(values, shape.into()), self.device)
    }
}

impl Transfer for Reader<'_> {
    fn vector<const D: usize>(
        &mut self,
        name: &str,
        param: &mut Param<Tensor<D>>,
    ) -> Result<(), WeightsError> {
        let shape = param.dims();
        let values = self.pack.vector(name, &shape)?.to_vec();
        *param = Param::from_tensor(self.tensor(values, shape));
        Ok(())
    }

    fn table(&mut self, name: &str, param: &mut Param<Tensor<2>>) -> Result<(), WeightsError> {
        let [rows, columns] = param.dims();
        let values = self.pack.matrix_f32(name, rows, columns)?;
        *param = Param::from_tensor(self.tensor(values, [rows, columns]));
        Ok(())
    }

    fn projection(&mut self, name: &str, param: &mut Param<Tensor<2>>) -> Result<(), WeightsError> {
        let [input, output] = param.dims();
        let values = self.pack.matrix_f32(name, output, input)?;
        let rows: Tensor<2> = self.tensor(values, [output, input]);
        *param = Param::from_tensor(rows.transpose());
        Ok(())
    }

    fn kernels(&mut self, name: &str, param: &mut Param<Tensor<4>>) -> Result<(), WeightsError> {
        let [output, input, height, width] = param.dims();
        let values = self.pack.matrix_f32(name, output, height * width * input)?;
        let kernels: Tensor<4> = self.tensor(values, [output, height, width, input]);
        *param = Param::from_tensor(kernels.permute([0, 3, 1, 2]));
        Ok(())
    }

    fn mobile_kernels(
        &mut self,
        name: &str,
        param: &mut Param<Tensor<4>>,
    ) -> Result<(), WeightsError> {
        self.kernels(name, param)
    }

    fn convolution(&mut self, name: &str, layer: &mut ConvBatchNorm) -> Result<(), WeightsError> {
        self.kernels(&format!("{name}.weight"), &mut layer.conv.weight)?;
        self.vector(&format!("{name}.bias"), &mut layer.norm.beta)?;
        let channels = layer.norm.beta.dims();
        let ones = Tensor::ones(channels, self.device);
        layer.norm.gamma = Param::from_tensor(ones.clone());
        layer.norm.running_mean = RunningState::new(Tensor::zeros(channels, self.device));
        // Epsilon is added to the variance, which gives one.
        layer.norm.running_var = RunningState::new(ones.sub_scalar(layer.norm.epsilon));
        Ok(())
    }
}

struct Writer(PackWriter);

fn values<const D: usize>(name: &str, tensor: Tensor<D>) -> Result<Vec<f32>, WeightsError> {
    let unread = |reason: String| WeightsError::Checkpoint(format!("{name}: {reason}"));
    let data = tensor
        .try_into_data()
        .map_err(|error| unread(format!("{error:?}")))?;
    data.try_to_vec::<f32>()
        .map_err(|error| unread(format!("{error:?}")))
}

impl Transfer for Writer {
    fn vector<const D: usize>(
        &mut self,
        name: &str,
        param: &mut Param<Tensor<D>>,
    ) -> Result<(), WeightsError> {
        self.0
            .vector(name, &param.dims(), &values(name, param.val())?)
    }

    fn table(&mut self, name: &str, param: &mut Param<Tensor<2>>) -> Result<(), WeightsError> {
        let [_, columns] = param.dims();
        self.0.matrix(name, columns, &values(name, param.val())?)
    }

    fn projection(&mut self, name: &str, param: &mut Param<Tensor<2>>) -> Result<(), WeightsError> {
        let [input, _] = param.dims();
        self.0
            .matrix(name, input, &values(name, param.val().transpose())?)
    }

    fn kernels(&mut self, name: &str, param: &mut Param<Tensor<4>>) -> Result<(), WeightsError> {
        let [_, input, height, width] = param.dims();
        let rows = values(name, param.val().permute([0, 2, 3, 1]))?;
        self.0.matrix(name, height * width * input, &rows)
    }

    fn mobile_kernels(
        &mut self,
        name: &str,
        param: &mut Param<Tensor<4>>,
    ) -> Result<(), WeightsError> {
        let [_, input, height, width] = param.dims();
        let rows = values(name, param.val().permute([0, 2, 3, 1]))?;
        self.0.mobile_matrix(name, height * width * input, &rows)
    }

    fn convolution(&mut self, name: &str, layer: &mut ConvBatchNorm) -> Result<(), WeightsError> {
        let [_, input, height, width] = layer.conv.weight.dims();
        let norm = &layer.norm;
        let weight = values(name, layer.conv.weight.val().permute([0, 2, 3, 1]))?;
        let (weight, bias) = fold_batch_norm(
            &weight,
            BatchNorm {
                gain: &values(name, norm.gamma.val())?,
                bias: &values(name, norm.beta.val())?,
                mean: &values(name, norm.running_mean.value())?,
                variance: &values(name, norm.running_var.value())?,
                epsilon: norm.epsilon as f32,
            },
        );
        self.0
            .matrix(&format!("{name}.weight"), height * width * input, &weight)?;
        self.0.vector(&format!("{name}.bias"), &[bias.len()], &bias)
    }
}
