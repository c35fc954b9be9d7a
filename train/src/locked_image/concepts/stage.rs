//! Stage 1 learns the projection and the names' vectors, stage 3 the projection alone.
//!
//! In stage 1 each name has a vector of its own instead of the text tower's output, so no text is
//! needed. The text tower then learns these vectors as well as it can (stage 2), and stage 3 fits
//! the projection to its real output.

use std::path::Path;
use std::time::Instant;

use burn::module::{Module, Param};
use burn::nn::LinearConfig;
use burn::optim::{AdamWConfig, GradientsParams};
use burn::tensor::{Device, Distribution, Tensor, TensorData};
use rand::SeedableRng;
use rand::rngs::SmallRng;
use serde::{Deserialize, Serialize};

use super::lesson::Lesson;
use super::losses::unit;
use super::naming::{NameLosses, TrainedParameters};
use super::standard::Standardisation;
use super::unseen;
use crate::error::DataError;
use crate::locked_image::linear::linear;
use crate::optimizer::learning_rate;
use crate::progress::print_losses;

/// Training options of the stage.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Width of an embedding.
    pub width: usize,
    /// Steps of the whole stage.
    pub steps: usize,
    /// Seed of the random draws.
    pub seed: u64,
}

const LEARNING_RATE: f64 = 2e-2;
/// Deviation of the values of a name's initial vector, before normalisation to unit length.
const DEVIATION: f64 = 0.1;
const WARM_UP: usize = 50;
/// Largest factor from cosine to logit. With a larger one, near names come to share almost one
/// vector, which then fits the pictures of all of them: the text tower cannot tell them apart.
const LARGEST_LOGIT_SCALE: f32 = 30.0;

/// The result of the stage.
#[derive(Serialize, Deserialize)]
pub struct Concepts {
    /// Mean, deviation and style of the features.
    pub standard: Standardisation,
    /// `[width, features]`, on standardised features.
    pub weight: Vec<f32>,
    /// `[width]`.
    pub bias: Vec<f32>,
    /// Unit vectors `[anchors, width]`.
    pub anchors: Vec<f32>,
    /// Unit vector `[width]` along the mean photograph; zero without photographs.
    pub photograph: Vec<f32>,
    /// Logarithm of the factor from cosine to logit.
    pub logit_scale: f32,
}

impl Concepts {
    /// Reads a file of [`Concepts::write`]; `None` if it is missing or incomplete.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn read(path: &Path) -> Result<Option<Self>, DataError> {
        if !path.exists() {
            return Ok(None);
        }
        let bytes = std::fs::read(path).map_err(DataError::file(path))?;
        // An incomplete file is written again.
        Ok(serde_json::from_slice(&bytes).ok())
    }

    /// Saves the result, so that an interrupted run need not learn it again.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), DataError> {
        let json = serde_json::to_vec(self).expect("numbers become JSON");
        std::fs::write(path, json).map_err(DataError::file(path))
    }

    /// Whether the sizes match these numbers of anchors and features.
    pub fn fit(&self, anchors: usize, features: usize) -> bool {
        let width = self.bias.len();
        self.anchors.len() == anchors * width && self.weight.len() == features * width
    }

    fn of(learnt: TrainedParameters, photograph: Vec<f32>, standard: Standardisation) -> Self {
        let values = |tensor: Tensor<2>| -> Vec<f32> { tensor.into_data().iter::<f32>().collect() };
        let bias = learnt
            .projection
            .bias
            .as_ref()
            .expect("it was made with one");
        Self {
            standard,
            weight: values(learnt.projection.weight.val().transpose()),
            bias: bias.val().into_data().iter::<f32>().collect(),
            anchors: values(unit(learnt.anchors.val())),
            photograph,
            logit_scale: learnt.logit_scale.val().into_scalar::<f32>(),
        }
    }

    /// Weight `[width, features]` and bias `[width]` of the projection, for raw features.
    pub fn projection_of_features(&self) -> (Vec<f32>, Vec<f32>) {
        self.standard.folded(&self.weight, &self.bias)
    }
}

/// Learns the projection and the anchors' vectors.
pub fn learn(lesson: &Lesson<'_>, options: &Options, device: &Device) -> Concepts {
    let device = device.clone().autodiff();
    device.seed(options.seed);
    let shape = [lesson.anchors(), options.width];
    let anchors = Tensor::random(shape, Distribution::Normal(0.0, DEVIATION), &device);
    let standard = Standardisation::of(lesson.features, lesson.rows);
    let naming = NameLosses::new(lesson, &standard, &device);
    let untaught = TrainedParameters {
        projection: LinearConfig::new(lesson.features.width, options.width).init(&device),
        anchors: Param::from_tensor(anchors),
        logit_scale: Param::from_data([20_f32.ln()], &device),
    };
    let learnt = descend(&naming, options, untaught);
    let drawings = naming.mean_drawings(&learnt.projection);
    let photograph = naming.mean_photograph(&learnt.projection);
    let mut concepts = Concepts::of(learnt, photograph, standard.clone());
    unseen::move_to_drawings(&mut concepts.anchors, &drawings);
    concepts
}

/// Trains the projection of `concepts` further, for fixed unit vectors `[anchors, width]`: the text
/// tower's vectors of the names.
pub fn refit_projection(
    lesson: &Lesson<'_>,
    concepts: &Concepts,
    vectors: Vec<f32>,
    options: &Options,
    device: &Device,
) -> Concepts {
    let device = device.clone().autodiff();
    device.seed(options.seed);
    let vectors = TensorData::new(vectors, [lesson.anchors(), options.width]);
    let anchors = Param::from_tensor(Tensor::from_data(vectors, &device));
    let learnt = TrainedParameters {
        projection: linear(
            concepts.standard.mean.len(),
            &concepts.weight,
            &concepts.bias,
            &device,
        ),
        anchors: anchors.set_require_grad(false),
        logit_scale: Param::from_data([concepts.logit_scale], &device),
    };
    let standard = &concepts.standard;
    let naming = NameLosses::new(lesson, standard, &device);
    let learnt = descend(&naming, options, learnt);
    Concepts::of(learnt, concepts.photograph.clone(), standard.clone())
}

fn descend(
    naming: &NameLosses<'_>,
    options: &Options,
    mut learnt: TrainedParameters,
) -> TrainedParameters {
    let Options { steps, seed, .. } = *options;
    let mut rng = SmallRng::seed_from_u64(seed);
    let mut optimizer = AdamWConfig::new()
        .with_beta_2(0.98)
        .with_epsilon(1e-6)
        .with_weight_decay(0.0)
        .init();
    let begun = Instant::now();
    for step in 0..steps {
        let losses = naming.losses(&learnt, &mut rng);
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
        print_losses("names", step, steps, losses, begun);
    }
    learnt.valid()
}

#[cfg(test)]
mod tests {
    use glance_engine::score::cosine;

    use super::*;
    use crate::locked_image::concepts::lesson::{Classifier, Rows};
    use crate::locked_image::concepts::losses::tests::tree;
    use crate::locked_image::features::Features;
    use crate::words::vocabulary::Anchor;

    /// Three names, each with drawings and photographs that differ by the style in the last
    /// feature.
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

    const OPTIONS: Options = Options {
        width: 4,
        steps: 200,
        seed: 1,
    };

    fn with_lesson(check: impl FnOnce(&Lesson<'_>)) {
        let (features, rows) = lesson();
        let mut weight = vec![0.0; 15];
        for class in 0..3 {
            weight[class * 5 + class] = 5.0;
        }
        check(&Lesson {
            features: &features,
            rows: &rows,
            classifier: &Classifier {
                weight,
                bias: vec![0.0; 3],
            },
            class_anchors: &[0, 1, 2],
            tree: &tree(),
            known: &[&[0], &[1], &[2]],
        });
    }

    fn embed(concepts: &Concepts, features: &[f32]) -> Vec<f32> {
        let (weight, bias) = concepts.projection_of_features();
        let rows = weight.chunks_exact(5).zip(&bias);
        rows.map(|(row, bias)| cosine(row, features) + bias)
            .collect()
    }

    /// Every picture is nearest to its own name.
    fn assert_names_fit(concepts: &Concepts, lesson: &Lesson<'_>) {
        for (row, name) in lesson.rows.groups.iter().flatten() {
            let features: Vec<f32> = lesson.features.row(*row).collect();
            let embedding = embed(concepts, &features);
            let anchors = concepts.anchors.chunks_exact(4);
            let likeness: Vec<f32> = anchors.map(|anchor| cosine(anchor, &embedding)).collect();
            assert_eq!(glance_engine::score::top_k(&likeness, 1), [*name as usize]);
        }
    }

    #[test]
    fn names_are_learnt_and_style_is_left_out() {
        with_lesson(|lesson| {
            let concepts = learn(lesson, &OPTIONS, &Device::flex());
            assert!(concepts.fit(3, 5));
            assert_names_fit(&concepts, lesson);
            // The mean drawing and the mean photograph coincide.
            let mean = |group: &[(usize, Anchor)]| -> Vec<f32> {
                let mut mean = vec![0.0; 5];
                for (row, _) in group {
                    for (mean, value) in mean.iter_mut().zip(lesson.features.row(*row)) {
                        *mean += value / group.len() as f32;
                    }
                }
                embed(&concepts, &mean)
            };
            let groups = &lesson.rows.groups;
            let [drawing, photograph] = [mean(&groups[0]), mean(&groups[1])];
            for (a, b) in drawing.iter().zip(&photograph) {
                assert!((a - b).abs() < 1e-2, "{drawing:?} {photograph:?}");
            }
        });
    }

    #[test]
    fn a_projection_meets_vectors_that_stay() {
        with_lesson(|lesson| {
            let device = Device::flex();
            let concepts = learn(lesson, &OPTIONS, &device);
            // The learnt vectors, moved on by one name and bent.
            let mut vectors = [&concepts.anchors[4..], &concepts.anchors[..4]].concat();
            for vector in vectors.chunks_exact_mut(4) {
                vector[3] += 0.4;
                let length = cosine(vector, vector).sqrt();
                vector.iter_mut().for_each(|value| *value /= length);
            }
            let met = refit_projection(lesson, &concepts, vectors.clone(), &OPTIONS, &device);
            for (before, after) in vectors.iter().zip(&met.anchors) {
                assert!((before - after).abs() < 1e-6);
            }
            assert_names_fit(&met, lesson);
        });
    }

    #[test]
    fn what_was_learnt_comes_back_from_disk_or_not_at_all() {
        let path = std::env::temp_dir().join(format!("glance-names-{}.json", std::process::id()));
        assert!(Concepts::read(&path).expect("nothing is there").is_none());
        let concepts = Concepts {
            standard: Standardisation {
                mean: vec![1.0],
                deviation: vec![2.0],
                style: vec![0.0],
            },
            weight: vec![4.0, 6.0],
            bias: vec![0.5, 0.0],
            anchors: vec![0.6, 0.8],
            photograph: vec![1.0],
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
