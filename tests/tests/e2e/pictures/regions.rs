//! Where in a picture a label is seen: colours over the open picture, and a sentence.

use glance_tests::browser::{Key, Webgpu};
use glance_tests::model::{Native, random_pack};
use glance_tests::page::Page;
use glance_tests::pictures::{PictureFile, disc};
use serde_json::json;

use crate::pictures::library::{offer, page_that_remembers};
use crate::ranking::LABELS;

/// The random model sees four regions a side, in the middle three quarters of the disc's picture.
const REGION: [f32; 2] = [0.75 / 4.0, 1.0 / 4.0];

fn open_panel(page: &Page) {
    page.browser.execute(
        "document.querySelector('.card-picture').click()",
        Vec::new(),
    );
    page.browser.wait_for(
        "the panel with its labels",
        "return document.querySelectorAll('.panel button.where').length === 3",
    );
}

fn ask(page: &Page, label: &str) {
    page.browser
        .click_role("button", &format!("Where? {label}"));
}

/// Waits for the colours of a label; returns the place of the brightest, across and down, 0 to 1.
fn brightest(page: &Page, label: &str) -> [f32; 2] {
    let sentence = json!(format!("Most like “{label}” "));
    let place = page.browser.wait_for(
        "the colours and the sentence",
        &format!(
            "const canvas = document.querySelector('.panel canvas.heat-map');
             const said = document.querySelector('.panel [role=status]').innerText.trim();
             if (canvas.hidden || !said.startsWith({sentence}) || !said.endsWith('.')) return false;
             const {{ width, height }} = canvas;
             const {{ data }} = canvas.getContext('2d').getImageData(0, 0, width, height);
             let best = 0;
             for (let at = 0; at < data.length; at += 4) if (data[at] > data[best]) best = at;
             const pixel = best / 4;
             return [(pixel % width + 0.5) / width, (Math.floor(pixel / width) + 0.5) / height]"
        ),
    );
    [0, 1].map(|axis| place[axis].as_f64().map_or(f32::NAN, |place| place as f32))
}

fn agrees(found: [f32; 2], expected: [f32; 2], label: &str) {
    for ((found, expected), reach) in found.into_iter().zip(expected).zip(REGION) {
        let apart = (found - expected).abs();
        assert!(apart < reach, "{label}: {found} instead of {expected}");
    }
}

fn is_hidden(page: &Page) {
    page.browser.wait_for(
        "the colours to go, and the panel to stay",
        "return document.querySelector('.panel canvas.heat-map').hidden
             && document.querySelector('.panel [role=status]').innerText.trim() === ''",
    );
}

#[test]
fn colours_and_words_say_where_a_label_is_seen() {
    let page = Page::open(Some(random_pack()), Webgpu::Software, "?device=cpu");
    page.set_labels(&LABELS);
    page.drop_files(&[disc()]);
    page.settled(1);
    open_panel(&page);
    let native = Native::load(random_pack());
    let template = page.template();
    for first in 0..2 {
        let mut labels = LABELS;
        labels.rotate_left(first);
        ask(&page, labels[0]);
        let expected = native.best_region(&disc(), &labels, &[&template]);
        agrees(brightest(&page, labels[0]), expected, labels[0]);
    }
    // A second click hides them, and so does Escape, which else closes the panel.
    ask(&page, LABELS[1]);
    is_hidden(&page);
    ask(&page, LABELS[1]);
    brightest(&page, LABELS[1]);
    page.browser.press(Key::Escape);
    is_hidden(&page);
    page.browser.press(Key::Escape);
    page.browser.wait_for(
        "the panel to close",
        "return document.querySelector('.panel') === null",
    );
    assert_eq!(page.browser.console_errors(), [""; 0]);
}

#[test]
fn a_picture_of_an_earlier_visit_needs_no_file() {
    let files: [PictureFile; 1] = [disc()];
    let page = page_that_remembers(&files);
    page.reload();
    offer(&page);
    page.browser.click_role("button", "Continue");
    page.settled(1);
    open_panel(&page);
    ask(&page, LABELS[0]);
    brightest(&page, LABELS[0]);
    assert_eq!(page.browser.console_errors(), [""; 0]);
}
