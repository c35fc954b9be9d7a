//! A classifier that knows labels by their texts and by a few examples.

use super::blend::learn;
use super::error::FewShotError;
use super::lesson::{Example, Lesson};
use super::rows::{Rows, add, check, dot};
use crate::embedding::Embedding;

/// A linear classifier of embeddings: a row of weights and an offset for each label. Its logits are on CLIP's
/// scale, so that their softmax means what it means without examples.
#[derive(Clone, Debug, PartialEq)]
pub struct Classifier {
    /// `[labels, width]`.
    pub(super) weights: Vec<f32>,
    /// One a label.
    pub(super) offsets: Vec<f32>,
    pub(super) width: usize,
}

impl Classifier {
    /// Learns labels from their texts `[labels, width]` and from examples. Without examples, the logits are
    /// `logit_scale × cosine`.
    ///
    /// A label's logit is `logit_scale × sharpness × (cosine with its text + weight × ridge regression on the
    /// examples)`: Tip-Adapter's sum (Zhang et al. 2022, arXiv 2111.03930), with a fitted regression in place
    /// of its cache. Texts count as examples too. Penalty, weight and sharpness are those with
    /// the best cross-entropy if each example in turn is left out, so that examples that do not help have
    /// no weight. Nothing is added to a label without examples.
    ///
    /// # Errors
    /// [`FewShotError::NoLabels`], [`FewShotError::UnknownLabel`], [`FewShotError::Widths`],
    /// [`FewShotError::NotFinite`].
    pub fn teach(
        texts: &[Embedding],
        examples: &[Example],
        logit_scale: f32,
    ) -> Result<Self, FewShotError> {
        let lesson = match Lesson::new(texts, examples) {
            Ok(lesson) => Some(lesson),
            Err(FewShotError::NoExamples) => None,
            Err(error) => return Err(error),
        };
        let rows = match &lesson {
            Some(lesson) => lesson.texts.clone(),
            None => Rows::new(texts)?,
        };
        let width = rows.width();
        let mut offsets = vec![0.0; texts.len()];
        let mut weights: Vec<f64> = rows.iter().flatten().copied().collect();
        let mut factor = f64::from(logit_scale);
        if let Some(lesson) = &lesson {
            let learnt = learn(lesson, factor);
            for (label, direction) in lesson.taught.iter().zip(learnt.directions.iter()) {
                add(&mut weights[label * width..][..width], 1.0, direction);
                offsets[*label] = -dot(direction, &lesson.centre);
            }
            factor *= learnt.sharpness;
        }
        let scaled =
            |values: Vec<f64>| values.iter().map(|value| (factor * value) as f32).collect();
        Ok(Self {
            weights: scaled(weights),
            offsets: scaled(offsets),
            width,
        })
    }

    /// The logit of each label for a picture.
    ///
    /// # Errors
    /// [`FewShotError::Widths`], [`FewShotError::NotFinite`].
    pub fn logits(&self, picture: &Embedding) -> Result<Vec<f32>, FewShotError> {
        check(&picture.0, self.width)?;
        let rows = self.weights.chunks_exact(self.width.max(1));
        let logit = |(row, offset): (&[f32], &f32)| crate::score::cosine(row, &picture.0) + offset;
        Ok(rows.zip(&self.offsets).map(logit).collect())
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    use super::*;
    use crate::score::{cosine, probabilities, softmax, top_k};

    const WIDTH: usize = 64;
    const LOGIT_SCALE: f32 = 30.0;

    /// A space in which pictures and texts of a label point the same way, and lie apart.
    struct Space {
        random: StdRng,
        directions: Vec<Vec<f32>>,
        gap: Vec<f32>,
    }

    impl Space {
        fn new(labels: usize) -> Self {
            let mut random = StdRng::seed_from_u64(5);
            let directions = (0..labels).map(|_| vector(&mut random)).collect();
            let gap = vector(&mut random);
            Self {
                random,
                directions,
                gap,
            }
        }

        fn at(&mut self, label: usize, side: f32, noise: f32) -> Embedding {
            let values = vector(&mut self.random).into_iter();
            let pairs = self.directions[label].iter().zip(&self.gap);
            let values = values
                .zip(pairs)
                .map(|(value, (own, gap))| noise * value + own + side * gap);
            unit(values.collect())
        }

        fn texts(&mut self, noise: f32) -> Vec<Embedding> {
            (0..self.directions.len())
                .map(|label| self.at(label, -1.0, noise))
                .collect()
        }

        fn picture(&mut self, label: usize) -> Embedding {
            self.at(label, 1.0, 1.0)
        }

        fn examples(&mut self, labels: &[usize], each: usize) -> Vec<Example> {
            let all = labels.iter().flat_map(|label| vec![*label; each]);
            let example = |label| Example {
                embedding: self.picture(label),
                label,
            };
            all.map(example).collect()
        }

        /// The share of new pictures of a label that get it.
        fn accuracy(&mut self, classifier: &Classifier, label: usize) -> f32 {
            let right = (0..200).filter(|_| {
                let logits = classifier
                    .logits(&self.picture(label))
                    .expect("it is a picture");
                top_k(&logits, 1) == [label]
            });
            right.count() as f32 / 200.0
        }
    }

    fn vector(random: &mut StdRng) -> Vec<f32> {
        (0..WIDTH).map(|_| random.random_range(-1.0..1.0)).collect()
    }

    fn unit(values: Vec<f32>) -> Embedding {
        let length = cosine(&values, &values).sqrt();
        Embedding(values.into_iter().map(|value| value / length).collect())
    }

    fn teach(texts: &[Embedding], examples: &[Example]) -> Classifier {
        Classifier::teach(texts, examples, LOGIT_SCALE).expect("it can be learnt")
    }

    #[test]
    fn without_examples_it_is_zero_shot() {
        let mut space = Space::new(5);
        let (texts, picture) = (space.texts(1.0), space.picture(2));
        let found = teach(&texts, &[])
            .logits(&picture)
            .expect("it is a picture");
        let expected = crate::score::cosines(&picture, &texts);
        let expected = probabilities(&expected, LOGIT_SCALE);
        for (found, expected) in softmax(&found).iter().zip(expected) {
            assert!((found - expected).abs() < 1e-5, "{found} for {expected}");
        }
    }

    #[test]
    fn examples_mend_texts_that_mislead() {
        let mut space = Space::new(8);
        let texts = space.texts(4.0);
        let labels: Vec<usize> = (0..8).collect();
        let mut before = 0.0;
        let zero_shot = teach(&texts, &[]);
        for label in 0..8 {
            before += space.accuracy(&zero_shot, label) / 8.0;
        }
        for each in [1, 4, 16] {
            let taught = teach(&texts, &space.examples(&labels, each));
            let mut after = 0.0;
            for label in 0..8 {
                after += space.accuracy(&taught, label) / 8.0;
            }
            assert!(after > before + 0.05, "{each} each: {before} to {after}");
        }
    }

    #[test]
    fn labels_without_examples_are_not_forgotten() {
        let mut space = Space::new(6);
        let texts = space.texts(0.3);
        let zero_shot = teach(&texts, &[]);
        for taught_labels in [&[0][..], &[0, 1]] {
            for each in [1, 5, 30] {
                let taught = teach(&texts, &space.examples(taught_labels, each));
                for label in 0..6 {
                    let [before, after] =
                        [&zero_shot, &taught].map(|classifier| space.accuracy(classifier, label));
                    assert!(
                        after > before - 0.06,
                        "{taught_labels:?}, {each} each, label {label}: {before} to {after}"
                    );
                }
            }
        }
    }

    #[test]
    fn the_same_examples_give_the_same_classifier_and_copies_count_once() {
        let mut space = Space::new(4);
        let texts = space.texts(1.0);
        let examples = space.examples(&[0, 1, 3], 3);
        let taught = teach(&texts, &examples);
        assert_eq!(taught, teach(&texts, &examples));
        let twice: Vec<Example> = examples.iter().chain(&examples).cloned().collect();
        assert_eq!(taught, teach(&texts, &twice));
    }

    #[test]
    fn contradictory_examples_do_no_harm() {
        let mut space = Space::new(3);
        let texts = space.texts(0.3);
        let embedding = space.picture(0);
        let both = [0, 1].map(|label| Example {
            embedding: embedding.clone(),
            label,
        });
        let logits = teach(&texts, &both)
            .logits(&embedding)
            .expect("it is a picture");
        assert!(
            logits.iter().all(|logit| logit.abs() < 3.0 * LOGIT_SCALE),
            "{logits:?}"
        );
        let of_text = |label: usize| Example {
            embedding: texts[label].clone(),
            label,
        };
        let logits = teach(&texts, &[of_text(0), of_text(1)]).logits(&texts[2]);
        assert!(
            logits
                .expect("it is an embedding")
                .iter()
                .all(|logit| logit.is_finite())
        );
        let one = &texts[..1];
        let logits = teach(one, &[of_text(0)])
            .logits(&texts[0])
            .expect("it is an embedding");
        assert!(logits.iter().all(|logit| logit.is_finite()));
    }

    #[test]
    fn what_cannot_be_learnt_is_refused() {
        let mut space = Space::new(2);
        let texts = space.texts(1.0);
        let example = |values: Vec<f32>, label| Example {
            embedding: Embedding(values),
            label,
        };
        let refused = |texts: &[Embedding], example: Example| {
            Classifier::teach(texts, &[example], LOGIT_SCALE).expect_err("it is refused")
        };
        assert_eq!(
            Classifier::teach(&[], &[], LOGIT_SCALE),
            Err(FewShotError::NoLabels)
        );
        let whole = space.picture(0).0;
        assert_eq!(
            refused(&texts, example(whole.clone(), 2)),
            FewShotError::UnknownLabel
        );
        let short = example(whole[1..].to_vec(), 0);
        assert_eq!(
            refused(&texts, short),
            FewShotError::Widths(WIDTH, WIDTH - 1)
        );
        let mut bad = whole.clone();
        bad[3] = f32::NAN;
        assert_eq!(
            refused(&texts, example(bad.clone(), 0)),
            FewShotError::NotFinite
        );
        let taught = teach(&texts, &[example(whole, 0)]);
        assert_eq!(taught.logits(&Embedding(bad)), Err(FewShotError::NotFinite));
        let other = Embedding(vec![1.0]);
        assert_eq!(taught.logits(&other), Err(FewShotError::Widths(WIDTH, 1)));
    }
}
