//! A loss on imagined photographs that moves the text tower's names.
//!
//! The text tower cannot put every name exactly where stage 1 wants it. This loss tells which
//! errors matter: among a class and its lookalikes, the names must share a photograph as the image
//! tower's own classifier does.

use burn::module::Module;
use burn::nn::Linear;
use burn::tensor::{Device, Int, Tensor, activation};
use glance_engine::score::{cosine, top_k};
use rand::Rng;
use rand::rngs::SmallRng;

use super::concepts::Concepts;
use super::concepts::imagined::Imagined;
use super::concepts::lesson::Lesson;
use super::concepts::losses::{divergence, unit};
use super::linear::linear;
use crate::words::meanings::Phrase;

/// Classes drawn for a part of a step, and lookalikes drawn for each.
const CLASSES: usize = 16;
const BESIDE: usize = 2;
/// Lookalikes of a class to draw from.
const ALIKE: usize = 12;
/// Imagined photographs of each class.
const PHOTOGRAPHS: usize = 4;

/// Draws imagined photographs and compares names with them.
pub struct PhotographLoss<'a> {
    lesson: &'a Lesson<'a>,
    imagined: Imagined,
    classifier: Linear,
    projection: Linear,
    logit_scale: f32,
    /// The classes' names.
    phrases: Vec<Phrase>,
    /// Lookalikes of each class, nearest first.
    alike: Vec<Vec<usize>>,
    device: Device,
}

/// Names and photographs of a few classes.
pub struct Draw<'a> {
    /// The classes' names.
    pub phrases: Vec<&'a Phrase>,
    /// Unit embeddings `[photographs, width]`.
    embeddings: Tensor<2>,
    /// `[photographs, classes]`: the softmax of the image tower's own classifier.
    shares: Tensor<2>,
    logit_scale: f32,
}

impl<'a> PhotographLoss<'a> {
    /// Prepares the loss for the projection in `concepts`. `None` without real photographs.
    pub fn new(
        lesson: &'a Lesson<'a>,
        names: &[String],
        concepts: &Concepts,
        device: &Device,
    ) -> Option<Self> {
        let width = lesson.features.width;
        let classifier = lesson.classifier;
        let (weight, bias) = concepts.projection_of_features();
        let phrases = lesson.class_anchors.iter().map(|anchor| Phrase {
            text: names[*anchor as usize].clone(),
            meaning: vec![(*anchor, 1.0)],
            kinds: Vec::new(),
            inferred: false,
        });
        Some(Self {
            lesson,
            imagined: Imagined::new(lesson, device)?,
            classifier: linear(width, &classifier.weight, &classifier.bias, device).no_grad(),
            projection: linear(width, &weight, &bias, device).no_grad(),
            logit_scale: concepts.logit_scale.exp(),
            phrases: phrases.collect(),
            alike: alike(&classifier.weight, width),
            device: device.clone(),
        })
    }

    /// Draws classes, lookalikes of each, and photographs of all of them.
    pub fn draw(&self, rng: &mut SmallRng) -> Draw<'_> {
        let mut classes = Vec::new();
        for _ in 0..CLASSES {
            let class = rng.random_range(0..self.phrases.len());
            classes.push(class);
            let alike = &self.alike[class];
            classes.extend((0..BESIDE).filter_map(|_| {
                let place = rng.random_range(0..alike.len().max(1));
                alike.get(place).copied()
            }));
        }
        classes.sort_unstable();
        classes.dedup();
        let shown = classes.repeat(PHOTOGRAPHS);
        let (lesson, device) = (self.lesson, &self.device);
        let features = self.imagined.of_classes(&shown, lesson, rng, device);
        let columns: Vec<i64> = classes.iter().map(|class| *class as i64).collect();
        let columns = Tensor::<1, Int>::from_data(columns.as_slice(), device);
        let logits = self.classifier.forward(features.clone()).select(1, columns);
        Draw {
            phrases: classes.iter().map(|class| &self.phrases[*class]).collect(),
            embeddings: unit(self.projection.forward(features)),
            shares: activation::softmax(logits, 1),
            logit_scale: self.logit_scale,
        }
    }
}

impl Draw<'_> {
    /// Divergence of the names' softmax from the classifier's. `names` are unit vectors
    /// `[classes, width]`.
    pub fn loss(&self, names: Tensor<2>) -> Tensor<1> {
        let logits = self.embeddings.clone().matmul(names.transpose());
        divergence(self.shares.clone(), logits.mul_scalar(self.logit_scale))
    }
}

/// For each class, the others with the most similar weights in the classifier `[classes, width]`.
fn alike(weight: &[f32], width: usize) -> Vec<Vec<usize>> {
    let rows: Vec<Vec<f32>> = weight
        .chunks_exact(width)
        .map(|row| {
            let length = cosine(row, row).sqrt().max(f32::MIN_POSITIVE);
            row.iter().map(|value| value / length).collect()
        })
        .collect();
    let of = |(class, row): (usize, &Vec<f32>)| {
        let likeness: Vec<f32> = rows.iter().map(|other| cosine(row, other)).collect();
        let mut nearest = top_k(&likeness, ALIKE + 1);
        nearest.retain(|other| *other != class);
        nearest
    };
    rows.iter().enumerate().map(of).collect()
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;
    use crate::locked_image::concepts::lesson::{Classifier, Rows};
    use crate::locked_image::concepts::losses::tests::tree;
    use crate::locked_image::concepts::standard::Standardisation;
    use crate::locked_image::features::Features;

    #[test]
    fn classes_are_alike_where_their_weights_point_one_way() {
        let weight = [1.0, 0.0, 0.0, 3.0, 4.0, 0.5];
        assert_eq!(alike(&weight, 2), [[2, 1], [2, 0], [0, 1]]);
    }

    #[test]
    fn names_that_share_as_the_classifier_does_lose_nothing() {
        let device = Device::flex();
        let rows = [
            vec![2.0, 0.1, 0.0],
            vec![0.0, 2.0, 0.2],
            vec![0.3, 0.0, 2.0],
        ];
        let features = Features::of_rows(&rows);
        let mut groups = Rows::default();
        groups.groups[1] = vec![(0, 0), (1, 1), (2, 2)];
        let lesson = Lesson {
            features: &features,
            rows: &groups,
            classifier: &Classifier {
                weight: vec![4.0, 0.0, 0.0, 0.0, 4.0, 0.0, 0.0, 0.0, 4.0],
                bias: vec![0.0; 3],
            },
            class_anchors: &[0, 1, 2],
            tree: &tree(),
            known: &[&[0], &[1], &[2]],
        };
        let concepts = Concepts {
            standard: Standardisation {
                mean: vec![0.0; 3],
                deviation: vec![1.0; 3],
                style: vec![0.0; 3],
            },
            weight: vec![1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0],
            bias: vec![0.0; 3],
            anchors: vec![1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0],
            photograph: vec![0.0; 3],
            logit_scale: 2.0,
        };
        let names = ["cat", "owl", "tree"].map(str::to_owned);
        let photographs =
            PhotographLoss::new(&lesson, &names, &concepts, &device).expect("photographs");
        let draw = photographs.draw(&mut SmallRng::seed_from_u64(3));
        let names: Vec<&str> = draw
            .phrases
            .iter()
            .map(|phrase| phrase.text.as_str())
            .collect();
        assert_eq!(names, ["cat", "owl", "tree"]);
        let [photographs, classes] = draw.shares.dims();
        assert_eq!((photographs, classes), (3 * PHOTOGRAPHS, 3));
        let loss = |draw: &Draw<'_>, names| draw.loss(names).into_scalar::<f32>();
        let right = Tensor::<2>::eye(3, &device);
        let turned = right.clone().flip([0]);
        assert!(loss(&draw, right.clone()) < 0.5 * loss(&draw, turned));
        // The softmax of these logits is the shares.
        let agreeing = Draw {
            embeddings: draw.shares.clone().log(),
            logit_scale: 1.0,
            ..draw
        };
        assert!(loss(&agreeing, right).abs() < 1e-5);
    }
}
