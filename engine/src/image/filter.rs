//! Pillow's resampling filters (Pillow `src/libImaging/Resample.c`), evaluated as Pillow does, so
//! that weights agree to the last bit.

use std::f64::consts::PI;

use super::preprocessing::Filter;

impl Filter {
    /// Radius in source pixels, unless the picture shrinks.
    pub(super) fn support(self) -> f64 {
        match self {
            Self::Nearest => 0.0,
            Self::Box => 0.5,
            Self::Bilinear | Self::Hamming => 1.0,
            Self::Bicubic => 2.0,
            Self::Lanczos => 3.0,
        }
    }

    /// Weight of a source pixel at distance `x`. [`Filter::Nearest`] does not use it.
    pub(super) fn weight(self, x: f64) -> f64 {
        match self {
            Self::Nearest | Self::Box => f64::from(x > -0.5 && x <= 0.5),
            Self::Bilinear => (1.0 - x.abs()).max(0.0),
            Self::Hamming => hamming(x.abs()),
            Self::Bicubic => cubic(x.abs()),
            Self::Lanczos if (-3.0..3.0).contains(&x) => sinc(x) * sinc(x / 3.0),
            Self::Lanczos => 0.0,
        }
    }
}

/// Keys' cubic convolution kernel with a = −0.5 (Keys 1981).
fn cubic(x: f64) -> f64 {
    const A: f64 = -0.5;
    if x < 1.0 {
        ((A + 2.0) * x - (A + 3.0)) * x * x + 1.0
    } else if x < 2.0 {
        (((x - 5.0) * x + 8.0) * x - 4.0) * A
    } else {
        0.0
    }
}

fn hamming(x: f64) -> f64 {
    if x == 0.0 {
        1.0
    } else if x < 1.0 {
        let angle = x * PI;
        // Single precision in the reference.
        angle.sin() / angle * (f64::from(0.54f32) + f64::from(0.46f32) * angle.cos())
    } else {
        0.0
    }
}

fn sinc(x: f64) -> f64 {
    if x == 0.0 {
        return 1.0;
    }
    let angle = x * PI;
    angle.sin() / angle
}
