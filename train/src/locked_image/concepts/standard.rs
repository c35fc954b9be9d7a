//! Standardises features and removes the style that sets drawings apart from photographs.

use glance_engine::score::cosine;
use serde::{Deserialize, Serialize};

use super::lesson::Rows;
use crate::locked_image::features::Features;
use crate::words::vocabulary::Anchor;

/// Scales features to mean 0 and deviation 1, and gives drawings and photographs one mean.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Standardisation {
    /// `[features]`.
    pub mean: Vec<f32>,
    /// `[features]`.
    pub deviation: Vec<f32>,
    /// `[features]`: the unit vector from the mean photograph to the mean drawing, both
    /// standardised. This component is removed, so that names with drawings only fit photographs
    /// too.
    pub style: Vec<f32>,
}

impl Standardisation {
    /// Computes it from the rows of drawings and photographs.
    pub fn of(features: &Features, rows: &Rows) -> Self {
        let [drawings, photographs, small] = &rows.groups;
        let drawings = Moments::of(features, drawings.iter());
        let photographs = Moments::of(features, photographs.iter().chain(small));
        let both = drawings.with(&photographs);
        let (mean, deviation) = both.mean_and_deviation();
        let (drawn, _) = drawings.mean_and_deviation();
        let (taken, _) = photographs.mean_and_deviation();
        let step = drawn.iter().zip(&taken).zip(&deviation);
        let mut style: Vec<f32> = step
            .map(|((drawn, taken), d)| (drawn - taken) / d)
            .collect();
        let length = style.iter().map(|value| value * value).sum::<f32>().sqrt();
        // Without drawings or without photographs there is no style to remove.
        let scale = match drawings.count * photographs.count > 0.0 && length > 0.0 {
            true => length.recip(),
            false => 0.0,
        };
        style.iter_mut().for_each(|value| *value *= scale);
        Self {
            mean,
            deviation,
            style,
        }
    }

    /// Features at mean 0 and deviation 1, with their style.
    pub fn standardised(&self, features: impl Iterator<Item = f32>) -> impl Iterator<Item = f32> {
        let scales = self.mean.iter().zip(&self.deviation);
        let pairs = features.zip(scales);
        pairs.map(|(value, (mean, deviation))| (value - mean) / deviation)
    }

    /// Turns a linear map of standardised features, `[out, features]` and `[out]`, into one of raw
    /// features. Style removal is folded in.
    pub fn folded(&self, weight: &[f32], bias: &[f32]) -> (Vec<f32>, Vec<f32>) {
        let mut weight = weight.to_vec();
        let mut bias = bias.to_vec();
        for (row, bias) in weight.chunks_exact_mut(self.mean.len()).zip(&mut bias) {
            let along = cosine(row, &self.style);
            for (weight, style) in row.iter_mut().zip(&self.style) {
                *weight -= along * style;
            }
            for ((weight, mean), deviation) in row.iter_mut().zip(&self.mean).zip(&self.deviation) {
                *weight /= deviation;
                *bias -= *weight * mean;
            }
        }
        (weight, bias)
    }
}

/// Sums over rows of each feature and its square.
struct Moments {
    count: f64,
    sums: Vec<(f64, f64)>,
}

impl Moments {
    fn of<'a>(features: &Features, rows: impl Iterator<Item = &'a (usize, Anchor)>) -> Self {
        let mut moments = Self {
            count: 0.0,
            sums: vec![(0.0, 0.0); features.width],
        };
        for (row, _) in rows {
            moments.count += 1.0;
            for ((sum, squares), value) in moments.sums.iter_mut().zip(features.row(*row)) {
                *sum += f64::from(value);
                *squares += f64::from(value) * f64::from(value);
            }
        }
        moments
    }

    fn with(&self, other: &Self) -> Self {
        let sums = self.sums.iter().zip(&other.sums);
        Self {
            count: self.count + other.count,
            sums: sums.map(|(a, b)| (a.0 + b.0, a.1 + b.1)).collect(),
        }
    }

    fn mean_and_deviation(&self) -> (Vec<f32>, Vec<f32>) {
        let count = self.count.max(1.0);
        let moments = self.sums.iter().map(|(sum, squares)| {
            let mean = sum / count;
            let variance = (squares / count - mean * mean).max(0.0);
            // Limits the amplification of a constant feature.
            (mean as f32, (variance.sqrt() + 1e-3) as f32)
        });
        moments.unzip()
    }
}
