//! Operations that only copy or add rows.

/// Puts a row before each element's rows, `learned` or their mean, and adds `positions`: `x`
/// `[batch, sequence, width]` to `y` `[batch, sequence + 1, width]`.
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
