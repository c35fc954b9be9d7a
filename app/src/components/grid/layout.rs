//! Where tiles lie. Only those near the window are in the document, so their places are computed.

use std::ops::Range;

/// Height of a section's heading, in CSS pixels; the style sheet has the same.
pub const HEADING: f64 = 44.0;
/// Space between tiles; the style sheet has the same.
pub const GAP: f64 = 10.0;
/// Height of the lines below a tile's picture; the style sheet has the same.
const LINES: f64 = 50.0;
/// A narrower grid has three columns: a phone's.
const PHONE: f64 = 560.0;
/// Least width of a tile on a larger screen.
const TILE: f64 = 160.0;
/// How far beyond the window tiles are rendered, so that scrolling meets no empty space.
pub const OVERSCAN: f64 = 400.0;

/// The places of all sections and tiles.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// Tiles a row.
    pub columns: usize,
    /// Height of a row, the gap below it included.
    pub row: f64,
    /// All sections, from top to bottom.
    pub spans: Vec<Span>,
    /// Height of all.
    pub height: f64,
}

/// The place of a section.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    /// Distance from the top.
    pub top: f64,
    /// Height of its heading.
    pub heading: f64,
    /// Tiles that it shows: none if it is collapsed.
    pub tiles: usize,
    /// Height of its tiles.
    pub height: f64,
}

/// A tile: a section, and a place in it.
pub type Place = (usize, usize);

/// A step from tile to tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Back,
    Forward,
    Up,
    Down,
    First,
    Last,
}

impl Layout {
    /// A layout of sections, each with whether it has a heading and how many tiles it shows.
    pub fn new(sections: impl Iterator<Item = (bool, usize)>, width: f64) -> Self {
        let columns = match width {
            width if width < PHONE => 3,
            width => ((width + GAP) / (TILE + GAP)) as usize,
        };
        let columns = columns.max(1);
        let tile = (width - GAP * (columns - 1) as f64) / columns as f64;
        let row = tile.max(1.0) + LINES + GAP;
        let mut top = 0.0;
        let mut spans = Vec::new();
        for (headed, tiles) in sections {
            let heading = if headed { HEADING } else { 0.0 };
            let height = tiles.div_ceil(columns) as f64 * row;
            spans.push(Span {
                top,
                heading,
                tiles,
                height,
            });
            top += heading + height;
        }
        Self {
            columns,
            row,
            spans,
            height: top,
        }
    }

    /// The sections between `top` and `bottom`, and so near them, each with its tiles there.
    pub fn visible(&self, top: f64, bottom: f64, near: f64) -> Vec<(usize, Range<usize>)> {
        let (top, bottom) = (top - near, bottom + near);
        let spans = self.spans.iter().enumerate();
        let near = spans
            .filter(|(_, span)| span.top < bottom && span.top + span.heading + span.height > top);
        near.map(|(index, span)| {
            let from = span.top + span.heading;
            let row = |y: f64| ((y - from) / self.row).max(0.0);
            let first = (row(top).floor() as usize * self.columns).min(span.tiles);
            let end = (row(bottom).ceil() as usize * self.columns).min(span.tiles);
            (index, first..end.max(first))
        })
        .collect()
    }

    /// Top and bottom of a tile's row.
    pub fn row_of(&self, (section, tile): Place) -> Option<(f64, f64)> {
        let span = self.spans.get(section)?;
        let top = span.top + span.heading + (tile / self.columns) as f64 * self.row;
        Some((top, top + self.row))
    }

    /// Where a step from a tile leads; the tile itself at an edge.
    pub fn step(&self, (section, tile): Place, step: Step) -> Place {
        let place = (section, tile);
        let tiles = |section: usize| self.spans.get(section).map_or(0, |span| span.tiles);
        let before = || (0..section).rev().find(|&section| tiles(section) > 0);
        let after = || (section + 1..self.spans.len()).find(|&section| tiles(section) > 0);
        let column = tile % self.columns;
        match step {
            Step::Back if tile > 0 => (section, tile - 1),
            Step::Back => before().map_or(place, |section| (section, tiles(section) - 1)),
            Step::Forward if tile + 1 < tiles(section) => (section, tile + 1),
            Step::Forward => after().map_or(place, |section| (section, 0)),
            Step::Up if tile >= self.columns => (section, tile - self.columns),
            Step::Up => before().map_or(place, |section| {
                let last = tiles(section) - 1;
                let row = last - last % self.columns;
                (section, (row + column).min(last))
            }),
            // From the last row but one, a shorter last row is reached at its end.
            Step::Down if tile - column + self.columns < tiles(section) => {
                (section, (tile + self.columns).min(tiles(section) - 1))
            }
            Step::Down => {
                after().map_or(place, |section| (section, column.min(tiles(section) - 1)))
            }
            Step::First => {
                let first = (0..self.spans.len()).find(|&section| tiles(section) > 0);
                first.map_or(place, |section| (section, 0))
            }
            Step::Last => {
                let last = (0..self.spans.len())
                    .rev()
                    .find(|&section| tiles(section) > 0);
                last.map_or(place, |section| (section, tiles(section) - 1))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    /// Four columns; sections of 6 tiles, a collapsed one, and 2 tiles.
    fn layout() -> Layout {
        let layout = Layout::new([(true, 6), (true, 0), (true, 2)].into_iter(), 4.0 * 170.0);
        assert_eq!(layout.columns, 4);
        layout
    }

    #[wasm_bindgen_test]
    fn rows_and_headings_add_up() {
        let layout = layout();
        let tops: Vec<f64> = layout.spans.iter().map(|span| span.top).collect();
        let below = HEADING + 2.0 * layout.row;
        assert_eq!(tops, [0.0, below, below + HEADING]);
        assert_eq!(layout.height, below + 2.0 * HEADING + layout.row);
        assert_eq!(layout.row_of((0, 5)), Some((HEADING + layout.row, below)));
        let phone = Layout::new([(false, 4)].into_iter(), 360.0);
        assert_eq!((phone.columns, phone.height), (3, 2.0 * phone.row));
    }

    #[wasm_bindgen_test]
    fn only_what_is_near_is_visible() {
        let many = Layout::new([(true, 4000), (true, 10)].into_iter(), 680.0);
        let visible = many.visible(10_000.0, 10_800.0, OVERSCAN);
        let [(0, tiles)] = &visible[..] else {
            panic!("one section is visible: {visible:?}");
        };
        assert!(tiles.start % 4 == 0 && tiles.len() < 50, "{tiles:?}");
        let (top, _) = many.row_of((0, tiles.start)).expect("the section exists");
        let (_, bottom) = many.row_of((0, tiles.end - 1)).expect("the section exists");
        assert!(top <= 10_000.0 && bottom >= 10_800.0);
        assert_eq!(many.visible(-500.0, -450.0, 0.0), []);
    }

    #[wasm_bindgen_test]
    fn steps_cross_sections_and_pass_over_collapsed_ones() {
        let layout = layout();
        for (from, step, to) in [
            ((0, 0), Step::Back, (0, 0)),
            ((0, 5), Step::Forward, (2, 0)),
            ((2, 0), Step::Back, (0, 5)),
            ((0, 1), Step::Down, (0, 5)),
            ((0, 3), Step::Down, (0, 5)),
            ((0, 5), Step::Down, (2, 1)),
            ((2, 1), Step::Up, (0, 5)),
            ((2, 1), Step::Down, (2, 1)),
            ((2, 1), Step::First, (0, 0)),
            ((0, 2), Step::Last, (2, 1)),
        ] {
            assert_eq!(layout.step(from, step), to, "{from:?} {step:?}");
        }
    }
}
