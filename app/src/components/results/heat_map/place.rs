//! Names the place of the best region.

use glance_protocol::Regions;

use crate::texts;

/// Where in the picture the best region is.
pub fn place(regions: &Regions) -> &'static str {
    let best = regions.scores.0.iter().enumerate();
    let best = best.max_by(|(_, one), (_, other)| one.total_cmp(other));
    let at = best.map_or(0, |(at, _)| at) as u32;
    let columns = regions.columns.max(1);
    let third = |cell: u32, cells: u32, start: f32, length: f32| {
        let middle = (cell as f32 + 0.5) / cells.max(1) as f32;
        ((start + length * middle) * 3.0).clamp(0.0, 2.0) as usize
    };
    let square = regions.square;
    let across = third(at % columns, columns, square.left, square.width);
    let down = third(at / columns, regions.rows, square.top, square.height);
    let places = [
        [
            texts::panel_where_upper_left(),
            texts::panel_where_top(),
            texts::panel_where_upper_right(),
        ],
        [
            texts::panel_where_left(),
            texts::panel_where_middle(),
            texts::panel_where_right(),
        ],
        [
            texts::panel_where_lower_left(),
            texts::panel_where_bottom(),
            texts::panel_where_lower_right(),
        ],
    ];
    places[down][across]
}

#[cfg(test)]
mod tests {
    use glance_protocol::{Floats, Square};
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    fn regions(best: usize, square: Square) -> Regions {
        let mut scores = vec![0.0; 9];
        scores[best] = 1.0;
        Regions {
            rows: 3,
            columns: 3,
            scores: Floats(scores),
            square,
        }
    }

    #[wasm_bindgen_test]
    fn a_place_is_one_of_the_picture_and_not_of_the_square() {
        let whole = Square {
            left: 0.0,
            top: 0.0,
            width: 1.0,
            height: 1.0,
        };
        assert_eq!(place(&regions(0, whole)), texts::panel_where_upper_left());
        assert_eq!(place(&regions(5, whole)), texts::panel_where_right());
        // The middle of a very wide picture.
        let middle = Square {
            left: 0.4,
            width: 0.2,
            ..whole
        };
        assert_eq!(place(&regions(0, middle)), texts::panel_where_top());
        assert_eq!(place(&regions(8, middle)), texts::panel_where_bottom());
    }
}
