//! How it works: the numbers of the lesson are those of the page and of the native engine.

use glance_tests::browser::{Key, Webgpu};
use glance_tests::model::{Native, random_pack};
use glance_tests::page::{Page, RankedLabel};
use glance_tests::pictures::{disc, stripes};
use serde_json::{Value, json};

use crate::ranking::LABELS;

const SUMMARY: &str = "document.querySelector('#how summary').focus()";
const SHARES: &str = "return Array.from(document.querySelectorAll('[data-testid=lesson-share]'), \
     ({ dataset }) => [dataset.label, Number(dataset.percent)])";
const TEXTS: &str = "return Array.from(document.querySelectorAll('[data-testid=lesson-caption]'), \
     field => field.value)";
const LOSS: &str = "const loss = document.querySelector('[data-testid=lesson-loss]')?.dataset;
     return loss ? [loss.rows, loss.columns, loss.loss].map(Number) : false";

/// A page with two pictures, and the lesson opened by keyboard.
fn opened() -> Page {
    let page = Page::open(Some(random_pack()), Webgpu::Software, "?device=cpu");
    page.set_labels(&LABELS);
    page.drop_files(&[disc(), stripes()]);
    page.settled(2);
    let built = "return document.querySelector('#how .step') !== null";
    assert_eq!(page.browser.execute(built, Vec::new()), false);
    page.browser.execute(SUMMARY, Vec::new());
    page.browser.press(Key::Enter);
    page.browser.wait_for("the lesson", built);
    page
}

#[test]
fn percentages_at_the_own_factor_are_those_of_the_page() {
    let page = opened();
    let ranking = page.ranking(0);
    let shares = shares(&page, "true");
    assert_eq!(shares.len(), ranking.len());
    for (row, (label, percent)) in ranking.iter().zip(&shares) {
        assert_eq!(*label, row.label);
        let apart = (row.percent - percent).abs();
        assert!(apart < 0.1, "{row:?} has {percent} % in the lesson");
    }
    assert_eq!(page.browser.console_errors(), [""; 0]);
}

#[test]
fn the_factor_is_changed_and_reset_by_keyboard() {
    let page = opened();
    let ranking = page.ranking(0);
    let own = shares(&page, "true");
    page.browser.execute(SUMMARY, Vec::new());
    // The link to the paper, the choice of pictures, the slider.
    let stops = ["CLIP", "Picture", "Factor"].map(|_| {
        page.browser.press(Key::Tab);
        page.browser.focused().1
    });
    assert_eq!(stops, ["CLIP", "Picture", "Factor"]);

    press(&page, "Home", 36);
    agrees_at(&shares(&page, &factor(1)), &ranking, 1.0);
    press(&page, "ArrowRight", 39);
    agrees_at(&shares(&page, &factor(2)), &ranking, 2.0);

    page.browser.press(Key::Tab);
    let (_, name) = page.browser.focused();
    assert!(name.starts_with("The model’s own: "), "{name}");
    page.browser.press(Key::Enter);
    assert_eq!(shares(&page, &format!("!{}", factor(2))), own);
}

#[test]
fn the_loss_is_that_of_native_cosines() {
    let page = opened();
    let native = Native::load(random_pack());
    let before = page.browser.wait_for("the loss", LOSS);
    loss_agrees(&page, &native);

    let second = "#how .texts li:nth-child(2) input";
    page.browser.type_into(second, " seen from above");
    page.browser.wait_for(
        "the matrix of the new text",
        "return document.querySelector('.matrix thead').textContent.includes('seen from above')",
    );
    assert_ne!(page.browser.execute(LOSS, Vec::new()), before);
    loss_agrees(&page, &native);
    assert_eq!(page.browser.console_errors(), [""; 0]);
}

/// Waits for a share of every label and for a condition, and reads labels and percentages.
fn shares(page: &Page, condition: &str) -> Vec<(String, f32)> {
    let count = "document.querySelectorAll('[data-testid=lesson-share]').length";
    let script = format!("return {count} === {} && {condition}", LABELS.len());
    page.browser.wait_for("the percentages", &script);
    let rows = page.browser.execute(SHARES, Vec::new());
    let rows = rows.as_array().expect("the script returns rows").iter();
    rows.map(|row| {
        let label = row[0].as_str().expect("a label is a text");
        (label.to_owned(), number(&row[1]))
    })
    .collect()
}

/// Whether the page shows this factor, as JavaScript.
fn factor(factor: u32) -> String {
    format!("document.querySelector('#lesson-scale-output').innerText.startsWith('{factor}.0,')")
}

/// Compares percentages with the softmax of the page's cosines.
fn agrees_at(shares: &[(String, f32)], ranking: &[RankedLabel], factor: f32) {
    let powers: Vec<f32> = ranking
        .iter()
        .map(|row| (factor * row.cosine).exp())
        .collect();
    let sum: f32 = powers.iter().sum();
    for ((label, percent), power) in shares.iter().zip(powers) {
        let expected = 100.0 * power / sum;
        assert!(
            (percent - expected).abs() < 0.01,
            "{label} has {percent} %, not {expected} %, at {factor}"
        );
    }
}

/// Compares the loss with that of the native engine for the texts on the page.
fn loss_agrees(page: &Page, native: &Native) {
    let texts = page.browser.execute(TEXTS, Vec::new());
    let texts = texts.as_array().expect("the script returns texts").iter();
    let texts: Vec<String> = texts
        .map(|text| text.as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(texts.len(), 2);
    let cosines = native.cosines(&[disc(), stripes()], &texts, &[]);
    let loss = |by_row: &dyn Fn(usize) -> Vec<f32>| {
        let losses = (0..2).map(|at| -native.shares(&by_row(at))[at].ln());
        losses.sum::<f32>() / 2.0
    };
    let rows = loss(&|row| cosines[row].clone());
    let columns = loss(&|column| cosines.iter().map(|row| row[column]).collect());
    let shown = page.browser.execute(LOSS, Vec::new());
    for (at, expected) in [rows, columns, f32::midpoint(rows, columns)]
        .into_iter()
        .enumerate()
    {
        let apart = (number(&shown[at]) - expected).abs();
        assert!(apart < 0.01, "{shown} has {expected} natively at {at}");
    }
}

/// Presses a key that types nothing, where the focus is.
fn press(page: &Page, key: &str, number: u32) {
    for kind in ["keyDown", "keyUp"] {
        let event = json!({
            "type": kind, "key": key, "code": key, "windowsVirtualKeyCode": number,
        });
        page.browser.devtools("Input.dispatchKeyEvent", event);
    }
}

fn number(value: &Value) -> f32 {
    value.as_f64().map_or(f32::NAN, |value| value as f32)
}
