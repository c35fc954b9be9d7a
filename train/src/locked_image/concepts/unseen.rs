//! Names and phrases without photographs: the unseen classes of zero-shot learning.
//!
//! A name that has drawings only moves towards its aligned drawings ([`move_to_drawings`]).
//!
//! An inferred meaning is a mixture of names, and a mixture is near to more pictures than one name
//! is. If "water lily" is two thirds daisy, it would beat "daisy" on photographs of daisies. So
//! inferred meanings move away from photographs ([`move_away_from_photographs`]), and names that pictures teach come
//! first. The idea of handicapping one kind of class is from Chao et al. 2016, "An empirical study
//! and analysis of generalized zero-shot learning", <https://arxiv.org/abs/1605.04253>.

use std::collections::BTreeMap;

use burn::tensor::Tensor;
use glance_engine::score::cosine;

use super::losses::unit;
use crate::words::vocabulary::Anchor;

/// Share of the drawings in a moved name's vector.
const DRAWN: f32 = 0.4;
/// How far an inferred meaning steps back. Its cosine with the mean photograph falls by as much.
const BACK: f32 = 0.1;

/// Moves names that have drawings only. `anchors` are unit vectors `[anchors, width]`, `drawings`
/// the mean embedding `[width]` of the drawings of each such name.
///
/// What the drawings of all such names have in common says nothing about one name, so it is
/// subtracted.
pub fn move_to_drawings(anchors: &mut [f32], drawings: &BTreeMap<Anchor, Vec<f32>>) {
    let Some(width) = drawings.values().next().map(Vec::len) else {
        return;
    };
    let mut common = vec![0.0; width];
    for mean in drawings.values() {
        for (common, value) in common.iter_mut().zip(mean) {
            *common += value / drawings.len() as f32;
        }
    }
    for (name, mean) in drawings {
        let own: Vec<f32> = mean.iter().zip(&common).map(|(a, b)| a - b).collect();
        let own = unit_vector(own);
        let vector = &mut anchors[*name as usize * width..][..width];
        let moved = vector.iter().zip(own);
        let moved = moved.map(|(vector, own)| (1.0 - DRAWN) * vector + DRAWN * own);
        let moved = unit_vector(moved.collect());
        vector.copy_from_slice(&moved);
    }
}

/// Moves `meanings` `[phrases, width]`, unit vectors, away from the mean `photograph` `[width]`
/// where `inferred` `[phrases, 1]` is one. Where it is zero they stay.
pub fn move_away_from_photographs(
    meanings: Tensor<2>,
    photograph: Tensor<1>,
    inferred: Tensor<2>,
) -> Tensor<2> {
    let step = inferred.mul_scalar(BACK).matmul(photograph.unsqueeze());
    unit(meanings - step)
}

/// Scales to unit length; a zero vector stays.
fn unit_vector(mut vector: Vec<f32>) -> Vec<f32> {
    let length = cosine(&vector, &vector).sqrt();
    if length > 0.0 {
        vector.iter_mut().for_each(|value| *value /= length);
    }
    vector
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    fn assert_near(found: &[f32], expected: &[f32]) {
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-5, "{found} for {expected}");
        }
    }

    #[test]
    fn names_move_to_what_their_drawings_have_alone() {
        // All drawings share the third value; names 0 and 2 differ in the first.
        let drawings = BTreeMap::from([(0, vec![0.5, 0.0, 0.8]), (2, vec![-0.5, 0.0, 0.8])]);
        let mut anchors = vec![0.0, 1.0, 0.0, 0.0, 0.0, 1.0, -1.0, 0.0, 0.0];
        move_to_drawings(&mut anchors, &drawings);
        let length = 0.52_f32.sqrt();
        let expected = [0.4 / length, 0.6 / length, 0.0];
        assert_near(&anchors[..3], &expected);
        assert_near(&anchors[3..6], &[0.0, 0.0, 1.0]);
        assert_near(&anchors[6..], &[-1.0, 0.0, 0.0]);
        let before = anchors.clone();
        move_to_drawings(&mut anchors, &BTreeMap::new());
        assert_eq!(anchors, before);
    }

    #[test]
    fn only_inferred_meanings_step_back() {
        let device = Device::flex();
        let meanings = Tensor::<2>::from_data([[0.0, 1.0], [0.0, 1.0]], &device);
        let photograph = Tensor::<1>::from_data([1.0, 0.0], &device);
        let inferred = Tensor::<2>::from_data([[0.0], [1.0]], &device);
        let found = move_away_from_photographs(meanings, photograph, inferred).into_data();
        let found: Vec<f32> = found.iter::<f32>().collect();
        let length = 1.01_f32.sqrt();
        assert_near(&found, &[0.0, 1.0, -0.1 / length, 1.0 / length]);
    }
}
