//! Reading a picture between its pixels.

use super::raster::Raster;

/// A picture with colours multiplied by alpha, all in 0…255, so that interpolation never shows the
/// colour of transparent pixels.
pub(super) struct Premultiplied {
    side: usize,
    pixels: Vec<[f32; 4]>,
}

/// What lies beyond the edge.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Edge {
    Transparent,
    Repeated,
}

impl Premultiplied {
    pub fn new(raster: &Raster) -> Self {
        let pixels = raster
            .rgba
            .chunks_exact(4)
            .map(|pixel| {
                let [red, green, blue, alpha] = [0, 1, 2, 3].map(|c| f32::from(pixel[c]));
                let share = alpha / 255.0;
                [red * share, green * share, blue * share, alpha]
            })
            .collect();
        Self {
            side: raster.side,
            pixels,
        }
    }

    pub fn side(&self) -> usize {
        self.side
    }

    /// Half the size, each pixel the mean of four.
    pub fn halved(&self) -> Self {
        let side = self.side / 2;
        let mut pixels = Vec::with_capacity(side * side);
        for y in 0..side {
            let (upper, lower) = self.pixels[2 * y * self.side..].split_at(self.side);
            for x in 0..side {
                let four = [
                    upper[2 * x],
                    upper[2 * x + 1],
                    lower[2 * x],
                    lower[2 * x + 1],
                ];
                pixels.push(
                    [0, 1, 2, 3].map(|c| four.iter().map(|pixel| pixel[c]).sum::<f32>() / 4.0),
                );
            }
        }
        Self { side, pixels }
    }

    /// Bilinear value at a point in pixels, pixel centres at halves.
    #[inline]
    pub fn at(&self, x: f32, y: f32, edge: Edge) -> [f32; 4] {
        let last = (self.side - 1) as f32;
        let (mut x, mut y) = (x - 0.5, y - 0.5);
        if edge == Edge::Repeated {
            (x, y) = (x.clamp(0.0, last), y.clamp(0.0, last));
        } else if x <= -1.0 || y <= -1.0 || x >= last + 1.0 || y >= last + 1.0 {
            return [0.0; 4];
        }
        // The floor of values above −1; `floor` itself would be a call without SSE 4.1.
        let (left, top) = ((x + 1.0) as i32 - 1, (y + 1.0) as i32 - 1);
        let (right_share, lower_share) = (x - left as f32, y - top as f32);
        let (left, top) = (left as isize, top as isize);
        let inside = 0..self.side as isize - 1;
        let four = if inside.contains(&left) && inside.contains(&top) {
            let first = top as usize * self.side + left as usize;
            let (upper, lower) = (
                &self.pixels[first..][..2],
                &self.pixels[first + self.side..][..2],
            );
            [upper[0], upper[1], lower[0], lower[1]]
        } else {
            [
                self.get(left, top),
                self.get(left + 1, top),
                self.get(left, top + 1),
                self.get(left + 1, top + 1),
            ]
        };
        let mut value = [0.0; 4];
        for (c, value) in value.iter_mut().enumerate() {
            let upper = four[0][c] + (four[1][c] - four[0][c]) * right_share;
            let lower = four[2][c] + (four[3][c] - four[2][c]) * right_share;
            *value = upper + (lower - upper) * lower_share;
        }
        value
    }

    fn get(&self, x: isize, y: isize) -> [f32; 4] {
        let inside = 0..self.side as isize;
        if inside.contains(&x) && inside.contains(&y) {
            self.pixels[y as usize * self.side + x as usize]
        } else {
            // With repeated edges this has weight zero.
            [0.0; 4]
        }
    }
}

/// Lays a premultiplied colour over an opaque one.
#[inline]
pub(super) fn over(front: [f32; 4], back: [f32; 3]) -> [f32; 3] {
    let through = 1.0 - front[3] / 255.0;
    [0, 1, 2].map(|c| front[c] + back[c] * through)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compositing_agrees_with_a_pixel_worked_by_hand() {
        // Straight (200, 100, 0) at alpha 51 = 1/5 over (50, 250, 100):
        // 200/5 + 50·4/5 = 80; 100/5 + 250·4/5 = 220; 0 + 100·4/5 = 80.
        let picture = Premultiplied::new(&Raster {
            side: 1,
            rgba: vec![200, 100, 0, 51],
        });
        let colour = over(
            picture.at(0.5, 0.5, Edge::Transparent),
            [50.0, 250.0, 100.0],
        );
        for (found, expected) in colour.into_iter().zip([80.0, 220.0, 80.0]) {
            assert!((found - expected).abs() < 1e-4, "{colour:?}");
        }
    }

    #[test]
    fn the_colour_of_transparent_pixels_never_shows() {
        // Opaque black beside transparent red: half-way is half a black, no red.
        let rgba = [
            [0, 0, 0, 255],
            [255, 0, 0, 0],
            [0, 0, 0, 255],
            [255, 0, 0, 0],
        ]
        .concat();
        let picture = Premultiplied::new(&Raster { side: 2, rgba });
        assert_eq!(
            picture.at(1.0, 1.0, Edge::Transparent),
            [0.0, 0.0, 0.0, 127.5]
        );
        assert_eq!(
            picture.halved().at(0.5, 0.5, Edge::Transparent),
            [0.0, 0.0, 0.0, 127.5]
        );
    }

    #[test]
    fn beyond_the_edge_is_nothing_or_the_edge() {
        let picture = Premultiplied::new(&Raster {
            side: 1,
            rgba: vec![10, 20, 30, 255],
        });
        assert_eq!(picture.at(-0.6, 0.5, Edge::Transparent), [0.0; 4]);
        assert_eq!(
            picture.at(-9.0, 7.0, Edge::Repeated),
            [10.0, 20.0, 30.0, 255.0]
        );
    }
}
