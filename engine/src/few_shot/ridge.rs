//! Ridge regression on few rows, solved over rows and not over values.

use super::cholesky::inverse;
use super::rows::{Rows, add, dot};

/// The products of all pairs of rows.
pub struct Ridge {
    /// `[count, count]`.
    products: Vec<f64>,
    count: usize,
    /// The mean square of a row's length.
    scale: f64,
}

/// Weights of rows for each column of the targets.
pub struct Solution {
    /// `[count, columns]`: the weight of each row in the sum that predicts a column.
    pub shares: Vec<f64>,
    /// `[count, columns]`: what is predicted for each row if it is left out of the fit.
    pub left_out: Vec<f64>,
}

impl Ridge {
    /// Multiplies all pairs of rows.
    pub fn new(rows: &Rows) -> Self {
        let count = rows.count();
        let mut products = vec![0.0; count * count];
        let mut trace = 0.0;
        for (index, row) in rows.iter().enumerate() {
            for (other, values) in rows.iter().take(index + 1).enumerate() {
                let product = dot(row, values);
                products[index * count + other] = product;
                products[other * count + index] = product;
            }
            trace += products[index * count + index];
        }
        let scale = trace / count.max(1) as f64;
        Self {
            products,
            count,
            scale,
        }
    }

    /// Fits targets `[count, columns]`. `penalty` is relative to the rows' mean square length. The
    /// predictions without a row are exact and need no other fit (Hastie, Tibshirani and Friedman 2009,
    /// section 7.10). `None` if all rows are zeros.
    pub fn solve(&self, penalty: f64, targets: &[f64], columns: usize) -> Option<Solution> {
        let count = self.count;
        let mut matrix = self.products.clone();
        for index in 0..count {
            matrix[index * count + index] += penalty * self.scale;
        }
        let inverse = inverse(&matrix, count)?;
        let mut shares = vec![0.0; count * columns];
        let mut left_out = targets.to_vec();
        for (index, row) in inverse.chunks_exact(count.max(1)).enumerate() {
            let of_row = &mut shares[index * columns..][..columns];
            for (scale, target) in row.iter().zip(targets.chunks_exact(columns)) {
                add(of_row, *scale, target);
            }
            add(
                &mut left_out[index * columns..][..columns],
                -row[index].recip(),
                of_row,
            );
        }
        Some(Solution { shares, left_out })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: usize = 2;

    /// Rows and targets that look random.
    fn rows(count: usize, width: usize) -> Rows {
        let value = |at: usize| ((at * 7919 + 13) % 101) as f64 / 50.0 - 1.0;
        Rows::of((0..count * width).map(value).collect(), width)
    }

    fn predict(rows: &Rows, shares: &[f64], row: &[f64]) -> Vec<f64> {
        let mut found = vec![0.0; COLUMNS];
        for (known, shares) in rows.iter().zip(shares.chunks_exact(COLUMNS)) {
            add(&mut found, dot(known, row), shares);
        }
        found
    }

    #[test]
    fn predictions_without_a_row_are_those_of_a_fit_without_it() {
        let (count, width, penalty) = (8, 5, 0.3);
        let all = rows(count, width);
        let targets: Vec<f64> = (0..count * COLUMNS).map(|at| (at % 3) as f64).collect();
        let ridge = Ridge::new(&all);
        let whole = ridge
            .solve(penalty, &targets, COLUMNS)
            .expect("it has a solution");
        for left in 0..count {
            let kept = |at: &usize| *at != left;
            let fewer: Vec<f64> = (0..count)
                .filter(kept)
                .flat_map(|at| all.row(at).to_vec())
                .collect();
            let fewer = Rows::of(fewer, width);
            let other = Ridge::new(&fewer);
            let targets: Vec<f64> = (0..count)
                .filter(kept)
                .flat_map(|at| targets[at * COLUMNS..][..COLUMNS].to_vec())
                .collect();
            // The same penalty in absolute terms.
            let solution = other.solve(penalty * ridge.scale / other.scale, &targets, COLUMNS);
            let solution = solution.expect("it has a solution");
            let expected = predict(&fewer, &solution.shares, all.row(left));
            let found = &whole.left_out[left * COLUMNS..][..COLUMNS];
            for (found, expected) in found.iter().zip(expected) {
                assert!((found - expected).abs() < 1e-9, "{found} for {expected}");
            }
        }
    }

    #[test]
    fn equal_rows_with_different_targets_share_them() {
        let twice = Rows::of(vec![0.6, 0.8, 0.6, 0.8], 2);
        let solution = Ridge::new(&twice).solve(1e-3, &[1.0, 0.0, 0.0, 1.0], COLUMNS);
        let found = predict(&twice, &solution.expect("it has one").shares, twice.row(0));
        for found in found {
            assert!((found - 0.5).abs() < 1e-2, "{found}");
        }
    }

    #[test]
    fn zeros_have_no_solution() {
        let zeros = Rows::of(vec![0.0; 6], 3);
        assert!(Ridge::new(&zeros).solve(1.0, &[1.0, 0.0], 1).is_none());
    }
}
