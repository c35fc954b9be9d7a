//! Synthetic features of photographs of all ImageNet classes, because we have no such photographs.
//!
//! Without them a name that photographs teach, "dandelion", also takes lookalikes that have none,
//! such as daisies. The tower's own classifier tells where daisies lie. Linear discriminant
//! analysis says how: if the features of all classes had one covariance Σ, the weights of a class
//! would be w = Σ⁻¹ (μ_class − μ). So the class lies at μ + Σ w (Hastie, Tibshirani and Friedman
//! 2009, section 4.3). An imagined photograph differs from that mean as a random real one differs
//! from the mean of its name.
//!
//! Features for classes without pictures are an idea of Xian et al. 2018, "Feature generating
//! networks for zero-shot learning", <https://arxiv.org/abs/1712.00981>.

use std::collections::HashMap;

use burn::tensor::{Bool, Device, Int, Tensor, TensorData, activation};
use rand::Rng;
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;

use super::lesson::Lesson;
use crate::words::vocabulary::Anchor;

/// Imagined photographs per step.
const BATCH: usize = 256;
/// Factor on Σ w. Weight decay made the classifier's w small. With this factor the classifier is as
/// confident of an imagined photograph as of a real one of the class.
const SCALE: f32 = 12.0;
/// Rows whose covariance is summed at a time.
const CHUNK: usize = 4096;
/// Photographs of a name that the classifier's answer is averaged over.
const SAMPLES: usize = 256;
/// A name fits a class too if the classifier gives the class at least this mean share on the name's
/// photographs.
const SAME: f32 = 0.3;
/// Below any logit; the logit scale keeps those within ±100.
const NEVER: f32 = -1e4;

/// The source of imagined photographs.
pub struct Imagined {
    /// `[classes, features]`: the mean of each class.
    means: Vec<f32>,
    /// `[names, features]`: the mean of each name that photographs teach.
    name_means: Vec<f32>,
    /// Real photographs: the row, and the index of the name in `name_means`.
    rows: Vec<(usize, usize)>,
    /// The names to choose from: the classes', then those of photographs that are no class.
    pub names: Tensor<1, Int>,
    /// `[classes, names]`: whether a name fits a class without being the class's own name.
    fits: Tensor<2, Bool>,
    classes: usize,
}

impl Imagined {
    /// Computes the classes' means. `None` without photographs.
    pub fn new(lesson: &Lesson<'_>, device: &Device) -> Option<Self> {
        let photographs = &lesson.rows.groups[1];
        let width = lesson.features.width;
        let classes = lesson.class_anchors.len();
        let mut places: HashMap<Anchor, usize> = HashMap::new();
        let rows: Vec<(usize, usize)> = photographs
            .iter()
            .map(|(row, anchor)| {
                let next = places.len();
                (*row, *places.entry(*anchor).or_insert(next))
            })
            .collect();
        if rows.is_empty() {
            return None;
        }
        let name_means = means(lesson, &rows, places.len());
        let mut covariance = Tensor::<2>::zeros([width, width], device);
        for chunk in rows.chunks(CHUNK) {
            let spread = chunk
                .iter()
                .flat_map(|(row, name)| {
                    let mean = &name_means[name * width..][..width];
                    let row = lesson.features.row(*row);
                    row.zip(mean).map(|(value, mean)| value - mean)
                })
                .collect();
            let spread = matrix(spread, [chunk.len(), width], device);
            covariance = covariance + spread.clone().transpose().matmul(spread);
        }
        let weight = matrix(lesson.classifier.weight.clone(), [classes, width], device);
        let weight = weight.clone() - weight.mean_dim(0);
        let centre = matrix(name_means.clone(), [places.len(), width], device).mean_dim(0);
        let offsets = weight
            .matmul(covariance)
            .mul_scalar(SCALE / rows.len() as f32);
        let means = (offsets + centre).into_data().iter::<f32>().collect();

        let taught = lesson.rows.groups[1..].iter().flatten();
        let mut others: Vec<Anchor> = taught.map(|(_, anchor)| *anchor).collect();
        others.sort_unstable();
        others.dedup();
        others.retain(|anchor| !lesson.class_anchors.contains(anchor));
        let fits = fits(lesson, &others, device);
        let names = lesson.class_anchors.iter().chain(&others);
        let names: Vec<i64> = names.map(|anchor| i64::from(*anchor)).collect();
        Some(Self {
            means,
            name_means,
            rows,
            names: Tensor::from_data(names.as_slice(), device),
            fits,
            classes,
        })
    }

    /// Features `[BATCH, features]` of photographs of random classes, and those classes.
    pub fn draw(
        &self,
        lesson: &Lesson<'_>,
        rng: &mut SmallRng,
        device: &Device,
    ) -> (Tensor<2>, Vec<usize>) {
        let drawn: Vec<usize> = (0..BATCH)
            .map(|_| rng.random_range(0..self.classes))
            .collect();
        (self.of_classes(&drawn, lesson, rng, device), drawn)
    }

    /// Features `[classes.len(), features]` of one photograph for each of `classes`.
    pub fn of_classes(
        &self,
        classes: &[usize],
        lesson: &Lesson<'_>,
        rng: &mut SmallRng,
        device: &Device,
    ) -> Tensor<2> {
        let width = lesson.features.width;
        let mut values = Vec::with_capacity(classes.len() * width);
        for class in classes {
            let (row, name) = self.rows.choose(rng).expect("there are photographs");
            let mean = &self.means[class * width..][..width];
            let name_mean = &self.name_means[name * width..][..width];
            let real = lesson.features.row(*row);
            let spread = real.zip(name_mean).map(|(value, mean)| value - mean);
            // The tower's features are means of ReLU6 outputs, so they are never negative.
            values.extend(
                mean.iter()
                    .zip(spread)
                    .map(|(mean, by)| (mean + by).max(0.0)),
            );
        }
        matrix(values, [classes.len(), width], device)
    }

    /// Pads `taught` `[rows, classes]` with zeros to all of [`Self::names`]. Masks in `logits`
    /// `[rows, names]` the names that fit a row's class as well as its own.
    pub fn compared(
        &self,
        taught: Tensor<2>,
        logits: Tensor<2>,
        drawn: &[usize],
        device: &Device,
    ) -> (Tensor<2>, Tensor<2>) {
        let [rows, names] = logits.dims();
        let others = Tensor::zeros([rows, names - self.classes], device);
        let drawn: Vec<i64> = drawn.iter().map(|class| *class as i64).collect();
        let drawn = Tensor::<1, Int>::from_data(drawn.as_slice(), device);
        let fits = self.fits.clone().select(0, drawn);
        (
            Tensor::cat(vec![taught, others], 1),
            logits.mask_fill(fits, NEVER),
        )
    }
}

fn matrix(values: Vec<f32>, shape: [usize; 2], device: &Device) -> Tensor<2> {
    Tensor::from_data(TensorData::new(values, shape), device)
}

/// `[names, features]`: the mean of the rows of each name.
fn means(lesson: &Lesson<'_>, rows: &[(usize, usize)], names: usize) -> Vec<f32> {
    let width = lesson.features.width;
    let mut means = vec![0.0_f32; names * width];
    let mut counts = vec![0.0_f32; names];
    for (row, name) in rows {
        counts[*name] += 1.0;
        let mean = &mut means[name * width..][..width];
        for (mean, value) in mean.iter_mut().zip(lesson.features.row(*row)) {
            *mean += value;
        }
    }
    for (mean, count) in means.chunks_exact_mut(width).zip(counts) {
        mean.iter_mut().for_each(|value| *value /= count);
    }
    means
}

/// `[classes, classes + others]`: which of the other names fit which class, by WordNet or by what the
/// classifier says of the name's photographs.
fn fits(lesson: &Lesson<'_>, others: &[Anchor], device: &Device) -> Tensor<2, Bool> {
    let classes = lesson.class_anchors.len();
    let width = lesson.features.width;
    let mut rows: HashMap<Anchor, Vec<usize>> = HashMap::new();
    for (row, anchor) in lesson.rows.groups[1..].iter().flatten() {
        rows.entry(*anchor).or_default().push(*row);
    }
    let weight = matrix(lesson.classifier.weight.clone(), [classes, width], device).transpose();
    let bias = matrix(lesson.classifier.bias.clone(), [1, classes], device);
    let names = classes + others.len();
    let mut fits = vec![false; classes * names];
    for (place, other) in others.iter().enumerate() {
        let rows = &rows[other];
        let some = &rows[..rows.len().min(SAMPLES)];
        let values = some.iter().flat_map(|row| lesson.features.row(*row));
        let values = matrix(values.collect(), [some.len(), width], device);
        let logits = values.matmul(weight.clone()) + bias.clone();
        let shares = activation::softmax(logits, 1).mean_dim(0).into_data();
        let seen = shares.iter::<f32>().enumerate();
        let seen = seen
            .filter(|(_, share)| *share >= SAME)
            .map(|(class, _)| class);
        let known = lesson.known[*other as usize]
            .iter()
            .map(|class| *class as usize);
        for class in known.chain(seen) {
            fits[class * names + classes + place] = true;
        }
    }
    Tensor::from_data(TensorData::new(fits, [classes, names]), device)
}

#[cfg(test)]
mod tests {
    use glance_engine::score::cosine;
    use rand::SeedableRng;

    use super::*;
    use crate::locked_image::concepts::lesson::{Classifier, Rows};
    use crate::locked_image::concepts::losses::tests::tree;
    use crate::locked_image::features::Features;

    const FEATURES: usize = 4;

    /// Four names of photographs, of which two are the classes. The other two look like class 0, and
    /// WordNet says that the first of them is right for class 1 as well.
    fn with_imagined(check: impl FnOnce(&Imagined, &Lesson<'_>, &Device)) {
        let mut rows = Rows::default();
        let mut values = Vec::new();
        for copy in 0..16_u32 {
            for (name, feature) in (0..).zip([0, 1, 0, 0]) {
                let mut features = vec![1.0; FEATURES];
                features[feature] += 1.0;
                features[copy as usize % FEATURES] += 0.5;
                rows.groups[1].push((values.len(), name));
                values.push(features);
            }
        }
        let mut weight = vec![0.0; 2 * FEATURES];
        (weight[0], weight[FEATURES + 1]) = (3.0, 3.0);
        let device = Device::flex();
        let lesson = Lesson {
            features: &Features::of_rows(&values),
            rows: &rows,
            classifier: &Classifier {
                weight,
                bias: vec![0.0; 2],
            },
            class_anchors: &[0, 1],
            tree: &tree(),
            known: &[&[0], &[1], &[1], &[]],
        };
        let imagined = Imagined::new(&lesson, &device).expect("there are photographs");
        check(&imagined, &lesson, &device);
    }

    #[test]
    fn the_classifier_knows_what_was_imagined() {
        with_imagined(|imagined, lesson, device| {
            let mut rng = SmallRng::seed_from_u64(1);
            let (features, drawn) = imagined.draw(lesson, &mut rng, device);
            let features: Vec<f32> = features.into_data().iter::<f32>().collect();
            assert!(features.iter().all(|value| *value >= 0.0));
            assert!(drawn.contains(&0) && drawn.contains(&1));
            for (row, class) in features.chunks_exact(FEATURES).zip(drawn) {
                let classes = lesson.classifier.weight.chunks_exact(FEATURES);
                let logits: Vec<f32> = classes.map(|weight| cosine(weight, row)).collect();
                assert_eq!(glance_engine::score::top_k(&logits, 1), [class]);
            }
        });
    }

    #[test]
    fn names_that_fit_a_class_are_no_rivals_of_it() {
        with_imagined(|imagined, _, device| {
            let names: Vec<i64> = imagined.names.clone().into_data().iter::<i64>().collect();
            assert_eq!(names, [0, 1, 2, 3]);
            let taught = Tensor::<2>::from_data([[0.75, 0.25], [0.25, 0.75]], device);
            let logits = Tensor::<2>::zeros([2, 4], device);
            let (taught, logits) = imagined.compared(taught, logits, &[0, 1], device);
            let values = |tensor: Tensor<2>| tensor.into_data().iter::<f32>().collect::<Vec<_>>();
            assert_eq!(values(taught), [0.75, 0.25, 0.0, 0.0, 0.25, 0.75, 0.0, 0.0]);
            assert_eq!(
                values(logits),
                [0.0, 0.0, NEVER, NEVER, 0.0, 0.0, NEVER, 0.0]
            );
        });
    }

    #[test]
    fn nothing_is_imagined_without_photographs() {
        with_imagined(|_, lesson, device| {
            let lesson = Lesson {
                rows: &Rows::default(),
                ..*lesson
            };
            assert!(Imagined::new(&lesson, device).is_none());
        });
    }
}
