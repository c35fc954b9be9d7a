//! Embeddings and angles as shapes, in the units of their pictures.

/// Width of the strip of values.
pub const STRIP_WIDTH: f32 = 320.0;
/// Height of the strip of values; its zero is in the middle.
pub const STRIP_HEIGHT: f32 = 72.0;
/// The middle of the half circle.
pub const MIDDLE: (f32, f32) = (160.0, 160.0);
/// Length of an arrow.
pub const RADIUS: f32 = 120.0;

/// Length of an arrow's barbs, and their angle with its shaft.
const BARB: (f32, f32) = (9.0, 25.0);
/// Distance of the first number from the arrow's tip, and between two numbers.
const NUMBER: (f32, f32) = (10.0, 12.0);
/// Numbers before the distance repeats.
const STAGGERED: usize = 3;

/// A bar of the strip.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    /// Its left edge.
    pub x: f32,
    /// Its upper edge.
    pub y: f32,
    /// Its width.
    pub width: f32,
    /// Its height.
    pub height: f32,
    /// Whether its value is above zero.
    pub up: bool,
}

/// Bars for values, the largest of which reaches the edge.
pub fn strip(values: &[f32]) -> Vec<Bar> {
    let largest = values
        .iter()
        .fold(0f32, |most, value| most.max(value.abs()));
    let unit = match largest > 0.0 {
        true => STRIP_HEIGHT / 2.0 / largest,
        false => 0.0,
    };
    let step = STRIP_WIDTH / values.len() as f32;
    let bars = values.iter().enumerate().map(|(index, value)| {
        let height = value.abs() * unit;
        let up = *value > 0.0;
        let zero = STRIP_HEIGHT / 2.0;
        Bar {
            x: index as f32 * step,
            y: if up { zero - height } else { zero },
            width: step * 0.75,
            height,
            up,
        }
    });
    bars.collect()
}

/// The angle whose cosine this is, in degrees.
pub fn degrees(cosine: f32) -> f32 {
    cosine.clamp(-1.0, 1.0).acos().to_degrees()
}

/// The path of an arrow from the middle, at an angle from the right, counterclockwise.
pub fn arrow(degrees: f32) -> String {
    let (x, y) = at(MIDDLE, RADIUS, degrees);
    let (length, spread) = BARB;
    let (left, right) = (
        at((x, y), -length, degrees - spread),
        at((x, y), -length, degrees + spread),
    );
    format!(
        "M{:.1} {:.1}L{x:.1} {y:.1}M{:.1} {:.1}L{x:.1} {y:.1}L{:.1} {:.1}",
        MIDDLE.0, MIDDLE.1, left.0, left.1, right.0, right.1
    )
}

/// Where the number of the arrow at this place in the list stands: neighbours at different
/// distances, because their angles are often nearly equal.
pub fn number(place: usize, degrees: f32) -> (f32, f32) {
    let (first, step) = NUMBER;
    let beyond = first + step * (place % STAGGERED) as f32;
    at(MIDDLE, RADIUS + beyond, degrees)
}

fn at((x, y): (f32, f32), distance: f32, degrees: f32) -> (f32, f32) {
    let angle = degrees.to_radians();
    (x + distance * angle.cos(), y - distance * angle.sin())
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn angles_are_those_of_school() {
        for (cosine, angle) in [(1.0, 0.0), (0.5, 60.0), (0.0, 90.0), (-1.0, 180.0)] {
            assert!((degrees(cosine) - angle).abs() < 1e-3, "{cosine}");
        }
        // Rounding may lead past 1.
        assert_eq!(degrees(1.000_001), 0.0);
    }

    #[wasm_bindgen_test]
    fn bars_grow_from_the_middle_to_the_edge() {
        let bars = strip(&[0.2, -0.1, 0.0]);
        assert_eq!((bars[0].y, bars[0].height), (0.0, STRIP_HEIGHT / 2.0));
        assert_eq!(bars[1].y, STRIP_HEIGHT / 2.0);
        assert!((bars[1].height - STRIP_HEIGHT / 4.0).abs() < 1e-4);
        assert!(bars[0].up && !bars[1].up && bars[2].height == 0.0);
        assert_eq!(strip(&[0.0])[0].height, 0.0);
        assert!(strip(&[]).is_empty());
    }

    #[wasm_bindgen_test]
    fn arrows_point_where_their_angle_says() {
        assert!(arrow(0.0).starts_with("M160.0 160.0L280.0 160.0"));
        assert!(arrow(90.0).starts_with("M160.0 160.0L160.0 40.0"));
        let (x, y) = number(1, 90.0);
        assert!((x - 160.0).abs() < 1e-3 && (y - 18.0).abs() < 1e-3);
    }
}
