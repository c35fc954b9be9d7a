//! First stage: a projection of the locked features, and a vector for each name that pictures teach.
//!
//! The names' vectors stand in for the text tower, so that this stage needs no text. It minimises
//! - the symmetric contrastive loss of a batch of pictures and their names (Radford et al. 2021,
//!   figure 3),
//! - the cross-entropy of a picture's name among all names of its kind,
//! - the divergence from what the tower's own classifier says of a photograph (Hinton et al. 2015),
//!   over ImageNet's classes and over random cuts through WordNet's tree, which teach "dog" and
//!   "furniture".

use std::collections::HashMap;
use std::path::Path;
use std::time::Instant;

use burn::module::{Module, Param};
use burn::nn::{Linear, LinearConfig};
use burn::optim::{AdamWConfig, GradientsParams};
use burn::tensor::{Device, Distribution, Int, Tensor, TensorData, activation};
use rand::SeedableRng;
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use serde::{Deserialize, Serialize};

use super::features::Features;
use super::losses::{alike, cross_entropy, cut, divergence, members, unit};
use super::standard::Standard;
use crate::contrastive::{LARGEST_LOGIT_SCALE, contrastive_loss};
use crate::data::DataError;
use crate::optimizer::learning_rate;
use crate::words::vocabulary::{Anchor, Tree};

/// How long and with what the stage learns.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Values of an embedding.
    pub width: usize,
    /// Steps of the whole stage.
    pub steps: usize,
    /// Seed of the draws.
    pub seed: u64,
}

/// Drawings, photographs and small photographs of a step.
const BATCH: [usize; 3] = [448, 288, 288];
const LEARNING_RATE: f64 = 3e-3;
const WARM_UP: usize = 50;
/// Deviation of the noise on standardised features.
const NOISE: f64 = 0.1;
/// Weights of the losses beside that of drawings' names, which is one.
const CONTRASTIVE_WEIGHT: f32 = 0.5;
const PHOTO_WEIGHT: f32 = 0.5;
const CLASSIFIER_WEIGHT: f32 = 2.0;

/// The tower's own classifier, `[1000, features]` and `[1000]`.
pub struct Classifier {
    /// Row-major, a row a class.
    pub weight: Vec<f32>,
    /// One a class.
    pub bias: Vec<f32>,
}

/// Rows of the features to learn from, each with the anchor of its name.
#[derive(Default)]
pub struct Rows {
    /// Of drawings, of photographs, of small photographs.
    pub groups: [Vec<(usize, Anchor)>; 3],
}

/// What the stage learns.
#[derive(Module, Debug)]
struct Learnt {
    projection: Linear,
    /// `[anchors, width]`.
    anchors: Param<Tensor<2>>,
    /// `[1]`.
    logit_scale: Param<Tensor<1>>,
}

/// What the stage leaves.
#[derive(Serialize, Deserialize)]
pub struct Concepts {
    /// Mean and inverse deviation of each feature.
    pub standard: Standard,
    /// `[width, features]`, on standardised features.
    pub weight: Vec<f32>,
    /// `[width]`.
    pub bias: Vec<f32>,
    /// Unit vectors `[anchors, width]`.
    pub anchors: Vec<f32>,
    /// Logarithm of the factor from cosine to logit.
    pub logit_scale: f32,
}

impl Concepts {
    /// Reads what [`Concepts::write`] wrote; `None` where there is nothing whole.
    ///
    /// # Errors
    /// Where the file cannot be read.
    pub fn read(path: &Path) -> Result<Option<Self>, DataError> {
        super::read_json(path)
    }

    /// Writes them down, so that a run that is cut short later need not learn them again.
    ///
    /// # Errors
    /// Where the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), DataError> {
        let json = serde_json::to_vec(self).expect("numbers become JSON");
        std::fs::write(path, json).map_err(DataError::file(path))
    }

    /// Whether they are of as many anchors and features.
    pub fn fit(&self, anchors: usize, features: usize) -> bool {
        let width = self.bias.len();
        self.anchors.len() == anchors * width && self.weight.len() == features * width
    }

    /// Weight `[width, features]` and bias `[width]` of the projection of features as they are.
    pub fn projection_of_features(&self) -> (Vec<f32>, Vec<f32>) {
        self.standard.folded(&self.weight, &self.bias)
    }
}

/// What there is to learn from.
pub struct Lesson<'a> {
    /// What the tower sees.
    pub features: &'a Features,
    /// The rows that count.
    pub rows: &'a Rows,
    /// The tower's own classifier.
    pub classifier: &'a Classifier,
    /// The anchors of ImageNet's classes, in the classifier's order.
    pub class_anchors: &'a [Anchor],
    /// The tree over the classes.
    pub tree: &'a Tree,
    /// How many anchors there are.
    pub anchors: usize,
}

/// Learns the projection and the anchors' vectors.
pub fn learn(lesson: &Lesson<'_>, options: &Options, device: &Device) -> Concepts {
    let Lesson {
        features,
        rows,
        classifier,
        class_anchors,
        tree,
        anchors,
    } = *lesson;
    let standard = Standard::of(features, rows);
    let Options { width, steps, seed } = *options;
    let device = device.clone().autodiff();
    device.seed(seed);
    let mut rng = SmallRng::seed_from_u64(seed);
    let inputs = features.width;
    let mut learnt = Learnt {
        projection: LinearConfig::new(inputs, width).init(&device),
        anchors: Param::from_tensor(Tensor::random(
            [anchors, width],
            Distribution::Normal(0.0, 0.1),
            &device,
        )),
        logit_scale: Param::from_data([20_f32.ln()], &device),
    };
    let mut optimizer = AdamWConfig::new()
        .with_beta_2(0.98)
        .with_epsilon(1e-6)
        .with_weight_decay(0.0)
        .init();
    let drawings = Names::of(&rows.groups[..1], &device);
    let photographs = Names::of(&rows.groups[1..], &device);
    let classes = index_tensor(class_anchors.iter().copied(), &device);
    let inner = device.clone();
    let weight = Tensor::<2>::from_data(
        TensorData::new(classifier.weight.clone(), [class_anchors.len(), inputs]),
        &inner,
    )
    .transpose();
    let bias = Tensor::<1>::from_data(
        TensorData::new(classifier.bias.clone(), [class_anchors.len()]),
        &inner,
    );
    let mean = Tensor::<1>::from_data(TensorData::new(standard.mean.clone(), [inputs]), &inner);
    let deviation = Tensor::<1>::from_data(
        TensorData::new(standard.deviation.clone(), [inputs]),
        &inner,
    );
    let style = TensorData::new(standard.style.clone(), [inputs, 1]);
    let style = Tensor::<2>::from_data(style, &inner);
    let begun = Instant::now();
    for step in 0..steps {
        let chosen: Vec<Vec<(usize, Anchor)>> = rows
            .groups
            .iter()
            .zip(BATCH)
            .map(|(group, count)| {
                (0..count)
                    .filter_map(|_| group.choose(&mut rng).copied())
                    .collect()
            })
            .collect();
        let drawn = chosen[0].len();
        let all: Vec<(usize, Anchor)> = chosen.concat();
        let mut values = Vec::with_capacity(all.len() * inputs);
        for (row, _) in &all {
            values.extend(features.row(*row));
        }
        let raw = Tensor::<2>::from_data(TensorData::new(values, [all.len(), inputs]), &device);
        let x = (raw.clone() - mean.clone().unsqueeze()) / deviation.clone().unsqueeze();
        let x = x.clone() - x.matmul(style.clone()).matmul(style.clone().transpose());
        let noise = Tensor::random(x.dims(), Distribution::Normal(0.0, NOISE), &device);
        let embeddings = unit(learnt.projection.forward(x + noise));
        let vectors = unit(learnt.anchors.val());
        let scale = learnt.logit_scale.val().exp().reshape([1, 1]);
        let logits = |rows: Tensor<2>, names: &Tensor<1, Int>| {
            let names = vectors.clone().select(0, names.clone());
            rows.matmul(names.transpose()) * scale.clone()
        };
        let names = index_tensor(all.iter().map(|(_, anchor)| *anchor), &device);
        let mut losses = vec![
            contrastive_loss(
                embeddings.clone(),
                vectors.clone().select(0, names),
                learnt.logit_scale.val(),
                alike(&all, &device),
            )
            .mul_scalar(CONTRASTIVE_WEIGHT),
        ];
        if drawn > 0 {
            let rows = embeddings.clone().narrow(0, 0, drawn);
            let right = drawings.right(&all[..drawn], &device);
            losses.push(cross_entropy(logits(rows, &drawings.anchors), right));
        }
        let photos = all.len() - drawn;
        if photos > 0 {
            let rows = embeddings.narrow(0, drawn, photos);
            let right = photographs.right(&all[drawn..], &device);
            let loss = cross_entropy(logits(rows.clone(), &photographs.anchors), right);
            losses.push(loss.mul_scalar(PHOTO_WEIGHT));
            let taught =
                raw.narrow(0, drawn, photos).matmul(weight.clone()) + bias.clone().unsqueeze();
            let taught = activation::softmax(taught, 1);
            losses.push(
                divergence(taught.clone(), logits(rows.clone(), &classes))
                    .mul_scalar(CLASSIFIER_WEIGHT),
            );
            let cut = cut(tree, &mut rng);
            let kinds = index_tensor(cut.iter().map(|(anchor, _)| *anchor), &device);
            let members = members(&cut, class_anchors.len(), &device);
            losses.push(divergence(taught.matmul(members), logits(rows, &kinds)));
        }
        let loss = losses.iter().cloned().reduce(|sum, loss| sum + loss);
        let loss = loss.expect("there is the contrastive loss");
        let gradients = GradientsParams::from_grads(loss.backward(), &learnt);
        let rate = learning_rate(step, steps, WARM_UP, LEARNING_RATE);
        learnt = optimizer.step(rate, learnt, gradients);
        let limit = LARGEST_LOGIT_SCALE.ln();
        learnt.logit_scale = learnt.logit_scale.map(|scale| {
            let wanted = scale.is_require_grad();
            scale.clamp(0.0, limit).detach().set_require_grad(wanted)
        });
        if (step + 1) % 100 == 0 || step + 1 == steps {
            let losses: Vec<String> = losses
                .into_iter()
                .map(|loss| format!("{:.3}", loss.into_scalar::<f32>()))
                .collect();
            println!(
                "names: step {} of {steps}, losses {}, {:.2} s a step",
                step + 1,
                losses.join(" "),
                begun.elapsed().as_secs_f32() / (step + 1) as f32
            );
        }
    }
    let learnt = learnt.valid();
    let values = |tensor: Tensor<2>| -> Vec<f32> { tensor.into_data().iter::<f32>().collect() };
    let bias = match &learnt.projection.bias {
        Some(bias) => bias.val().into_data().iter::<f32>().collect(),
        None => vec![0.0; width],
    };
    Concepts {
        standard,
        weight: values(learnt.projection.weight.val().transpose()),
        bias,
        anchors: values(unit(learnt.anchors.val())),
        logit_scale: learnt.logit_scale.val().into_scalar::<f32>(),
    }
}

/// The names of one kind of picture.
struct Names {
    anchors: Tensor<1, Int>,
    place: HashMap<Anchor, i64>,
}

impl Names {
    fn of(groups: &[Vec<(usize, Anchor)>], device: &Device) -> Self {
        let mut anchors: Vec<Anchor> = groups.iter().flatten().map(|(_, anchor)| *anchor).collect();
        anchors.sort_unstable();
        anchors.dedup();
        Self {
            place: anchors.iter().copied().zip(0..).collect(),
            anchors: index_tensor(anchors.into_iter(), device),
        }
    }

    /// The place of each row's name among the names, `[rows, 1]`.
    fn right(&self, rows: &[(usize, Anchor)], device: &Device) -> Tensor<2, Int> {
        let places: Vec<i64> = rows.iter().map(|(_, anchor)| self.place[anchor]).collect();
        let count = places.len();
        Tensor::from_data(TensorData::new(places, [count, 1]), device)
    }
}

fn index_tensor(indices: impl Iterator<Item = Anchor>, device: &Device) -> Tensor<1, Int> {
    let indices: Vec<i64> = indices.map(i64::from).collect();
    let count = indices.len();
    Tensor::from_data(TensorData::new(indices, [count]), device)
}

#[cfg(test)]
mod tests {
    use glance_engine::score::cosine;

    use super::*;
    use crate::locked_image::losses::tests::tree;

    /// Three names; of each a drawing and a photograph that differ by the style in the last feature.
    fn lesson() -> (Features, Rows) {
        let mut rows = Rows::default();
        let mut values = Vec::new();
        for copy in 0..8 {
            for name in 0..3_u32 {
                for group in 0..2 {
                    let mut features = vec![0.1 * ((copy * 7 + name) % 5) as f32; 5];
                    features[name as usize] += 2.0;
                    features[4] = group as f32 * 3.0 + features[name as usize] * 0.1;
                    rows.groups[group].push((values.len(), name));
                    values.push(features);
                }
            }
        }
        (Features::of_rows(&values), rows)
    }

    #[test]
    fn names_are_learnt_and_style_is_left_out() {
        let (features, rows) = lesson();
        let mut weight = vec![0.0; 15];
        for class in 0..3 {
            weight[class * 5 + class] = 5.0;
        }
        let lesson = Lesson {
            features: &features,
            rows: &rows,
            classifier: &Classifier {
                weight,
                bias: vec![0.0; 3],
            },
            class_anchors: &[0, 1, 2],
            tree: &tree(),
            anchors: 3,
        };
        let options = Options {
            width: 4,
            steps: 200,
            seed: 1,
        };
        let concepts = learn(&lesson, &options, &Device::flex());
        assert!(concepts.fit(3, 5));
        let (weight, bias) = concepts.projection_of_features();
        let embed = |features: &[f32]| -> Vec<f32> {
            let rows = weight.chunks_exact(5).zip(&bias);
            rows.map(|(row, bias)| cosine(row, features) + bias)
                .collect()
        };
        for (row, name) in rows.groups.iter().flatten() {
            let embedding = embed(&features.row(*row).collect::<Vec<f32>>());
            let likeness: Vec<f32> = concepts
                .anchors
                .chunks_exact(4)
                .map(|anchor| cosine(anchor, &embedding))
                .collect();
            assert_eq!(glance_engine::score::top_k(&likeness, 1), [*name as usize]);
        }
        // The mean drawing and the mean photograph are one point.
        let mean = |group: &[(usize, Anchor)]| -> Vec<f32> {
            let mut mean = vec![0.0; 5];
            for (row, _) in group {
                for (mean, value) in mean.iter_mut().zip(features.row(*row)) {
                    *mean += value / group.len() as f32;
                }
            }
            embed(&mean)
        };
        let [drawing, photograph] = [mean(&rows.groups[0]), mean(&rows.groups[1])];
        for (a, b) in drawing.iter().zip(&photograph) {
            assert!((a - b).abs() < 1e-2, "{drawing:?} {photograph:?}");
        }
    }

    #[test]
    fn what_was_learnt_comes_back_from_disk_or_not_at_all() {
        let path = std::env::temp_dir().join(format!("glance-names-{}.json", std::process::id()));
        assert!(Concepts::read(&path).expect("nothing is there").is_none());
        let concepts = Concepts {
            standard: Standard {
                mean: vec![1.0],
                deviation: vec![2.0],
                style: vec![0.0],
            },
            weight: vec![4.0, 6.0],
            bias: vec![0.5, 0.0],
            anchors: vec![0.6, 0.8],
            logit_scale: 1.5,
        };
        assert_eq!(
            concepts.projection_of_features(),
            (vec![2.0, 3.0], vec![-1.5, -3.0])
        );
        concepts.write(&path).expect("the folder is writable");
        let found = Concepts::read(&path).expect("it was written");
        assert!(found.is_some_and(|found| found.anchors == concepts.anchors));
        std::fs::write(&path, b"{").expect("the folder is writable");
        assert!(Concepts::read(&path).expect("it is a file").is_none());
        std::fs::remove_file(&path).expect("the file is ours");
    }
}
