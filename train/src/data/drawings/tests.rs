//! From icon sets to a data set, on sets small enough to read.

use rand::{SeedableRng, rngs::SmallRng};

use super::draw::draw_all;
use super::drawn::{Drawn, SetReport};
use super::icons::Icons;
use super::names::{self, Names};
use super::sources::{ICON_SETS, IconSet};
use crate::data::photos::Photo;
use crate::data::{Dataset, Example, Raster};
use crate::packages::Files;

const NAMES_JSON: &str = r#"[
    {"hexcode": "1F600", "label": "grinning face", "tags": ["happy", "smile"]},
    {"hexcode": "1F44B", "label": "waving hand", "tags": ["hello"]},
    {"hexcode": "1F1EB-1F1F7", "label": "flag: France", "tags": ["FR"]}
]"#;

/// A set for training, with a skin tone, a withdrawn icon and one that draws nothing.
const TRAINED: &str = r##"{"width": 8, "height": 4, "icons": {
    "grinning": {"body": "<rect width=\"8\" height=\"4\" fill=\"#f00\"/>"},
    "waving-hand": {"body": "<rect width=\"8\" height=\"4\" fill=\"#0f0\"/>"},
    "waving-hand-dark": {"body": "<rect width=\"8\" height=\"4\"/>"},
    "waving-hand-light-skin-tone": {"body": "<rect width=\"8\" height=\"4\"/>"},
    "old-hand": {"body": "<rect width=\"8\" height=\"4\"/>", "hidden": true},
    "nothing": {"body": "<g/>"},
    "broken": {"body": "<g>"},
    "flag-for-france": {"body": "<rect width=\"8\" height=\"4\" fill=\"#00f\"/>"}
}}"##;
const TRAINED_CHARS: &str = r#"{"1f600": "grinning", "1f44b": "waving-hand"}"#;

/// The held-out set: blue, one emoji that training knows and one that it does not.
const HELD_OUT: &str = r##"{"width": 4, "height": 4, "icons": {
    "grinning-face": {"body": "<rect width=\"4\" height=\"4\" fill=\"#123456\"/>"},
    "hand": {"body": "<rect width=\"4\" height=\"4\" fill=\"#123456\"/>"},
    "dodo": {"body": "<rect width=\"4\" height=\"4\" fill=\"#123456\"/>"}
}}"##;
const HELD_OUT_CHARS: &str = r#"{"1f600": "grinning-face", "1f44b-1f3fd": "hand"}"#;

fn set(held_out: bool) -> &'static IconSet {
    ICON_SETS
        .iter()
        .find(|set| set.held_out == held_out)
        .expect("the table has sets of both kinds")
}

fn drawn() -> (Vec<Drawn>, Vec<SetReport>) {
    let files = |pairs: &[(&str, &str)]| -> Files {
        pairs
            .iter()
            .map(|(file, text)| ((*file).to_owned(), text.as_bytes().to_vec()))
            .collect()
    };
    let mut naming = files(&[(names::FILES[0], NAMES_JSON)]);
    for file in &names::FILES[1..] {
        naming.insert((*file).to_owned(), b"{}".to_vec());
    }
    let mut names = Names::read("names", &naming).expect("the fixture is whole");
    let icons = |drawings, chars| {
        Icons::read(
            "set",
            &files(&[("icons.json", drawings), ("chars.json", chars)]),
        )
        .expect("the fixture is whole")
    };
    let sets = [
        (set(false), icons(TRAINED, TRAINED_CHARS)),
        (set(true), icons(HELD_OUT, HELD_OUT_CHARS)),
    ];
    draw_all(&sets, &mut names)
}

fn photo(held_out: bool, level: u8) -> Photo {
    let raster = Raster {
        side: 1,
        rgba: vec![level, level, level, 255],
    };
    Photo {
        phrases: vec!["cat".into()],
        held_out,
        raster,
    }
}

fn dataset() -> Dataset {
    let (drawn, reports) = drawn();
    Dataset::assemble(
        drawn,
        vec![photo(false, 1), photo(true, 2), photo(false, 3)],
        reports,
    )
}

#[test]
fn one_emoji_is_one_concept_whoever_drew_it() {
    let data = dataset();
    assert_eq!(
        data.concepts,
        ["flag of france", "grinning face", "waving hand", "cat"]
    );
    let held_out = &data.held_out_emoji;
    assert_eq!(
        held_out.len(),
        1,
        "the dodo is known to no other, the hand has a skin tone"
    );
    assert_eq!(held_out[0].phrases, ["grinning face", "happy", "smile"]);
    assert_eq!(data.concepts[held_out[0].concept as usize], "grinning face");
}

#[test]
fn the_held_out_vendor_is_never_trained_on() {
    let data = dataset();
    let blue = [0x12, 0x34, 0x56, 255];
    let shows = |example: &Example| example.raster.rgba.chunks_exact(4).any(|p| p == blue);
    assert!(data.held_out_emoji.iter().all(shows));
    assert!(!data.train.iter().any(shows));
}

#[test]
fn skin_tones_blanks_and_hidden_icons_are_left_out() {
    let (_, reports) = drawn();
    let [trained, held_out] = reports.as_slice() else {
        panic!("two sets, two reports")
    };
    let counts = |report: &SetReport| {
        [
            report.drawn,
            report.skin_tones,
            report.hidden,
            report.unnamed,
            report.empty,
        ]
    };
    assert_eq!(counts(trained), [3, 2, 1, 0, 2]);
    assert_eq!(counts(held_out), [2, 1, 0, 0, 0]);
}

#[test]
fn held_out_photos_are_not_trained_on() {
    let data = dataset();
    let levels = |examples: &[Example]| -> Vec<u8> {
        examples
            .iter()
            .filter(|e| e.photo)
            .map(|e| e.raster.rgba[0])
            .collect()
    };
    assert_eq!(levels(&data.train), [1, 3]);
    assert_eq!(levels(&data.held_out_photos), [2]);
    assert_eq!(data.held_out_photos[0].concept, data.train[3].concept);
}

#[test]
fn wide_icons_are_centred_and_whole() {
    let (drawn, _) = drawn();
    let flag = drawn
        .iter()
        .find(|picture| picture.phrases[0] == "flag of france");
    let raster = &flag.expect("the fixture has a flag").raster;
    let pixel = |x: usize, y: usize| &raster.rgba[(y * raster.side + x) * 4..][..4];
    // 8 × 4 units fill the width and the middle half of the height.
    let (quarter, last) = (raster.side / 4, raster.side - 1);
    let middle = 2 * quarter;
    assert_eq!(pixel(0, middle), [0, 0, 255, 255]);
    assert_eq!(pixel(last, middle), [0, 0, 255, 255]);
    assert_eq!(pixel(middle, quarter - 1)[3], 0);
    assert_eq!(pixel(middle, quarter), [0, 0, 255, 255]);
    assert_eq!(pixel(middle, 3 * quarter - 1), [0, 0, 255, 255]);
    assert_eq!(pixel(middle, 3 * quarter)[3], 0);
}

#[test]
fn a_batch_mixes_photos_in_and_repeats_nothing() {
    let data = dataset();
    let rng = &mut SmallRng::seed_from_u64(3);
    let mut batch = data.batch(4, 0.25, rng);
    assert_eq!(batch.iter().filter(|at| data.train[**at].photo).count(), 1);
    batch.sort_unstable();
    assert_eq!(batch, [0, 1, 2, batch[3]]);
    assert_eq!(data.batch(2, 0.0, rng).len(), 2);
    for at in batch {
        assert_eq!(data.view(at, 8, rng).len(), 8 * 8 * 3);
    }
}
