//! The mean of several trained networks' weights (Wortsman et al. 2022, "Model soups",
//! <https://arxiv.org/abs/2203.05482>). Networks that were trained on from one pack lie close enough
//! together for their mean to be better than each.

use std::fs;
use std::path::PathBuf;

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::{Device, Tensor, TensorData};
use clap::Args;
use glance_engine::burn_model::BurnModel;
use glance_engine::text::openai_merges;
use glance_engine::weights::{TokenizerData, WeightType};

use super::network::{LICENSE, MERGES, NAME, config, earlier, preprocessing};
use crate::error::DataError;
use crate::recipe::export;

/// What is averaged.
#[derive(Args)]
pub struct Options {
    /// Packs of the demo model's network, trained on from one pack.
    #[arg(required = true)]
    packs: Vec<PathBuf>,
    /// Keep the mean's weights in f32, to see what int8 loses.
    #[arg(long)]
    f32: bool,
    /// Folder for the mean's pack and manifest.
    #[arg(long, default_value = "target/train")]
    run: PathBuf,
}

/// Writes the mean of several packs. A pack that is named several times counts as often.
///
/// # Errors
/// Those of the disk and of the packs; [`DataError::OtherNetwork`] if one holds another network.
pub fn average(options: &Options) -> Result<(), Box<dyn std::error::Error>> {
    fs::create_dir_all(&options.run).map_err(DataError::file(&options.run))?;
    let (config, device) = (config(), Device::flex());
    let mut models = Vec::new();
    for path in &options.packs {
        models.push(BurnModel::from_pack(&earlier(path, &config)?, &device)?);
    }
    let tokenizer = TokenizerData::ClipBpe {
        merges: openai_merges(MERGES),
    };
    let pack = mean(models, &device).to_pack(
        NAME,
        Some(LICENSE),
        &config,
        preprocessing(),
        tokenizer,
        match options.f32 {
            true => WeightType::F32,
            false => WeightType::Int8,
        },
    )?;
    export(&options.run, &pack)
}

/// The mean of networks of one shape.
fn mean(models: Vec<BurnModel>, device: &Device) -> BurnModel {
    let count = models.len();
    let mut models = models.into_iter();
    let first = models.next().expect("there is at least one network");
    let sum = models.fold(first, |sum, model| {
        let mut values = Values(Vec::new());
        model.visit(&mut values);
        sum.map(&mut Add {
            values: values.0.into_iter(),
            device,
        })
    });
    sum.map(&mut Divide(count as f32))
}

/// Every weight of a network, in the order in which it is visited.
struct Values(Vec<TensorData>);

impl ModuleVisitor for Values {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.0.push(param.val().into_data());
    }
}

/// Adds the weights of another network.
struct Add<'a> {
    values: std::vec::IntoIter<TensorData>,
    device: &'a Device,
}

impl ModuleMapper for Add<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let other = self.values.next().expect("networks of one shape");
        let other = Tensor::<D>::from_data(other, self.device);
        param.map(|own| own + other)
    }
}

struct Divide(f32);

impl ModuleMapper for Divide {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        param.map(|sum| sum.div_scalar(self.0))
    }
}

#[cfg(test)]
mod tests {
    use glance_engine::{Activation, ClipConfig, EfficientnetLiteConfig, TextConfig, VisionConfig};

    use super::*;

    #[test]
    fn every_weight_is_the_mean() {
        let device = Device::flex();
        let config = ClipConfig {
            vision: VisionConfig::EfficientnetLite(EfficientnetLiteConfig::lite0(32)),
            text: TextConfig {
                context_length: 8,
                vocabulary_size: 520,
                width: 8,
                layers: 1,
                heads: 1,
                mlp_width: 16,
            },
            projection: 4,
            activation: Activation::QuickGelu,
        };
        let models: Vec<BurnModel> = [1, 2, 3]
            .map(|seed| {
                device.seed(seed);
                BurnModel::init(&config, &device)
            })
            .into();
        let values = |model: &BurnModel| {
            let mut values = Values(Vec::new());
            model.visit(&mut values);
            let tensors = values.0.iter();
            tensors
                .flat_map(|values| values.iter::<f32>().collect::<Vec<_>>())
                .collect::<Vec<f32>>()
        };
        let each: Vec<Vec<f32>> = models.iter().map(values).collect();
        let mean = values(&mean(models, &device));
        assert_eq!(mean.len(), each[0].len());
        assert_ne!(each[0], each[1]);
        for (index, mean) in mean.iter().enumerate() {
            let expected = each.iter().map(|values| values[index]).sum::<f32>() / 3.0;
            assert!((mean - expected).abs() <= 1e-6 * (1.0 + expected.abs()));
        }
    }
}
