//! How much examples count beside texts.

use super::lesson::Lesson;
use super::ridge::{Ridge, Solution};
use super::rows::{Rows, add, dot, softmax};

/// Penalties to choose from, relative to the mean square length of a row.
const PENALTIES: [f64; 2] = [3.0, 1.0];
/// Weights of the examples to choose from, relative to the texts'.
const WEIGHTS: [f64; 8] = [0.0, 0.1, 0.2, 0.4, 0.7, 1.0, 1.5, 2.5];
/// Factors of all logits to choose from.
const SHARPNESSES: [f64; 6] = [0.25, 0.4, 0.6, 0.8, 1.0, 1.3];
/// What is used if no label has two examples, so that none can be left out. On photographs that texts
/// tell badly, this gains; where texts are enough, it costs next to nothing
/// (`tests/fixtures/check_few_shot.py`).
const UNCHOSEN: Choice = Choice {
    penalty: 1.0,
    weight: 0.2,
    sharpness: 1.0,
};
/// A weight whose mean cross-entropy is larger than the least by no more than this is as good.
const TOLERANCE: f64 = 0.02;

/// How examples and texts are put together.
#[derive(Clone, Copy)]
struct Choice {
    penalty: f64,
    weight: f64,
    sharpness: f64,
}

/// What was learnt.
pub struct Blend {
    /// What is added to the text of each taught label, `[taught, width]`, in units of cosines.
    pub directions: Rows,
    /// The factor of all logits.
    pub sharpness: f64,
}

/// Learns from examples. The penalty, the weight and the sharpness have the least cross-entropy: of the
/// examples, each left out of the fit, and of the moved texts of labels without examples. Of weights that are
/// as good, it is the smallest, so that examples change little where texts are enough.
pub fn learn(lesson: &Lesson, scale: f64) -> Blend {
    let (ridge, targets) = (Ridge::new(&lesson.rows), lesson.targets());
    let columns = lesson.taught.len();
    let choice = match lesson.left_out.is_empty() {
        true => UNCHOSEN,
        false => choose(lesson, &ridge, &targets, scale),
    };
    let solution = ridge.solve(choice.penalty, &targets, columns);
    let values = match &solution {
        Some(solution) => {
            let directions = directions(lesson, solution);
            let values = directions.iter().flatten();
            values.map(|value| choice.weight * value).collect()
        }
        // The examples are where the texts are.
        None => vec![0.0; columns * lesson.texts.width()],
    };
    Blend {
        directions: Rows::of(values, lesson.texts.width()),
        sharpness: choice.sharpness,
    }
}

fn choose(lesson: &Lesson, ridge: &Ridge, targets: &[f64], scale: f64) -> Choice {
    let columns = lesson.taught.len();
    let known = zero_shot(lesson, &lesson.rows, scale);
    let others = zero_shot(lesson, &lesson.others, scale);
    let all: Vec<usize> = (0..lesson.others.count()).collect();
    let mut trials: Vec<(Choice, f64)> = Vec::new();
    for penalty in PENALTIES {
        let Some(solution) = ridge.solve(penalty, targets, columns) else {
            continue;
        };
        let predicted = products(&lesson.others, &directions(lesson, &solution));
        let left_out = Scored {
            rows: &lesson.left_out,
            label_of: &lesson.label_of,
            logits: &known,
            added: &solution.left_out,
        };
        let others = Scored {
            rows: &all,
            label_of: &lesson.other_labels,
            logits: &others,
            added: &predicted,
        };
        for weight in WEIGHTS {
            for sharpness in SHARPNESSES {
                let loss =
                    |scored: &Scored<'_>| scored.cross_entropy(lesson, scale * weight, sharpness);
                let (sums, labels) = [loss(&left_out), loss(&others)]
                    .into_iter()
                    .fold((0.0, 0.0), |sum, (loss, labels)| {
                        (sum.0 + loss, sum.1 + labels)
                    });
                let choice = Choice {
                    penalty,
                    weight,
                    sharpness,
                };
                trials.push((choice, sums / labels));
            }
        }
    }
    let least = trials.iter().map(|(_, loss)| *loss);
    let enough = least.fold(f64::INFINITY, f64::min) + TOLERANCE;
    let good = trials.iter().filter(|(_, loss)| *loss <= enough);
    let best = good.min_by(|(one, loss), (other, other_loss)| {
        let by_weight = one.weight.total_cmp(&other.weight);
        by_weight.then(loss.total_cmp(other_loss))
    });
    best.map_or(UNCHOSEN, |(choice, _)| *choice)
}

/// The logits of centred rows without examples, `[rows, labels]`.
fn zero_shot(lesson: &Lesson, rows: &Rows, scale: f64) -> Vec<f64> {
    let texts = lesson.texts.iter();
    let offsets: Vec<f64> = texts.map(|text| dot(text, &lesson.centre)).collect();
    let mut logits = products(rows, &lesson.texts);
    for logits in logits.chunks_exact_mut(offsets.len()) {
        for (logit, offset) in logits.iter_mut().zip(&offsets) {
            *logit = scale * (*logit + offset);
        }
    }
    logits
}

/// The sum of rows that predicts each taught label, `[taught, width]`.
fn directions(lesson: &Lesson, solution: &Solution) -> Rows {
    let (columns, width) = (lesson.taught.len(), lesson.rows.width());
    let mut directions = vec![0.0; columns * width];
    for (row, shares) in lesson
        .rows
        .iter()
        .zip(solution.shares.chunks_exact(columns))
    {
        for (direction, share) in directions.chunks_exact_mut(width).zip(shares) {
            add(direction, *share, row);
        }
    }
    Rows::of(directions, width)
}

/// The products of each row of one with each of the other, `[rows of one, rows of the other]`.
fn products(one: &Rows, other: &Rows) -> Vec<f64> {
    let row = |row| other.iter().map(move |other| dot(row, other));
    one.iter().flat_map(row).collect()
}

/// Rows with their logits.
struct Scored<'a> {
    /// The rows that count.
    rows: &'a [usize],
    /// The label of each row.
    label_of: &'a [usize],
    /// Without examples, `[rows, labels]`.
    logits: &'a [f64],
    /// What examples add, `[rows, taught]`, in units of cosines.
    added: &'a [f64],
}

impl Scored<'_> {
    /// The mean cross-entropy of each label's rows, summed, and the number of labels. So a label with many
    /// examples counts no more than others.
    fn cross_entropy(&self, lesson: &Lesson, weight: f64, sharpness: f64) -> (f64, f64) {
        let (labels, columns) = (lesson.texts.count(), lesson.taught.len());
        let mut counts = vec![0.0_f64; labels];
        for row in self.rows {
            counts[self.label_of[*row]] += 1.0;
        }
        let mut logits = Vec::with_capacity(labels);
        let mut sum = 0.0;
        for row in self.rows {
            logits.clear();
            logits.extend_from_slice(&self.logits[row * labels..][..labels]);
            let added = &self.added[row * columns..][..columns];
            for (taught, added) in lesson.taught.iter().zip(added) {
                logits[*taught] += weight * added;
            }
            logits.iter_mut().for_each(|logit| *logit *= sharpness);
            let label = self.label_of[*row];
            let own = logits[label];
            sum += (softmax(&mut logits) - own) / counts[label];
        }
        let labels = counts.iter().filter(|count| **count > 0.0).count();
        (sum, labels as f64)
    }
}
