//! Embeddings of one model as rows of a matrix.

use super::error::FewShotError;
use crate::embedding::Embedding;

/// A matrix `[count, width]` of finite numbers. In f64, sums over hundreds of values are as exact as their
/// terms.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    values: Vec<f64>,
    width: usize,
}

impl Rows {
    /// The embeddings in order.
    ///
    /// # Errors
    /// [`FewShotError::Widths`], [`FewShotError::NotFinite`].
    pub fn new<'a>(
        embeddings: impl IntoIterator<Item = &'a Embedding>,
    ) -> Result<Self, FewShotError> {
        let mut rows = Self {
            values: Vec::new(),
            width: 0,
        };
        for Embedding(values) in embeddings {
            if rows.values.is_empty() {
                rows.width = values.len();
            }
            check(values, rows.width)?;
            rows.values.extend(values.iter().copied().map(f64::from));
        }
        Ok(rows)
    }

    /// Rows that are put together.
    pub(super) fn of(values: Vec<f64>, width: usize) -> Self {
        Self { values, width }
    }

    /// The first `count` rows, and the others.
    pub(super) fn split(mut self, count: usize) -> (Self, Self) {
        let others = self.values.split_off(count * self.width);
        let others = Self::of(others, self.width);
        (self, others)
    }

    /// How many rows there are.
    pub fn count(&self) -> usize {
        self.values.len().checked_div(self.width).unwrap_or(0)
    }

    /// Values a row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The rows in order.
    pub fn iter(&self) -> impl Iterator<Item = &[f64]> {
        self.values.chunks_exact(self.width.max(1))
    }

    /// One row.
    ///
    /// # Panics
    /// If there is no such row.
    pub(super) fn row(&self, index: usize) -> &[f64] {
        &self.values[index * self.width..][..self.width]
    }
}

/// Refuses values that are no embedding of `width` values.
pub(super) fn check(values: &[f32], width: usize) -> Result<(), FewShotError> {
    if values.len() != width {
        return Err(FewShotError::Widths(width, values.len()));
    }
    match values.iter().all(|value| value.is_finite()) {
        true => Ok(()),
        false => Err(FewShotError::NotFinite),
    }
}

/// The sum of products. Partial sums fit vector registers.
pub(super) fn dot(one: &[f64], other: &[f64]) -> f64 {
    const PARTIAL: usize = 8;
    let ((one, rest), (other, other_rest)) =
        (one.as_chunks::<PARTIAL>(), other.as_chunks::<PARTIAL>());
    let mut partial = [0.0; PARTIAL];
    for (one, other) in one.iter().zip(other) {
        for (sum, (a, b)) in partial.iter_mut().zip(one.iter().zip(other)) {
            *sum += a * b;
        }
    }
    let rest = rest.iter().zip(other_rest).map(|(a, b)| a * b);
    partial.into_iter().chain(rest).sum()
}

/// Adds `scale × values`.
pub(super) fn add(sum: &mut [f64], scale: f64, values: &[f64]) {
    for (sum, value) in sum.iter_mut().zip(values) {
        *sum += scale * value;
    }
}

/// Turns logits into shares that sum to 1; returns the logarithm of what they were divided by.
pub(super) fn softmax(logits: &mut [f64]) -> f64 {
    let largest = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let mut sum = 0.0;
    for logit in logits.iter_mut() {
        *logit = (*logit - largest).exp();
        sum += *logit;
    }
    logits.iter_mut().for_each(|power| *power /= sum);
    largest + sum.ln()
}
