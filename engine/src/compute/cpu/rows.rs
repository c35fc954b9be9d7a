//! Operations that only move values, or add one row to another.

/// Cuts pictures of `shape` `[batch, height, width, channels]` into square patches.
pub fn patches(x: &[f32], shape: [usize; 4], patch: usize) -> Vec<f32> {
    let [_, height, width, channels] = shape;
    let mut y = Vec::with_capacity(x.len());
    for picture in x.chunks_exact(height * width * channels) {
        for down in 0..height / patch {
            for across in 0..width / patch {
                for row in down * patch..(down + 1) * patch {
                    let start = (row * width + across * patch) * channels;
                    y.extend_from_slice(&picture[start..][..patch * channels]);
                }
            }
        }
    }
    y
}

/// Puts `learned`, or the mean of the others, before the rows of each element and adds
/// `positions`.
pub fn prepend(
    x: &[f32],
    sequence: usize,
    width: usize,
    learned: Option<&[f32]>,
    positions: &[f32],
) -> Vec<f32> {
    let element = sequence * width;
    let mut y = vec![0.0; x.len() / sequence * (sequence + 1)];
    for (y, x) in y
        .chunks_exact_mut(element + width)
        .zip(x.chunks_exact(element))
    {
        let (first, rest) = y.split_at_mut(width);
        match learned {
            Some(row) => first.copy_from_slice(row),
            None => {
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
    y
}
