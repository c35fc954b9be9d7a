//! Gives drawings the statistics of photographs, for names that have drawings only.
//!
//! The features of drawings spread in other directions than those of photographs. Correlation
//! alignment (Sun, Feng and Saenko 2016, "Return of frustratingly easy domain adaptation",
//! <https://arxiv.org/abs/1511.05547>) gives them the mean and the covariance of photographs: with
//! covariances Σd and Σp, a drawing x becomes μp + (x − μd) Σd^(−1/2) Σp^(1/2). So "tulip", which only
//! emoji teach, finds photographs of tulips.

use std::collections::HashSet;

use burn::tensor::{Device, Tensor, TensorData};
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;

use super::lesson::Lesson;
use super::names::{Names, named};
use super::standard::Standardisation;
use crate::words::vocabulary::Anchor;

/// Drawings aligned in a step.
const BATCH: usize = 192;
/// Added to the variance of each standardised feature, to limit its amplification.
const RIDGE: f32 = 0.05;
/// Rows that a covariance is computed from; more rows are sampled evenly.
const ROWS: usize = 20_000;
/// Rows whose covariance is summed at a time.
const CHUNK: usize = 4096;
/// Maximum steps of the Newton–Schulz iteration.
const ITERATIONS: usize = 60;
/// A smaller change ends the iteration.
const CONVERGED: f32 = 1e-4;

/// The alignment of drawings with photographs.
pub struct Alignment {
    /// `[1, features]`: the mean of standardised drawings.
    drawn: Tensor<2>,
    /// `[1, features]`: the mean of standardised photographs.
    taken: Tensor<2>,
    /// `[features, features]`.
    map: Tensor<2>,
    /// Drawings whose names neither photographs nor the classifier teach.
    pub rows: Vec<(usize, Anchor)>,
    /// The names to choose from: those of all pictures, and the classes'.
    pub names: Names,
}

impl Alignment {
    /// Computes the map. `None` without such drawings or without photographs.
    pub fn new(lesson: &Lesson<'_>, standard: &Standardisation, device: &Device) -> Option<Self> {
        let [drawings, photographs, _] = &lesson.rows.groups;
        let elsewhere: HashSet<Anchor> = named(&lesson.rows.groups[1..])
            .chain(lesson.class_anchors.iter().copied())
            .chain(lesson.tree.nodes.iter().filter_map(|node| node.anchor))
            .collect();
        let alone = |(_, anchor): &&(usize, Anchor)| !elsewhere.contains(anchor);
        let rows: Vec<(usize, Anchor)> = drawings.iter().filter(alone).copied().collect();
        if rows.is_empty() || photographs.is_empty() {
            return None;
        }
        let (drawn, spread) = moments(drawings, lesson, standard, device);
        let (taken, wanted) = moments(photographs, lesson, standard, device);
        let (_, whitened) = roots(spread);
        let (coloured, _) = roots(wanted);

        let pictures = named(&lesson.rows.groups);
        let names = pictures.chain(lesson.class_anchors.iter().copied());
        Some(Self {
            drawn,
            taken,
            map: whitened.matmul(coloured),
            rows,
            names: Names::of(names, device),
        })
    }

    /// A random batch of drawings.
    pub fn draw(&self, rng: &mut SmallRng) -> Vec<(usize, Anchor)> {
        let draws = (0..BATCH).filter_map(|_| self.rows.choose(rng).copied());
        draws.collect()
    }

    /// Aligns standardised features of drawings `[rows, features]`.
    pub fn aligned(&self, drawings: Tensor<2>) -> Tensor<2> {
        (drawings - self.drawn.clone()).matmul(self.map.clone()) + self.taken.clone()
    }
}

/// The mean `[1, features]` and the covariance `[features, features]` of standardised rows.
fn moments(
    rows: &[(usize, Anchor)],
    lesson: &Lesson<'_>,
    standard: &Standardisation,
    device: &Device,
) -> (Tensor<2>, Tensor<2>) {
    let width = lesson.features.width;
    let every = rows.len().div_ceil(ROWS);
    let rows: Vec<usize> = rows.iter().step_by(every).map(|(row, _)| *row).collect();
    let mut sum = Tensor::<2>::zeros([1, width], device);
    let mut products = Tensor::<2>::zeros([width, width], device);
    for chunk in rows.chunks(CHUNK) {
        let values: Vec<f32> = chunk
            .iter()
            .flat_map(|row| standard.standardised(lesson.features.row(*row)))
            .collect();
        let x = Tensor::<2>::from_data(TensorData::new(values, [chunk.len(), width]), device);
        sum = sum + x.clone().sum_dim(0);
        products = products + x.clone().transpose().matmul(x);
    }
    let count = rows.len() as f32;
    let mean = sum.div_scalar(count);
    let square = mean.clone().transpose().matmul(mean.clone());
    let ridge = Tensor::<2>::eye(width, device).mul_scalar(RIDGE);
    (mean, products.div_scalar(count) - square + ridge)
}

/// The square root of a symmetric positive matrix, and the root's inverse, by the coupled
/// Newton–Schulz iteration (Higham 2008, "Functions of Matrices", equation 6.35).
fn roots(matrix: Tensor<2>) -> (Tensor<2>, Tensor<2>) {
    let [width, _] = matrix.dims();
    let device = matrix.device();
    // The largest absolute row sum bounds the eigenvalues; the iteration needs them below one.
    let largest = matrix.clone().abs().sum_dim(1).max().into_scalar::<f32>();
    let three = Tensor::<2>::eye(width, &device).mul_scalar(3.0);
    let mut root = matrix.div_scalar(largest);
    let mut inverse = Tensor::<2>::eye(width, &device);
    for _ in 0..ITERATIONS {
        let step = (three.clone() - inverse.clone().matmul(root.clone())).mul_scalar(0.5);
        let next = root.clone().matmul(step.clone());
        inverse = step.matmul(inverse);
        let change = (next.clone() - root).abs().max().into_scalar::<f32>();
        root = next;
        if change < CONVERGED {
            break;
        }
    }
    let scale = largest.sqrt();
    (root.mul_scalar(scale), inverse.div_scalar(scale))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use rand::SeedableRng;

    use super::*;
    use crate::locked_image::concepts::lesson::{Classifier, Rows};
    use crate::locked_image::features::Features;
    use crate::words::vocabulary::{Node, Tree};

    fn values(tensor: Tensor<2>) -> Vec<f32> {
        tensor.into_data().iter::<f32>().collect()
    }

    fn assert_near(found: &[f32], expected: &[f32], by: f32) {
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < by, "{found} for {expected}");
        }
    }

    #[test]
    fn roots_are_roots() {
        let device = Device::flex();
        let x = Tensor::<2>::from_data(
            [[3.0, 1.0, 0.0], [1.0, 40.0, -2.0], [0.0, -2.0, 0.5]],
            &device,
        );
        let (root, inverse) = roots(x.clone());
        assert_near(&values(root.clone().matmul(root.clone())), &values(x), 1e-3);
        assert_near(
            &values(root.matmul(inverse)),
            &values(Tensor::<2>::eye(3, &device)),
            1e-3,
        );
    }

    /// Drawings spread along the first feature, photographs along the second. Name 0 has both, and
    /// names 1 and 2 only drawings; name 3 is the classifier's.
    fn with_lesson(check: impl FnOnce(&Lesson<'_>, &Device)) {
        let mut rows = Rows::default();
        let mut features = Vec::new();
        for step in 0..60 {
            let wide = (step % 10) as f32 - 4.5;
            let narrow = 0.1 * ((step * 7 % 12) as f32 - 5.5);
            rows.groups[0].push((features.len(), step % 3));
            features.push(vec![wide, narrow, 0.0]);
            rows.groups[1].push((features.len(), 0));
            features.push(vec![1.0 + narrow, 2.0 + wide, 0.0]);
        }
        let leaf = Node {
            anchor: Some(3),
            children: Vec::new(),
            classes: vec![0],
        };
        let lesson = Lesson {
            features: &Features::of_rows(&features),
            rows: &rows,
            classifier: &Classifier {
                weight: vec![0.0; 3],
                bias: vec![0.0],
            },
            class_anchors: &[3],
            tree: &Tree {
                nodes: vec![leaf],
                of_synset: HashMap::new(),
            },
            known: &[&[], &[], &[], &[0]],
        };
        check(&lesson, &Device::flex());
    }

    #[test]
    fn aligned_drawings_spread_as_photographs_do() {
        with_lesson(|lesson, device| {
            let standard = Standardisation::of(lesson.features, lesson.rows);
            let alignment = Alignment::new(lesson, &standard, device).expect("there are both");
            let [drawings, photographs, _] = &lesson.rows.groups;
            let of = |rows: &[(usize, Anchor)]| moments(rows, lesson, &standard, device);
            let (mean, spread) = of(photographs);
            let (drawn, apart) = of(drawings);
            let found = alignment.aligned(drawn);
            assert_near(&values(found), &values(mean), 1e-4);
            let map = alignment.map.clone();
            let found = map.clone().transpose().matmul(apart).matmul(map);
            assert_near(&values(found), &values(spread), 1e-2);
        });
    }

    #[test]
    fn only_drawings_that_nothing_else_teaches_are_drawn() {
        with_lesson(|lesson, device| {
            let standard = Standardisation::of(lesson.features, lesson.rows);
            let alignment = Alignment::new(lesson, &standard, device).expect("there are both");
            let mut rng = SmallRng::seed_from_u64(1);
            let drawn = alignment.draw(&mut rng);
            let names = alignment.names.anchors.clone().into_data();
            assert_eq!(names.iter::<i64>().collect::<Vec<_>>(), [0, 1, 2, 3]);
            let found: Vec<i64> = drawn.iter().map(|(_, name)| i64::from(*name)).collect();
            let places = alignment.names.right(&drawn, device).into_data();
            assert_eq!(found, places.iter::<i64>().collect::<Vec<_>>());
            assert!(found.contains(&1) && found.contains(&2) && !found.contains(&0));
        });
    }

    #[test]
    fn nothing_is_aligned_without_photographs() {
        with_lesson(|lesson, device| {
            let standard = Standardisation::of(lesson.features, lesson.rows);
            let lesson = Lesson {
                rows: &Rows::default(),
                ..*lesson
            };
            assert!(Alignment::new(&lesson, &standard, device).is_none());
        });
    }
}
