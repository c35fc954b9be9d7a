//! Reads a network's sizes from the shapes of its tensors.

use crate::weights::checkpoint::tensors::Tensors;
use crate::weights::error::WeightsError;

/// The shape of a tensor, which must exist and have `N` axes.
pub fn shape<const N: usize>(tensors: &Tensors, name: &str) -> Result<[usize; N], WeightsError> {
    let tensor = tensors
        .get(name)
        .ok_or_else(|| WeightsError::Missing(name.to_owned()))?;
    tensor
        .shape
        .as_slice()
        .try_into()
        .map_err(|_| WeightsError::Shape {
            name: name.to_owned(),
            found: tensor.shape.clone(),
            expected: vec![0; N],
        })
}

/// Number of tensors `prefix0suffix`, `prefix1suffix`, …
pub fn count(tensors: &Tensors, prefix: &str, suffix: &str) -> usize {
    let there = |index: &usize| tensors.contains_key(&format!("{prefix}{index}{suffix}"));
    (0..).take_while(there).count()
}

/// Cells along one side of a square grid of `positions − 1` cells.
pub fn grid(name: &str, positions: usize) -> Result<usize, WeightsError> {
    let cells = positions.saturating_sub(1);
    let side = cells.isqrt();
    match side > 0 && side * side == cells {
        true => Ok(side),
        false => Err(WeightsError::Checkpoint(format!(
            "{name} has {positions} positions, which is not a square number plus one"
        ))),
    }
}
