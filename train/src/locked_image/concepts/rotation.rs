//! Rotates a shared space towards an earlier text tower's names.
//!
//! Names that are learnt anew fit pictures equally well in any rotation of their space. We take the
//! rotation R with the least ‖A R − B‖, for new names A and the earlier tower's B, so that the
//! tower has the least to learn. R is the orthogonal factor of Aᵀ B (Schönemann 1966, "A
//! generalized solution of the orthogonal Procrustes problem").

use burn::tensor::{Device, Tensor, TensorData};

use super::stage::Concepts;

/// Maximum steps of the Newton–Schulz iteration.
const ITERATIONS: usize = 200;
/// A smaller change ends the iteration.
const CONVERGED: f32 = 1e-6;

/// Rotates the result of stage 1, so that its names come near the unit vectors `towards`
/// `[anchors, width]`.
pub fn turn(concepts: Concepts, towards: &[f32], device: &Device) -> Concepts {
    let width = concepts.bias.len();
    let rows = |values: &[f32]| {
        let shape = [values.len() / width, width];
        Tensor::<2>::from_data(TensorData::new(values.to_vec(), shape), device)
    };
    let values = |tensor: Tensor<2>| -> Vec<f32> { tensor.into_data().iter::<f32>().collect() };
    let names = rows(&concepts.anchors);
    let rotation = orthogonal_factor(names.clone().transpose().matmul(rows(towards)));
    let turned = |vectors: &[f32]| values(rows(vectors).matmul(rotation.clone()));
    let inputs = concepts.standard.mean.len();
    let weight = TensorData::new(concepts.weight.clone(), [width, inputs]);
    let weight = Tensor::<2>::from_data(weight, device);
    Concepts {
        weight: values(rotation.clone().transpose().matmul(weight)),
        bias: turned(&concepts.bias),
        anchors: turned(&concepts.anchors),
        photograph: turned(&concepts.photograph),
        ..concepts
    }
}

/// The orthogonal matrix nearest to a square one, by the Newton–Schulz iteration (Higham 2008,
/// "Functions of Matrices", equation 8.20).
fn orthogonal_factor(matrix: Tensor<2>) -> Tensor<2> {
    // This norm bounds the singular values; the iteration needs them below √3.
    let norm = matrix
        .clone()
        .powi_scalar(2)
        .sum()
        .sqrt()
        .into_scalar::<f32>();
    let mut factor = matrix.div_scalar(norm.max(f32::MIN_POSITIVE));
    for _ in 0..ITERATIONS {
        let square = factor.clone().transpose().matmul(factor.clone());
        let next = factor.clone().mul_scalar(1.5) - factor.clone().matmul(square).mul_scalar(0.5);
        let change = (next.clone() - factor).abs().max().into_scalar::<f32>();
        factor = next;
        if change < CONVERGED {
            break;
        }
    }
    factor
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locked_image::concepts::standard::Standardisation;

    #[test]
    fn names_turn_to_where_they_were_and_the_projection_with_them() {
        // Three names of two features; `towards` has them turned by a right angle.
        let names = [[1.0, 0.0], [0.6, 0.8], [0.0, 1.0]];
        let towards = [[0.0, 1.0], [-0.8, 0.6], [-1.0, 0.0]].concat();
        let concepts = Concepts {
            standard: Standardisation {
                mean: vec![0.0; 2],
                deviation: vec![1.0; 2],
                style: vec![0.0; 2],
            },
            weight: vec![1.0, 2.0, 3.0, 4.0],
            bias: vec![0.5, 0.0],
            anchors: names.concat(),
            photograph: vec![1.0, 0.0],
            logit_scale: 1.0,
        };
        let turned = turn(concepts, &towards, &Device::flex());
        let near = |found: &[f32], expected: &[f32]| {
            assert_eq!(found.len(), expected.len());
            for (found, expected) in found.iter().zip(expected) {
                assert!((found - expected).abs() < 1e-4, "{found} for {expected}");
            }
        };
        near(&turned.anchors, &towards);
        near(&turned.photograph, &[0.0, 1.0]);
        near(&turned.weight, &[-3.0, -4.0, 1.0, 2.0]);
        near(&turned.bias, &[0.0, 0.5]);
    }
}
