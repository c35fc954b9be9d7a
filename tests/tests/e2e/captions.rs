//! Captions: every picture against every line.

use glance_tests::browser::Webgpu;
use glance_tests::model::{Native, random_pack};
use glance_tests::page::{Cell, Page};
use glance_tests::pictures::{disc, stripes};

const CAPTIONS: [&str; 3] = [
    "a red disc in the sky",
    "stripes",
    "something else entirely",
];

#[test]
fn captions_are_matched_as_natively() {
    let page = Page::open(Some(random_pack()), Webgpu::Software, "?device=cpu");
    page.drop_files(&[disc(), stripes()]);
    page.browser.click("#mode-match");
    page.browser
        .type_into("#captions-input", &CAPTIONS.join("\n"));
    let cells = page.cells(2 * CAPTIONS.len());

    let captions = CAPTIONS.map(str::to_owned);
    let expected = Native::load(random_pack()).cosines(&[disc(), stripes()], &captions, &[]);
    for (file, row) in [disc(), stripes()].iter().zip(&expected) {
        for (caption, cosine) in CAPTIONS.iter().zip(row) {
            let cell = find(&cells, &file.name, caption);
            assert!(
                (cell.cosine - cosine).abs() < 0.005,
                "{cell:?} has {cosine} natively"
            );
        }
    }
    for file in [disc(), stripes()] {
        let row: Vec<&Cell> = cells
            .iter()
            .filter(|cell| cell.picture == file.name)
            .collect();
        only_the_best(&row, |cell| cell.row_best);
    }
    for caption in CAPTIONS {
        let column: Vec<&Cell> = cells
            .iter()
            .filter(|cell| cell.caption == caption)
            .collect();
        only_the_best(&column, |cell| cell.column_best);
    }
}

#[test]
fn a_long_table_is_drawn_in_steps() {
    let page = Page::open(Some(random_pack()), Webgpu::None, "?device=cpu");
    let files: Vec<_> = (0..103).map(|number| disc().copy(number)).collect();
    page.drop_files(&files);
    page.browser.click("#mode-match");
    page.browser.type_into("#captions-input", CAPTIONS[0]);
    page.browser.wait_for(
        "the choice of views",
        "const views = document.querySelector('.arrange select');
         if (!views) return false;
         views.value = 'table';
         views.dispatchEvent(new Event('change', { bubbles: true }));
         return true",
    );
    page.cells(100);
    page.browser
        .click_role("button", "Show 3 of 3 more pictures");
    page.cells(103);
}

fn find<'a>(cells: &'a [Cell], picture: &str, caption: &str) -> &'a Cell {
    cells
        .iter()
        .find(|cell| cell.picture == picture && cell.caption == caption)
        .unwrap_or_else(|| panic!("no cell for {picture} and {caption:?} in {cells:?}"))
}

fn only_the_best(cells: &[&Cell], marked: impl Fn(&Cell) -> bool) {
    let best = cells
        .iter()
        .map(|cell| cell.cosine)
        .fold(f32::NEG_INFINITY, f32::max);
    assert_eq!(
        cells.iter().filter(|cell| marked(cell)).count(),
        1,
        "one is marked: {cells:?}"
    );
    let right = cells
        .iter()
        .all(|cell| !marked(cell) || cell.cosine == best);
    assert!(right, "the best is marked: {cells:?}");
}
