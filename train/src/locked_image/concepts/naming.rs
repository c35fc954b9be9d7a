//! The losses of pictures and their names. Those of a batch are summed.
//!
//! - The symmetric contrastive loss of pictures and their names (Radford et al. 2021, figure 3).
//! - The cross-entropy of a picture's name among all names of its kind.
//! - The divergence from what the tower's own classifier says of a picture (Hinton et al. 2015), over
//!   ImageNet's classes and, of photographs, over random cuts through WordNet's tree, which teach
//!   "dog" and "furniture".
//! - The same for imagined photographs, over the names of photographs as well.
//! - The cross-entropy of aligned drawings, for names that have drawings only.

use std::collections::BTreeMap;

use burn::module::{Module, Param};
use burn::nn::Linear;
use burn::tensor::{Device, Distribution, Int, Tensor, TensorData, activation};
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;

use super::alignment::Alignment;
use super::imagined::Imagined;
use super::lesson::Lesson;
use super::losses::{alike, cross_entropy, cut, divergence, members, unit};
use super::names::{Names, index_tensor, named};
use super::standard::Standardisation;
use crate::contrastive::contrastive_loss;
use crate::words::vocabulary::Anchor;

/// Drawings, photographs and small photographs of a step.
const BATCH: [usize; 3] = [448, 288, 288];
/// Deviation of the noise on standardised features.
const NOISE: f64 = 0.3;
const CONTRASTIVE_WEIGHT: f32 = 0.1;
/// Loss weights of the names of drawings, photographs and small photographs. Photographs have few
/// classes, and other things must not all be drawn to one of them.
const NAME_WEIGHTS: [f32; 3] = [1.0, 0.05, 1.0];
/// Loss weights of the divergence from the classifier, for drawings and for photographs.
const CLASSIFIER_WEIGHTS: [f32; 2] = [0.5, 5.0];
/// Photographs that are averaged; more are sampled evenly.
const ROWS: usize = 20_000;
/// Rows embedded at a time.
const CHUNK: usize = 4096;
const IMAGINED_WEIGHT: f32 = 1.5;
const ALIGNED_WEIGHT: f32 = 0.3;

/// The trained parameters.
#[derive(Module, Debug)]
pub struct TrainedParameters {
    /// From standardised features to the shared space.
    pub projection: Linear,
    /// `[anchors, width]`.
    pub anchors: Param<Tensor<2>>,
    /// `[1]`.
    pub logit_scale: Param<Tensor<1>>,
}

/// Training data on a device.
pub struct NameLosses<'a> {
    lesson: &'a Lesson<'a>,
    device: &'a Device,
    mean: Tensor<1>,
    deviation: Tensor<1>,
    /// `[features, 1]`.
    style: Tensor<2>,
    /// The tower's own classifier, `[features, 1000]`.
    classifier: Tensor<2>,
    classifier_bias: Tensor<1>,
    /// The anchors of its classes.
    classes: Tensor<1, Int>,
    drawings: Names,
    photographs: Names,
    imagined: Option<Imagined>,
    alignment: Option<Alignment>,
}

impl<'a> NameLosses<'a> {
    /// Moves a lesson to a device.
    pub fn new(lesson: &'a Lesson<'a>, standard: &Standardisation, device: &'a Device) -> Self {
        let inputs = lesson.features.width;
        let vector = |values: &[f32]| Tensor::<1>::from_data(values, device);
        let classes = lesson.class_anchors.len();
        let classifier = TensorData::new(lesson.classifier.weight.clone(), [classes, inputs]);
        let style = TensorData::new(standard.style.clone(), [inputs, 1]);
        Self {
            lesson,
            device,
            mean: vector(&standard.mean),
            deviation: vector(&standard.deviation),
            style: Tensor::from_data(style, device),
            classifier: Tensor::<2>::from_data(classifier, device).transpose(),
            classifier_bias: vector(&lesson.classifier.bias),
            classes: index_tensor(lesson.class_anchors.iter().copied(), device),
            drawings: Names::of(named(&lesson.rows.groups[..1]), device),
            photographs: Names::of(named(&lesson.rows.groups[1..]), device),
            imagined: Imagined::new(lesson, device),
            alignment: Alignment::new(lesson, standard, device),
        }
    }

    /// The weighted losses of a random batch.
    pub fn losses(&self, learnt: &TrainedParameters, rng: &mut SmallRng) -> Vec<Tensor<1>> {
        let chosen = self.draw(rng);
        let drawn = chosen[0].len();
        let all: Vec<(usize, Anchor)> = chosen.concat();
        let raw = self.features(&all);
        let embed = |x: Tensor<2>| self.embed(self.noisy(x), &learnt.projection);
        let embeddings = embed(self.standardised(raw.clone()));
        let vectors = unit(learnt.anchors.val());
        let scale = learnt.logit_scale.val().exp().reshape([1, 1]);
        let logits = |rows: Tensor<2>, names: &Tensor<1, Int>| {
            let names = vectors.clone().select(0, names.clone());
            rows.matmul(names.transpose()) * scale.clone()
        };
        let names = index_tensor(all.iter().map(|(_, anchor)| *anchor), self.device);
        let mut losses = vec![
            contrastive_loss(
                embeddings.clone(),
                vectors.clone().select(0, names),
                learnt.logit_scale.val(),
                alike(&all, self.device),
            )
            .mul_scalar(CONTRASTIVE_WEIGHT),
        ];
        let mut first = 0;
        let names = [&self.drawings, &self.photographs, &self.photographs];
        for ((group, names), weight) in chosen.iter().zip(names).zip(NAME_WEIGHTS) {
            if !group.is_empty() {
                let rows = embeddings.clone().narrow(0, first, group.len());
                let right = names.right(group, self.device);
                let loss = cross_entropy(logits(rows, &names.anchors), right);
                losses.push(loss.mul_scalar(weight));
            }
            first += group.len();
        }
        let cut = cut(self.lesson.tree, rng);
        let photographs = all.len() - drawn;
        for (first, count, weight) in [
            (0, drawn, CLASSIFIER_WEIGHTS[0]),
            (drawn, photographs, CLASSIFIER_WEIGHTS[1]),
        ] {
            if count == 0 {
                continue;
            }
            let rows = embeddings.clone().narrow(0, first, count);
            let taught = self.classify(raw.clone().narrow(0, first, count));
            let classes = logits(rows.clone(), &self.classes);
            losses.push(divergence(taught.clone(), classes).mul_scalar(weight));
            if first == drawn {
                let kinds = index_tensor(cut.iter().map(|(anchor, _)| *anchor), self.device);
                let members = members(&cut, self.lesson.class_anchors.len(), self.device);
                losses.push(divergence(taught.matmul(members), logits(rows, &kinds)));
            }
        }
        if let Some(imagined) = &self.imagined {
            let (raw, drawn) = imagined.draw(self.lesson, rng, self.device);
            let embeddings = embed(self.standardised(raw.clone()));
            let logits = logits(embeddings, &imagined.names);
            let taught = self.classify(raw);
            let (taught, logits) = imagined.compared(taught, logits, &drawn, self.device);
            losses.push(divergence(taught, logits).mul_scalar(IMAGINED_WEIGHT));
        }
        if let Some(alignment) = &self.alignment {
            let drawings = alignment.draw(rng);
            let right = alignment.names.right(&drawings, self.device);
            let aligned = alignment.aligned(self.standardised(self.features(&drawings)));
            let logits = logits(embed(aligned), &alignment.names.anchors);
            losses.push(cross_entropy(logits, right).mul_scalar(ALIGNED_WEIGHT));
        }
        losses
    }

    /// The unit vector along the mean embedding of photographs, `[width]`; zero without photographs.
    pub fn mean_photograph(&self, projection: &Linear) -> Vec<f32> {
        let photographs = self.lesson.rows.groups[1..].concat();
        let every = photographs.len().div_ceil(ROWS).max(1);
        let some: Vec<(usize, Anchor)> = photographs.into_iter().step_by(every).collect();
        let sums = some.chunks(CHUNK).map(|rows| {
            let x = self.standardised(self.features(rows));
            self.embed(x, projection).sum_dim(0)
        });
        let sum = sums.reduce(|sum, chunk| sum + chunk).map(unit);
        let [_, width] = projection.weight.dims();
        sum.map_or(vec![0.0; width], |sum| {
            sum.into_data().iter::<f32>().collect()
        })
    }

    /// For each name that has drawings only, the mean embedding `[width]` of its aligned drawings.
    pub fn mean_drawings(&self, projection: &Linear) -> BTreeMap<Anchor, Vec<f32>> {
        let mut means: BTreeMap<Anchor, (usize, Vec<f32>)> = BTreeMap::new();
        let Some(alignment) = &self.alignment else {
            return BTreeMap::new();
        };
        for rows in alignment.rows.chunks(CHUNK) {
            let aligned = alignment.aligned(self.standardised(self.features(rows)));
            let embeddings = self.embed(aligned, projection);
            let [_, width] = embeddings.dims();
            let values: Vec<f32> = embeddings.into_data().iter::<f32>().collect();
            for ((_, name), embedding) in rows.iter().zip(values.chunks_exact(width)) {
                let (count, mean) = means.entry(*name).or_insert((0, vec![0.0; width]));
                *count += 1;
                for (mean, value) in mean.iter_mut().zip(embedding) {
                    *mean += (value - *mean) / *count as f32;
                }
            }
        }
        means
            .into_iter()
            .map(|(name, (_, mean))| (name, mean))
            .collect()
    }

    /// Unit embeddings `[rows, width]` of standardised features, without their style.
    fn embed(&self, x: Tensor<2>, projection: &Linear) -> Tensor<2> {
        let along = x.clone().matmul(self.style.clone());
        unit(projection.forward(x - along.matmul(self.style.clone().transpose())))
    }

    fn noisy(&self, x: Tensor<2>) -> Tensor<2> {
        let noise = Tensor::random(x.dims(), Distribution::Normal(0.0, NOISE), self.device);
        x + noise
    }

    /// Random rows of each group, with repetition.
    fn draw(&self, rng: &mut SmallRng) -> [Vec<(usize, Anchor)>; 3] {
        [0, 1, 2].map(|group| {
            let rows = &self.lesson.rows.groups[group];
            let draws = (0..BATCH[group]).filter_map(|_| rows.choose(rng).copied());
            draws.collect()
        })
    }

    /// `[rows, features]`.
    fn features(&self, rows: &[(usize, Anchor)]) -> Tensor<2> {
        let features = self.lesson.features;
        let values: Vec<f32> = rows
            .iter()
            .flat_map(|(row, _)| features.row(*row))
            .collect();
        Tensor::from_data(
            TensorData::new(values, [rows.len(), features.width]),
            self.device,
        )
    }

    /// Features at mean 0 and deviation 1.
    fn standardised(&self, raw: Tensor<2>) -> Tensor<2> {
        (raw - self.mean.clone().unsqueeze()) / self.deviation.clone().unsqueeze()
    }

    /// The softmax of the tower's own classifier.
    fn classify(&self, raw: Tensor<2>) -> Tensor<2> {
        let logits = raw.matmul(self.classifier.clone());
        activation::softmax(logits + self.classifier_bias.clone().unsqueeze(), 1)
    }
}
