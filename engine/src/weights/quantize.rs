//! int8 with one scale per output row: symmetric, round to nearest, no zero point.

use serde::{Deserialize, Serialize};

/// The type that weight matrices are stored in. Vectors are always f32.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WeightType {
    /// One byte a weight and one f32 scale a row.
    #[default]
    Int8,
    /// IEEE half precision.
    F16,
    /// IEEE single precision.
    F32,
}

/// Quantises rows of `columns` values to `−127..=127` steps of `max|row| / 127`.
///
/// Returns the steps, row-major, and one scale for each row. A row of zeros has scale 0.
pub fn quantize_int8(values: &[f32], columns: usize) -> (Vec<i8>, Vec<f32>) {
    let mut steps = Vec::with_capacity(values.len());
    let mut scales = Vec::with_capacity(values.len() / columns.max(1));
    for row in values.chunks_exact(columns) {
        let largest = row
            .iter()
            .fold(0f32, |largest, value| largest.max(value.abs()));
        let scale = largest / 127.0;
        let inverse = if scale > 0.0 { 1.0 / scale } else { 0.0 };
        scales.push(scale);
        steps.extend(row.iter().map(|value| (value * inverse).round() as i8));
    }
    (steps, scales)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_is_within_half_a_step() {
        let values = [0.5, -1.27, 0.004, 0.0, 0.0, 0.0];
        let (steps, scales) = quantize_int8(&values, 3);
        assert_eq!(scales[1], 0.0);
        assert_eq!(&steps[3..], &[0, 0, 0]);
        for (index, value) in values.iter().enumerate() {
            let scale = scales[index / 3];
            assert!((f32::from(steps[index]) * scale - value).abs() <= scale * 0.5 + 1e-7);
        }
        assert_eq!(steps[1], -127);
    }
}
