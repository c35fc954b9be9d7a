//! Views of a picture: random ones for training, and a plain one.

use image::{RgbImage, imageops::FilterType};
use rand::Rng;

use super::backdrop::backdrop;
use super::raster::Raster;
use super::sampling::{Edge, Premultiplied, over};

/// A random view of a drawn picture: turned, scaled, sheared and shifted a little on a random
/// backdrop, colours changed a little, sometimes coarse or noisy. Never mirrored, because letters,
/// flags and arrows have a direction. Interleaved RGB, `size` × `size`, row by row.
pub fn augment(raster: &Raster, size: usize, rng: &mut impl Rng) -> Vec<u8> {
    augment_over(raster, size, None, rng)
}

/// As [`augment`]. If a photo is given, part of it is sometimes the backdrop.
pub fn augment_over(
    raster: &Raster,
    size: usize,
    photo: Option<&Raster>,
    rng: &mut impl Rng,
) -> Vec<u8> {
    let coarse = coarse_size(size, rng);
    let mut colours = backdrop(coarse, photo, rng);
    let placing = Placing::of_drawing(rng);
    lay(raster, &placing, &mut colours, coarse, Edge::Transparent);
    finish(colours, coarse, size, rng)
}

/// A random view of a photo: a square crop, mirrored half the time, colours changed a little.
/// Interleaved RGB, `size` × `size`, row by row.
pub fn augment_photo(raster: &Raster, size: usize, rng: &mut impl Rng) -> Vec<u8> {
    let coarse = coarse_size(size, rng);
    let mut colours = vec![[255.0; 3]; coarse * coarse];
    lay(
        raster,
        &Placing::of_photo(rng),
        &mut colours,
        coarse,
        Edge::Repeated,
    );
    finish(colours, coarse, size, rng)
}

/// The whole picture on white, resized with an antialiased bicubic filter, as the engine prepares
/// a picture. Interleaved RGB, `size` × `size`, row by row.
pub fn plain(raster: &Raster, size: usize) -> Vec<u8> {
    let on_white: Vec<u8> = raster
        .rgba
        .chunks_exact(4)
        .flat_map(|pixel| {
            let alpha = u32::from(pixel[3]);
            // Rounded to the nearest level.
            [0, 1, 2]
                .map(|c| ((u32::from(pixel[c]) * alpha + 255 * (255 - alpha) + 127) / 255) as u8)
        })
        .collect();
    if raster.side == size {
        return on_white;
    }
    let side = raster.side as u32;
    let picture = RgbImage::from_raw(side, side, on_white)
        .expect("a raster holds side × side pixels, by the documentation of its type");
    image::imageops::resize(&picture, size as u32, size as u32, FilterType::CatmullRom).into_raw()
}

/// A lower resolution for some views, which are then enlarged: imitates small or blurred pictures.
fn coarse_size(size: usize, rng: &mut impl Rng) -> usize {
    if rng.random_bool(0.2) {
        ((size as f32 * rng.random_range(0.4..0.9)) as usize).max(1)
    } else {
        size
    }
}

/// Maps points of the view to points of the picture, both in −1…1.
struct Placing {
    matrix: [[f32; 2]; 2],
    shift: [f32; 2],
}

impl Placing {
    fn of_drawing(rng: &mut impl Rng) -> Self {
        let scale: f32 = rng.random_range(0.5..1.1);
        let stretch: f32 = rng.random_range(0.9..1.1);
        let shear: f32 = rng.random_range(-0.15..0.15);
        let (sine, cosine) = rng.random_range(-25_f32..25.0).to_radians().sin_cos();
        // The inverse of scale, then shear, then turn.
        let (across, down) = (1.0 / (scale * stretch), stretch / scale);
        let matrix = [
            [
                across * (cosine + shear * sine),
                across * (sine - shear * cosine),
            ],
            [down * -sine, down * cosine],
        ];
        // Up to touching the edge, and a little beyond.
        let room = (1.0 - scale).max(0.0) + 0.12;
        let centre: [f32; 2] = std::array::from_fn(|_| rng.random_range(-room..room));
        let shift = matrix.map(|row| -(row[0] * centre[0] + row[1] * centre[1]));
        Self { matrix, shift }
    }

    fn of_photo(rng: &mut impl Rng) -> Self {
        let extent = rng.random_range(0.45_f32..1.0).sqrt();
        let room = 1.0 - extent;
        let shift = std::array::from_fn(|_| rng.random_range(-room..=room));
        let mirror = if rng.random_bool(0.5) { -1.0 } else { 1.0 };
        Self {
            matrix: [[extent * mirror, 0.0], [0.0, extent]],
            shift,
        }
    }
}

/// Lays the picture over `colours`, averaging where it shrinks.
fn lay(raster: &Raster, placing: &Placing, colours: &mut [[f32; 3]], size: usize, edge: Edge) {
    let mut picture = Premultiplied::new(raster);
    let [[a, b], [c, d]] = placing.matrix;
    let area = (a * d - b * c).abs().sqrt();
    while picture.side() >= 2 && area * picture.side() as f32 >= 2.0 * size as f32 {
        picture = picture.halved();
    }
    let side = picture.side() as f32;
    // Four taps if a pixel covers more than one of the picture's.
    let taps: &[f32] = if area * side > size as f32 {
        &[-0.25, 0.25]
    } else {
        &[0.0]
    };
    let share = 1.0 / (taps.len() * taps.len()) as f32;
    let step = 2.0 / size as f32;
    for (row, colours) in colours.chunks_exact_mut(size).enumerate() {
        for (column, colour) in colours.iter_mut().enumerate() {
            let mut front = [0.0; 4];
            for down in taps {
                for across in taps {
                    let x = (column as f32 + 0.5 + across) * step - 1.0;
                    let y = (row as f32 + 0.5 + down) * step - 1.0;
                    let at_x = (a * x + b * y + placing.shift[0] + 1.0) * 0.5 * side;
                    let at_y = (c * x + d * y + placing.shift[1] + 1.0) * 0.5 * side;
                    let tap = picture.at(at_x, at_y, edge);
                    for (front, tap) in front.iter_mut().zip(tap) {
                        *front += tap * share;
                    }
                }
            }
            *colour = over(front, *colour);
        }
    }
}

/// Changes the colours, enlarges to `size` and rounds.
fn finish(mut colours: Vec<[f32; 3]>, coarse: usize, size: usize, rng: &mut impl Rng) -> Vec<u8> {
    let (matrix, offset) = colour_change(rng);
    let grain: f32 = if rng.random_bool(0.1) {
        rng.random_range(2.0..16.0)
    } else {
        0.0
    };
    for colour in &mut colours {
        let changed =
            matrix.map(|row| row.iter().zip(*colour).map(|(m, c)| m * c).sum::<f32>() + offset);
        *colour = changed;
        if grain > 0.0 {
            *colour = changed.map(|channel| channel + rng.random_range(-grain..grain));
        }
    }
    let round = |colour: [f32; 3]| colour.map(|channel| (channel + 0.5) as u8);
    if coarse == size {
        return colours.into_iter().flat_map(round).collect();
    }
    let small = Raster {
        side: coarse,
        rgba: colours
            .into_iter()
            .flat_map(|colour| {
                let [red, green, blue] = round(colour);
                [red, green, blue, 255]
            })
            .collect(),
    };
    let small = Premultiplied::new(&small);
    let step = coarse as f32 / size as f32;
    let mut bytes = Vec::with_capacity(size * size * 3);
    for y in 0..size {
        for x in 0..size {
            let at = [x, y].map(|position| (position as f32 + 0.5) * step);
            let [red, green, blue, _] = small.at(at[0], at[1], Edge::Repeated);
            bytes.extend(round([red, green, blue]));
        }
    }
    bytes
}

/// A matrix and an offset for a small random change of hue, saturation, contrast and brightness.
fn colour_change(rng: &mut impl Rng) -> ([[f32; 3]; 3], f32) {
    // Rec. 601 luma, as in greyscale pictures.
    const LUMA: [f32; 3] = [0.299, 0.587, 0.114];
    if rng.random_bool(0.2) {
        return ([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]], 0.0);
    }
    let saturation: f32 = if rng.random_bool(0.04) {
        0.0
    } else {
        rng.random_range(0.6..1.4)
    };
    let contrast: f32 = rng.random_range(0.7..1.25);
    let brightness: f32 = rng.random_range(-30.0..30.0);
    // Hue tells many emoji apart (hearts, circles, flags), so it changes by a few degrees only: a
    // rotation about the grey axis.
    let (sine, cosine) = rng.random_range(-10_f32..10.0).to_radians().sin_cos();
    let (along, swing) = ((1.0 - cosine) / 3.0, sine / 3_f32.sqrt());
    let turn = [
        [cosine + along, along - swing, along + swing],
        [along + swing, cosine + along, along - swing],
        [along - swing, along + swing, cosine + along],
    ];
    // Saturation moves colours towards or away from the luma of the turned colour.
    let grey: [f32; 3] =
        std::array::from_fn(|column| (0..3).map(|row| LUMA[row] * turn[row][column]).sum());
    let matrix = std::array::from_fn(|row| {
        std::array::from_fn(|column| {
            contrast * (saturation * turn[row][column] + (1.0 - saturation) * grey[column])
        })
    });
    (matrix, 127.5 * (1.0 - contrast) + brightness)
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::SmallRng};

    use super::*;

    fn disc(side: usize) -> Raster {
        let centre = side as f32 / 2.0;
        let rgba = (0..side * side)
            .flat_map(|at| {
                let (x, y) = ((at % side) as f32 + 0.5, (at / side) as f32 + 0.5);
                let inside = (x - centre).hypot(y - centre) < centre * 0.9;
                if inside {
                    [220, 30, 30, 255]
                } else {
                    [0, 0, 0, 0]
                }
            })
            .collect();
        Raster { side, rgba }
    }

    #[test]
    fn a_seed_gives_one_view_and_another_seed_another() {
        let picture = disc(96);
        let view = |seed| augment(&picture, 64, &mut SmallRng::seed_from_u64(seed));
        assert_eq!(view(7), view(7));
        assert_ne!(view(7), view(8));
        assert_eq!(view(7).len(), 64 * 64 * 3);
    }

    #[test]
    fn any_size_and_any_picture_side_gives_a_full_view() {
        for (side, size) in [(1, 1), (2, 64), (3, 5), (96, 1), (97, 33), (32, 224)] {
            for seed in 0..20 {
                let rng = &mut SmallRng::seed_from_u64(seed);
                let photo = disc(5);
                assert_eq!(
                    augment_over(&disc(side), size, Some(&photo), rng).len(),
                    size * size * 3
                );
                assert_eq!(augment_photo(&disc(side), size, rng).len(), size * size * 3);
                assert_eq!(plain(&disc(side), size).len(), size * size * 3);
            }
        }
    }

    #[test]
    fn the_picture_stays_in_view() {
        // Some of the red disc is in view for every seed, mostly much of it.
        let picture = disc(96);
        for seed in 0..200 {
            let placing = Placing::of_drawing(&mut SmallRng::seed_from_u64(seed));
            let mut colours = vec![[0.0; 3]; 64 * 64];
            lay(&picture, &placing, &mut colours, 64, Edge::Transparent);
            let shown: f32 = colours.iter().map(|colour| colour[0] / 220.0).sum();
            let whole = 64.0 * 64.0 * std::f32::consts::PI * 0.45 * 0.45;
            assert!(
                shown > 0.2 * whole && shown < 1.25 * whole,
                "seed {seed}: {shown}"
            );
        }
    }

    #[test]
    fn shrinking_keeps_the_mean() {
        // One-pixel checks shrink to an even grey, whatever their phase.
        let side = 96;
        let rgba = (0..side * side)
            .flat_map(|at| {
                let level = if (at % side + at / side) % 2 == 0 {
                    255
                } else {
                    0
                };
                [level, level, level, 255]
            })
            .collect();
        let placing = Placing {
            matrix: [[1.0, 0.0], [0.0, 1.0]],
            shift: [0.0, 0.0],
        };
        let mut colours = vec![[0.0; 3]; 24 * 24];
        lay(
            &Raster { side, rgba },
            &placing,
            &mut colours,
            24,
            Edge::Repeated,
        );
        assert!(
            colours
                .iter()
                .flatten()
                .all(|channel| (channel - 127.5).abs() < 0.01)
        );
    }

    #[test]
    fn the_plain_view_is_the_picture_on_white() {
        // Alpha 51 is 1/5: 200/5 + 255·4/5 = 244; 100/5 + 204 = 224; 0 + 204 = 204.
        let picture = Raster {
            side: 1,
            rgba: vec![200, 100, 0, 51],
        };
        assert_eq!(plain(&picture, 1), [244, 224, 204]);
        assert_eq!(plain(&picture, 3), [244, 224, 204].repeat(9));
        assert_eq!(
            plain(
                &Raster {
                    side: 2,
                    rgba: vec![0; 16]
                },
                64
            ),
            vec![255; 64 * 64 * 3]
        );
    }
}
