//! The inverse of a symmetric positive definite matrix.

use super::rows::{add, dot};

/// The inverse of a symmetric positive definite matrix `[size, size]`, by Cholesky's factors; `None` if it
/// is not positive definite.
pub fn inverse(matrix: &[f64], size: usize) -> Option<Vec<f64>> {
    let factor = factor(matrix, size)?;
    // The rows of the factor's inverse, below the diagonal; then the product with its transpose.
    let mut lower = vec![0.0; size * size];
    for row in 0..size {
        let (above, below) = lower.split_at_mut(row * size);
        let current = &mut below[..size];
        current[row] = 1.0;
        for (column, above) in above.chunks_exact(size).enumerate() {
            add(
                &mut current[..=column],
                -factor[row * size + column],
                &above[..=column],
            );
        }
        let diagonal = factor[row * size + row].recip();
        current[..=row]
            .iter_mut()
            .for_each(|value| *value *= diagonal);
    }
    let mut inverse = vec![0.0; size * size];
    for row in lower.chunks_exact(size.max(1)).enumerate() {
        let (last, row) = row;
        for column in 0..=last {
            add(
                &mut inverse[column * size..][..=last],
                row[column],
                &row[..=last],
            );
        }
    }
    Some(inverse)
}

/// The lower triangular factor: the matrix is its product with its transpose.
fn factor(matrix: &[f64], size: usize) -> Option<Vec<f64>> {
    let mut factor = vec![0.0; size * size];
    for row in 0..size {
        for column in 0..=row {
            let (before, current) = factor.split_at(row * size);
            let current = &current[..column];
            let rest = |other: &[f64]| matrix[row * size + column] - dot(current, &other[..column]);
            factor[row * size + column] = match row == column {
                true => Some(rest(current).sqrt()).filter(|root| *root > 0.0)?,
                false => rest(&before[column * size..]) / before[column * size + column],
            };
        }
    }
    Some(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_inverse_undoes_its_matrix() {
        // Aᵢⱼ = 1 / (1 + |i − j|), which is positive definite.
        let size = 9_usize;
        let matrix: Vec<f64> = (0..size * size)
            .map(|at| 1.0 / (1.0 + (at / size).abs_diff(at % size) as f64))
            .collect();
        let inverse = inverse(&matrix, size).expect("it is positive definite");
        for row in 0..size {
            for column in 0..size {
                let product: f64 = (0..size)
                    .map(|at| matrix[row * size + at] * inverse[at * size + column])
                    .sum();
                let expected = f64::from(u8::from(row == column));
                assert!(
                    (product - expected).abs() < 1e-12,
                    "{row}, {column}: {product}"
                );
            }
        }
    }

    #[test]
    fn what_is_not_positive_definite_has_no_inverse_here() {
        assert_eq!(inverse(&[1.0, 2.0, 2.0, 1.0], 2), None);
        assert_eq!(inverse(&[0.0], 1), None);
        assert_eq!(inverse(&[f64::NAN], 1), None);
        assert_eq!(inverse(&[], 0), Some(Vec::new()));
    }
}
