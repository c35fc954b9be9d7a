//! Sets of names that pictures are classified among.

use std::collections::HashMap;

use burn::tensor::{Device, Int, Tensor, TensorData};

use crate::words::vocabulary::Anchor;

/// A set of names that pictures are classified among.
pub struct Names {
    /// The names' anchors.
    pub anchors: Tensor<1, Int>,
    place: HashMap<Anchor, i64>,
}

impl Names {
    /// Sorts `anchors` and removes duplicates.
    pub fn of(anchors: impl Iterator<Item = Anchor>, device: &Device) -> Self {
        let mut anchors: Vec<Anchor> = anchors.collect();
        anchors.sort_unstable();
        anchors.dedup();
        Self {
            place: anchors.iter().copied().zip(0..).collect(),
            anchors: index_tensor(anchors.into_iter(), device),
        }
    }

    /// The index of each row's name in the set, `[rows, 1]`.
    pub fn right(&self, rows: &[(usize, Anchor)], device: &Device) -> Tensor<2, Int> {
        let places: Vec<i64> = rows.iter().map(|(_, anchor)| self.place[anchor]).collect();
        let count = places.len();
        Tensor::from_data(TensorData::new(places, [count, 1]), device)
    }
}

/// A tensor of indices.
pub fn index_tensor(indices: impl Iterator<Item = Anchor>, device: &Device) -> Tensor<1, Int> {
    let indices: Vec<i64> = indices.map(i64::from).collect();
    let count = indices.len();
    Tensor::from_data(TensorData::new(indices, [count]), device)
}

/// The anchors of rows.
pub fn named(groups: &[Vec<(usize, Anchor)>]) -> impl Iterator<Item = Anchor> {
    groups.iter().flatten().map(|(_, anchor)| *anchor)
}
