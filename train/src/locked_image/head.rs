//! Stage 4: tunes the image tower's last convolution, its head, for the trained text tower.
//!
//! No linear map of the features classifies small photographs well: a classifier for CIFAR-10 alone
//! reaches 81 %. The head sees the cells before they are averaged, and a little tuning is enough.
//! Its output on drawings and on larger photographs is held near the original.

use std::time::Instant;

use burn::module::Module;
use burn::nn::Linear;
use burn::optim::{AdamWConfig, GradientsParams};
use burn::tensor::{Device, Int, Tensor, TensorData, activation};
use glance_engine::weights::PackedLayer;
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use super::concepts::Concepts;
use super::concepts::lesson::{Classifier, Rows};
use super::concepts::losses::{cross_entropy, divergence, unit};
use super::concepts::names::{Names, index_tensor};
use super::features::Features;
use super::linear::linear;
use super::pictures::View;
use crate::optimizer::learning_rate;
use crate::progress::print_losses;
use crate::words::vocabulary::Anchor;

/// Drawings, photographs and small photographs of a step.
const BATCH: [usize; 3] = [32, 48, 48];
const LEARNING_RATE: f64 = 1e-3;
const WARM_UP: usize = 50;
/// Loss weights of the names of drawings and of small photographs.
const NAME_WEIGHTS: [f32; 2] = [0.5, 1.0];
/// Loss weight of the divergence from the classifier on photographs.
const CLASSIFIER_WEIGHT: f32 = 1.0;
/// Loss weight of changes to the features of drawings and photographs.
const FEATURES_WEIGHT: f32 = 1.0;

/// The plain view of a training picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Example {
    /// The row of its cells.
    cells: usize,
    /// The row of its features.
    features: usize,
    /// Its name.
    anchor: Anchor,
}

/// Training data of the stage.
pub struct Lesson<'a> {
    /// Input of the head for each example, `[side × side × channels]`.
    pub cells: &'a Features,
    /// Output of the original head for each view.
    pub features: &'a Features,
    /// Drawings, photographs and small photographs.
    pub examples: &'a [Vec<Example>; 3],
    /// The tower's own classifier.
    pub classifier: &'a Classifier,
    /// The anchors of its classes.
    pub class_anchors: &'a [Anchor],
    /// The shared space: the text tower's names, and the projection trained for them.
    pub concepts: &'a Concepts,
}

/// The plain views of the training rows, in the order of their cells on disk, and an example of
/// each.
pub fn examples(features: &Features, rows: &Rows) -> (Vec<View>, [Vec<Example>; 3]) {
    let mut views = Vec::new();
    let examples = [0, 1, 2].map(|group| {
        let plain = rows.groups[group].iter();
        let plain = plain.filter(|(row, _)| features.views[*row].number == 0);
        plain
            .map(|(row, anchor)| {
                views.push(features.views[*row]);
                Example {
                    cells: views.len() - 1,
                    features: *row,
                    anchor: *anchor,
                }
            })
            .collect()
    });
    (views, examples)
}

/// The trained parameters.
#[derive(Module, Debug)]
struct Head {
    /// A convolution of one cell, `[channels]` to `[head]`.
    convolution: Linear,
}

/// Tunes the convolution of `layer` over `steps` steps.
pub fn tune(
    lesson: &Lesson<'_>,
    layer: &PackedLayer,
    steps: usize,
    seed: u64,
    device: &Device,
) -> PackedLayer {
    let device = device.clone().autodiff();
    device.seed(seed);
    let space = Space::new(lesson, &device);
    let mut head = Head {
        convolution: linear(layer.columns, &layer.weight, &layer.bias, &device),
    };
    let mut rng = SmallRng::seed_from_u64(seed);
    let mut optimizer = AdamWConfig::new()
        .with_beta_2(0.98)
        .with_weight_decay(0.0)
        .init();
    let begun = Instant::now();
    for step in 0..steps {
        let losses = space.losses(&head, &mut rng);
        let loss = losses.iter().cloned().reduce(|sum, loss| sum + loss);
        let loss = loss.expect("there are pictures");
        let gradients = GradientsParams::from_grads(loss.backward(), &head);
        let rate = learning_rate(step, steps, WARM_UP, LEARNING_RATE);
        head = optimizer.step(rate, head, gradients);
        print_losses("head", step, steps, losses, begun);
    }
    let Head { convolution } = head.valid();
    let bias = convolution.bias.expect("it was made with one").val();
    let weight = convolution.weight.val().transpose();
    PackedLayer {
        weight: weight.into_data().iter::<f32>().collect(),
        bias: bias.into_data().iter::<f32>().collect(),
        ..layer.clone()
    }
}

/// A lesson on a device.
struct Space<'a> {
    lesson: &'a Lesson<'a>,
    device: &'a Device,
    projection: Linear,
    classifier: Linear,
    /// `[head]`.
    deviation: Tensor<1>,
    /// Unit vectors `[anchors, width]`.
    anchors: Tensor<2>,
    logit_scale: f32,
    drawings: Names,
    small: Names,
    classes: Tensor<1, Int>,
}

impl<'a> Space<'a> {
    fn new(lesson: &'a Lesson<'a>, device: &'a Device) -> Self {
        let Concepts {
            anchors, standard, ..
        } = lesson.concepts;
        let head = lesson.features.width;
        let (weight, bias) = lesson.concepts.projection_of_features();
        let (width, count) = (bias.len(), anchors.len() / bias.len());
        let classifier = lesson.classifier;
        let names = |group: usize| {
            let examples = lesson.examples[group].iter();
            Names::of(examples.map(|example| example.anchor), device)
        };
        Self {
            lesson,
            device,
            projection: linear(head, &weight, &bias, device).no_grad(),
            classifier: linear(head, &classifier.weight, &classifier.bias, device).no_grad(),
            deviation: Tensor::from_data(standard.deviation.as_slice(), device),
            anchors: Tensor::from_data(TensorData::new(anchors.clone(), [count, width]), device),
            logit_scale: lesson.concepts.logit_scale.exp(),
            drawings: names(0),
            small: names(2),
            classes: index_tensor(lesson.class_anchors.iter().copied(), device),
        }
    }

    /// The weighted losses of a random batch.
    fn losses(&self, head: &Head, rng: &mut SmallRng) -> Vec<Tensor<1>> {
        let chosen = [0, 1, 2].map(|group| -> Vec<Example> {
            let examples = &self.lesson.examples[group];
            let draws = (0..BATCH[group]).filter_map(|_| examples.choose(rng).copied());
            draws.collect()
        });
        let [drawings, photographs, small] = &chosen;
        let (drawn, taken) = (drawings.len(), photographs.len());
        let [channels, _] = head.convolution.weight.dims();
        let cells = self.cells(&chosen, channels, rng);
        let features = averaged(head.convolution.forward(cells), chosen.concat().len());
        let embeddings = unit(self.projection.forward(features.clone()));
        let logits = |first: usize, count: usize, names: &Tensor<1, Int>| {
            let names = self.anchors.clone().select(0, names.clone());
            let rows = embeddings.clone().narrow(0, first, count);
            rows.matmul(names.transpose()).mul_scalar(self.logit_scale)
        };
        let mut losses = Vec::new();
        for (group, first, names, weight) in [
            (drawings, 0, &self.drawings, NAME_WEIGHTS[0]),
            (small, drawn + taken, &self.small, NAME_WEIGHTS[1]),
        ] {
            if !group.is_empty() {
                let rows: Vec<(usize, Anchor)> = group.iter().map(|of| (0, of.anchor)).collect();
                let logits = logits(first, group.len(), &names.anchors);
                let loss = cross_entropy(logits, names.right(&rows, self.device));
                losses.push(loss.mul_scalar(weight));
            }
        }
        if drawn + taken > 0 {
            let before = self.features(drawings.iter().chain(photographs));
            let step = features.narrow(0, 0, drawn + taken) - before;
            let step = step / self.deviation.clone().unsqueeze();
            losses.push(step.powi_scalar(2).mean().mul_scalar(FEATURES_WEIGHT));
        }
        if taken > 0 {
            let before = self.classifier.forward(self.features(photographs.iter()));
            let taught = activation::softmax(before, 1);
            let loss = divergence(taught, logits(drawn, taken, &self.classes));
            losses.push(loss.mul_scalar(CLASSIFIER_WEIGHT));
        }
        losses
    }

    /// Input of the head, `[examples × cells, channels]`. Photographs are mirrored half of the
    /// time.
    fn cells(&self, chosen: &[Vec<Example>; 3], channels: usize, rng: &mut SmallRng) -> Tensor<2> {
        let of_one = self.lesson.cells.width / channels;
        let side = of_one.isqrt();
        let mut values = Vec::new();
        for (group, examples) in chosen.iter().enumerate() {
            for example in examples {
                let cells: Vec<f32> = self.lesson.cells.row(example.cells).collect();
                match group > 0 && rng.random_bool(0.5) {
                    true => cells.chunks_exact(side * channels).for_each(|row| {
                        row.chunks_exact(channels)
                            .rev()
                            .for_each(|cell| values.extend_from_slice(cell));
                    }),
                    false => values.extend(cells),
                }
            }
        }
        let rows = values.len() / channels;
        Tensor::from_data(TensorData::new(values, [rows, channels]), self.device)
    }

    /// Output of the original head, `[examples, head]`.
    fn features<'e>(&self, examples: impl Iterator<Item = &'e Example>) -> Tensor<2> {
        let features = self.lesson.features;
        let values = examples.flat_map(|example| features.row(example.features));
        let values: Vec<f32> = values.collect();
        let rows = values.len() / features.width;
        Tensor::from_data(TensorData::new(values, [rows, features.width]), self.device)
    }
}

/// Applies ReLU6 to cells `[examples × cells, head]` and averages them to `[examples, head]`.
fn averaged(cells: Tensor<2>, examples: usize) -> Tensor<2> {
    let [rows, head] = cells.dims();
    let cells = cells.clamp(0.0, 6.0);
    let cells = cells.reshape([examples, rows / examples, head]);
    cells.mean_dim(1).reshape([examples, head])
}

#[cfg(test)]
mod tests {
    use glance_engine::score::{cosine, top_k};

    use super::*;
    use crate::locked_image::concepts::standard::Standardisation;

    const CHANNELS: usize = 3;
    const HEAD: usize = 4;

    /// Four cells each of two small photographs and a drawing.
    fn cells() -> [Vec<f32>; 3] {
        let [left, right, both] = [[2.0, 0.0, 0.0], [0.0, 2.0, 0.0], [1.0, 1.0, 0.0]];
        [
            [left, right, left, right].concat(),
            [both; 4].concat(),
            [[0.0, 0.0, 1.0]; 4].concat(),
        ]
    }

    fn layer() -> PackedLayer {
        let weight = vec![0.6, -0.5, 0.1, -0.5, 0.6, 0.1, 0.4, 0.4, 0.8, 0.1, 0.1, 0.3];
        PackedLayer {
            name: "visual.conv_head".to_owned(),
            columns: CHANNELS,
            weight,
            bias: vec![0.1; HEAD],
        }
    }

    fn features(layer: &PackedLayer, cells: &[f32]) -> Vec<f32> {
        let rows = layer.weight.chunks_exact(CHANNELS).zip(&layer.bias);
        let mean = rows.map(|(row, bias)| {
            let cells = cells.chunks_exact(CHANNELS);
            let values = cells.map(|cell| (cosine(row, cell) + bias).clamp(0.0, 6.0));
            values.sum::<f32>() / 4.0
        });
        mean.collect()
    }

    #[test]
    fn small_photographs_are_told_apart_and_the_rest_stays() {
        let cells = cells();
        let before: Vec<Vec<f32>> = cells.iter().map(|of| features(&layer(), of)).collect();
        let concepts = Concepts {
            standard: Standardisation {
                mean: vec![0.0; HEAD],
                deviation: vec![1.0; HEAD],
                style: vec![0.0; HEAD],
            },
            weight: vec![1.0, -1.0, 0.0, 0.0, -1.0, 1.0, 0.0, 0.0],
            bias: vec![0.01, 0.01],
            anchors: vec![1.0, 0.0, 0.0, 1.0],
            photograph: vec![0.0; 2],
            logit_scale: 3.0,
        };
        let example = |row: usize, anchor| Example {
            cells: row,
            features: row,
            anchor,
        };
        let lesson = Lesson {
            cells: &Features::of_rows(&cells),
            features: &Features::of_rows(&before),
            examples: &[
                vec![example(2, 0)],
                Vec::new(),
                vec![example(0, 0), example(1, 1)],
            ],
            classifier: &Classifier {
                weight: vec![0.0; HEAD],
                bias: vec![0.0],
            },
            class_anchors: &[0],
            concepts: &concepts,
        };
        let embedding = |features: &[f32]| -> Vec<f32> {
            let rows = concepts.weight.chunks_exact(HEAD);
            rows.map(|row| cosine(row, features)).collect()
        };
        for features in &before {
            let [a, b] = embedding(features)[..] else {
                panic!("an embedding has two values")
            };
            assert!((a - b).abs() < 1e-5, "both names fit as well before");
        }
        let tuned = tune(&lesson, &layer(), 500, 1, &Device::flex());
        let after: Vec<Vec<f32>> = cells.iter().map(|of| features(&tuned, of)).collect();
        for (name, features) in after[..2].iter().enumerate() {
            let embedding = embedding(features);
            assert_eq!(top_k(&embedding, 1), [name], "{embedding:?}");
        }
        for (a, b) in before[2].iter().zip(&after[2]) {
            assert!((a - b).abs() < 0.1, "{:?} {:?}", before[2], after[2]);
        }
    }

    #[test]
    fn only_plain_views_are_examples() {
        let mut features = Features::of_rows(&[vec![1.0], vec![2.0], vec![3.0], vec![4.0]]);
        features.views[1].number = 1;
        let mut rows = Rows::default();
        rows.groups[0] = vec![(0, 7), (1, 7)];
        rows.groups[2] = vec![(3, 9)];
        let (views, examples) = examples(&features, &rows);
        assert_eq!(views, [features.views[0], features.views[3]]);
        let example = |cells, features, anchor| Example {
            cells,
            features,
            anchor,
        };
        assert_eq!(examples[0], [example(0, 0, 7)]);
        assert!(examples[1].is_empty());
        assert_eq!(examples[2], [example(1, 3, 9)]);
    }
}
