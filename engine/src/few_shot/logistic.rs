//! Multinomial logistic regression: the linear probe of the paper (section 3.2).

use super::error::FewShotError;
use super::lbfgs::{Limits, minimise};
use super::rows::{Rows, add, check, dot, softmax};
use crate::embedding::Embedding;

/// The paper's limit (appendix A.3).
const MOST_STEPS: usize = 1000;
/// Largest component of the gradient of the mean loss at the end.
const GRADIENT: f64 = 1e-8;

/// A linear classifier of rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Logistic {
    /// `[classes, width + 1]`: a weight for each value of a row, then the intercept.
    weights: Vec<f64>,
    width: usize,
}

impl Logistic {
    /// Fits `classes` classes to rows, each with the index of its class. Minimises
    /// `strength × Σ cross-entropy + ½ |weights|²`, as scikit-learn's `LogisticRegression(C=strength)`
    /// does for more than two classes; the intercepts are free.
    ///
    /// # Errors
    /// [`FewShotError::NoExamples`], [`FewShotError::UnknownLabel`], [`FewShotError::WrongCount`],
    /// [`FewShotError::Strength`].
    pub fn fit(
        rows: &Rows,
        class_of: &[usize],
        classes: usize,
        strength: f64,
    ) -> Result<Self, FewShotError> {
        if rows.count() == 0 {
            return Err(FewShotError::NoExamples);
        }
        if rows.count() != class_of.len() {
            return Err(FewShotError::WrongCount(rows.count(), class_of.len()));
        }
        if !(strength.is_finite() && strength > 0.0) {
            return Err(FewShotError::Strength);
        }
        if class_of.iter().any(|&class| class >= classes) {
            return Err(FewShotError::UnknownLabel);
        }
        let width = rows.width();
        let start = vec![0.0; classes * (width + 1)];
        let limits = Limits {
            gradient: GRADIENT,
            steps: MOST_STEPS,
        };
        let penalty = 1.0 / (strength * rows.count() as f64);
        let mut shares = vec![0.0; classes];
        let weights = minimise(start, limits, |weights, gradient| {
            let loss = mean_loss(rows, class_of, weights, &mut shares, gradient);
            let mut squares = 0.0;
            let pairs = weights.chunks_exact(width + 1);
            for (weights, gradient) in pairs.zip(gradient.chunks_exact_mut(width + 1)) {
                squares += dot(&weights[..width], &weights[..width]);
                add(&mut gradient[..width], penalty, &weights[..width]);
            }
            loss + 0.5 * penalty * squares
        });
        Ok(Self { weights, width })
    }

    /// The logit of each class for a picture.
    ///
    /// # Errors
    /// [`FewShotError::Widths`], [`FewShotError::NotFinite`].
    pub fn logits(&self, picture: &Embedding) -> Result<Vec<f32>, FewShotError> {
        check(&picture.0, self.width)?;
        let row: Vec<f64> = picture.0.iter().copied().map(f64::from).collect();
        let weights = self.weights.chunks_exact(self.width + 1);
        Ok(weights.map(|weights| logit(weights, &row) as f32).collect())
    }
}

/// The mean cross-entropy; writes its gradient. `shares` has room for one row's.
fn mean_loss(
    rows: &Rows,
    class_of: &[usize],
    weights: &[f64],
    shares: &mut [f64],
    gradient: &mut [f64],
) -> f64 {
    let width = rows.width();
    let each = 1.0 / rows.count() as f64;
    let mut loss = 0.0;
    gradient.fill(0.0);
    for (row, &class) in rows.iter().zip(class_of) {
        for (share, weights) in shares.iter_mut().zip(weights.chunks_exact(width + 1)) {
            *share = logit(weights, row);
        }
        let own = shares[class];
        loss += each * (softmax(shares) - own);
        shares[class] -= 1.0;
        for (share, gradient) in shares.iter().zip(gradient.chunks_exact_mut(width + 1)) {
            add(&mut gradient[..width], each * share, row);
            gradient[width] += each * share;
        }
    }
    loss
}

fn logit(weights: &[f64], row: &[f64]) -> f64 {
    let (weights, intercept) = weights.split_at(row.len());
    dot(weights, row) + intercept.first().unwrap_or(&0.0)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::score;

    /// scikit-learn's answers (`tests/fixtures/check_few_shot.py`).
    #[derive(Deserialize)]
    struct Reference {
        rows: Vec<Embedding>,
        class_of: Vec<usize>,
        others: Vec<Embedding>,
        fits: Vec<Fit>,
    }

    #[derive(Deserialize)]
    struct Fit {
        strength: f64,
        /// `[others, classes]`.
        probabilities: Vec<Vec<f32>>,
    }

    #[test]
    fn probabilities_are_those_of_scikit_learn() {
        let reference = include_str!("../../../tests/fixtures/few_shot.json");
        let reference: Reference = serde_json::from_str(reference).expect("the fixture is whole");
        let rows = Rows::new(&reference.rows).expect("rows of one width");
        for fit in &reference.fits {
            let found = Logistic::fit(&rows, &reference.class_of, 4, fit.strength);
            let found = found.expect("it can be learnt");
            for (other, expected) in reference.others.iter().zip(&fit.probabilities) {
                let shares = score::softmax(&found.logits(other).expect("it has the width"));
                for (share, expected) in shares.iter().zip(expected) {
                    let strength = fit.strength;
                    assert!(
                        (share - expected).abs() < 1e-4,
                        "{strength}: {share} for {expected}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_class_without_rows_is_never_first() {
        let rows = [vec![0.0, 1.0], vec![1.0, 0.0]].map(Embedding);
        let rows = Rows::new(&rows).expect("rows of one width");
        let found = Logistic::fit(&rows, &[0, 2], 3, 1.0).expect("it can be learnt");
        let logits = found
            .logits(&Embedding(vec![0.0, 1.0]))
            .expect("it has the width");
        assert_eq!(score::top_k(&logits, 2), [0, 2]);
    }

    #[test]
    fn what_cannot_be_fitted_is_refused() {
        let nothing = Rows::new(&[]).expect("no rows have every width");
        assert_eq!(
            Logistic::fit(&nothing, &[], 2, 1.0),
            Err(FewShotError::NoExamples)
        );
        let row = Embedding(vec![1.0]);
        let rows = Rows::new([&row]).expect("one row");
        let refused = |class_of: &[usize], strength| {
            Logistic::fit(&rows, class_of, 2, strength).expect_err("it is refused")
        };
        assert_eq!(refused(&[0, 1], 1.0), FewShotError::WrongCount(1, 2));
        assert_eq!(refused(&[2], 1.0), FewShotError::UnknownLabel);
        for strength in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(refused(&[0], strength), FewShotError::Strength);
        }
    }
}
