//! Operations that only move values, or add one row to another.

/// Puts `learned`, or the mean of the others, before the rows of each element and adds
/// `positions`: `y`, a row more than `x`.
pub fn prepend(
    x: &[f32],
    sequence: usize,
    learned: Option<&[f32]>,
    positions: &[f32],
    y: &mut [f32],
) {
    let width = positions.len() / (sequence + 1);
    let element = sequence * width;
    for (y, x) in y
        .chunks_exact_mut(element + width)
        .zip(x.chunks_exact(element))
    {
        let (first, rest) = y.split_at_mut(width);
        match learned {
            Some(row) => first.copy_from_slice(row),
            None => {
                first.fill(0.0);
                for row in x.chunks_exact(width) {
                    first
                        .iter_mut()
                        .zip(row)
                        .for_each(|(sum, value)| *sum += value);
                }
                first.iter_mut().for_each(|sum| *sum /= sequence as f32);
            }
        }
        rest.copy_from_slice(x);
        y.iter_mut()
            .zip(positions)
            .for_each(|(value, position)| *value += position);
    }
}
