//! Backdrops of drawn pictures.

use rand::Rng;

use super::raster::Raster;
use super::sampling::{Edge, Premultiplied};

type Colour = [f32; 3];

/// A random backdrop of `size` × `size` colours in 0…255: white, one colour, a gradient, smooth
/// noise, stripes, checks, or part of a photo if one is given.
pub(super) fn backdrop(size: usize, photo: Option<&Raster>, rng: &mut impl Rng) -> Vec<Colour> {
    match rng.random_range(0..100) {
        // Most of people's icon pictures are on white.
        0..30 => vec![[255.0; 3]; size * size],
        30..48 => vec![colour(rng); size * size],
        48..58 => linear(size, rng),
        58..66 => radial(size, rng),
        66..76 => noise(size, rng),
        76..82 => stripes(size, rng),
        82..86 => checks(size, rng),
        _ => match photo {
            Some(photo) => part_of(photo, size, rng),
            None => vec![colour(rng); size * size],
        },
    }
}

fn colour(rng: &mut impl Rng) -> Colour {
    std::array::from_fn(|_| rng.random_range(0.0..=255.0))
}

/// Mixes two random colours; `share` gives the mixture at each point of −1…1.
fn blend(size: usize, rng: &mut impl Rng, share: impl Fn(f32, f32) -> f32) -> Vec<Colour> {
    let (from, to) = (colour(rng), colour(rng));
    let step = 2.0 / size as f32;
    let mut colours = Vec::with_capacity(size * size);
    for y in 0..size {
        for x in 0..size {
            let share = share((x as f32 + 0.5) * step - 1.0, (y as f32 + 0.5) * step - 1.0);
            colours.push([0, 1, 2].map(|c| from[c] + (to[c] - from[c]) * share));
        }
    }
    colours
}

fn linear(size: usize, rng: &mut impl Rng) -> Vec<Colour> {
    let (sine, cosine) = angle(rng).sin_cos();
    blend(size, rng, |x, y| {
        (0.5 + 0.5 * (x * cosine + y * sine)).clamp(0.0, 1.0)
    })
}

fn radial(size: usize, rng: &mut impl Rng) -> Vec<Colour> {
    let centre: [f32; 2] = std::array::from_fn(|_| rng.random_range(-0.7..0.7));
    let radius: f32 = rng.random_range(0.6..2.0);
    blend(size, rng, |x, y| {
        ((x - centre[0]).hypot(y - centre[1]) / radius).min(1.0)
    })
}

fn stripes(size: usize, rng: &mut impl Rng) -> Vec<Colour> {
    let (sine, cosine) = angle(rng).sin_cos();
    let count: f32 = rng.random_range(2.0..8.0);
    blend(size, rng, |x, y| {
        f32::from(u8::from(
            ((x * cosine + y * sine) * count).rem_euclid(2.0) < 1.0,
        ))
    })
}

fn checks(size: usize, rng: &mut impl Rng) -> Vec<Colour> {
    let count: f32 = rng.random_range(1.5..6.0);
    blend(size, rng, |x, y| {
        ((x * count).floor() + (y * count).floor()).rem_euclid(2.0)
    })
}

/// A few random colours, smoothly interpolated.
fn noise(size: usize, rng: &mut impl Rng) -> Vec<Colour> {
    let side = rng.random_range(3..9);
    let mut rgba = Vec::with_capacity(side * side * 4);
    for _ in 0..side * side {
        rgba.extend(colour(rng).map(|channel| channel as u8));
        rgba.push(255);
    }
    stretch(&Raster { side, rgba }, size, 0.0, 0.0, side as f32)
}

fn part_of(photo: &Raster, size: usize, rng: &mut impl Rng) -> Vec<Colour> {
    let side = photo.side as f32;
    let extent = side * rng.random_range(0.5..1.0);
    let (left, top) = (
        rng.random_range(0.0..=side - extent),
        rng.random_range(0.0..=side - extent),
    );
    stretch(photo, size, left, top, extent)
}

fn stretch(picture: &Raster, size: usize, left: f32, top: f32, extent: f32) -> Vec<Colour> {
    let picture = Premultiplied::new(picture);
    let step = extent / size as f32;
    let mut colours = Vec::with_capacity(size * size);
    for y in 0..size {
        for x in 0..size {
            let (at_x, at_y) = (
                left + (x as f32 + 0.5) * step,
                top + (y as f32 + 0.5) * step,
            );
            let [red, green, blue, _] = picture.at(at_x, at_y, Edge::Repeated);
            colours.push([red, green, blue]);
        }
    }
    colours
}

fn angle(rng: &mut impl Rng) -> f32 {
    rng.random_range(0.0..std::f32::consts::TAU)
}
