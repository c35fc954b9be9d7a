//! `<glance-drop>` on pages with a strict policy.
//!
//! opened     an element on an open page, for the tests of both files
//! stubbed    with a stub of the package, which is told when to fail
//!
//! Here: with the package's own engine.

mod opened;
mod stubbed;

use glance_tests::model::{Native, random_pack};
use glance_tests::pictures::{PictureFile, disc, not_a_picture, stripes};
use glance_tests::site::{MODEL, Models};
use serde_json::{Value, json};

use opened::Opened;

/// Labels of the fixtures, and what their forms send for the first two.
const LABELS: [&str; 3] = ["red disc", "green stripes", "café 🐱"];
const VALUES: [&str; 2] = ["disc", "stripes"];
const TEMPLATE: &str = "a photo of a {}";

/// Cosines of a picture with labels, natively.
fn cosines(picture: PictureFile, labels: &[&str]) -> Vec<f32> {
    let labels: Vec<String> = labels.iter().map(|&label| label.to_owned()).collect();
    let native = Native::load(random_pack());
    native.cosines(&[picture], &labels, &[TEMPLATE]).remove(0)
}

fn best(cosines: &[f32]) -> usize {
    let places = 0..cosines.len();
    let best = places.max_by(|&one, &other| cosines[one].total_cmp(&cosines[other]));
    best.expect("there are labels")
}

#[test]
fn a_dropped_picture_gets_the_native_ranking_and_new_labels_rank_it_again() {
    let page = Opened::page("one.html");
    assert_eq!(page.drop("one", &[disc()]), json!([true, true, true]));
    agrees(&page, &LABELS);
    let fewer = &LABELS[..2];
    let change = format!("element.labels = {}", json!(fewer));
    page.ask("one", &change);
    agrees(&page, fewer);
    assert_eq!(page.browser.console_errors(), [""; 0]);
}

/// Waits for a ranking of these labels, and checks it against the native engine.
fn agrees(page: &Opened, labels: &[&str]) {
    let ranking = page.wait(
        "one",
        "the ranking",
        &format!(
            "const [{{ ranking }}] = element.results;
             return element.value !== null && ranking.length === {} && ranking",
            labels.len()
        ),
    );
    let expected = cosines(disc(), labels);
    let ranking = ranking.as_array().expect("the script returns a ranking");
    for row in ranking {
        let place = labels.iter().position(|&label| row["label"] == label);
        let cosine = row["cosine"].as_f64().unwrap_or_default() as f32;
        let expected = expected[place.expect("every label is one of ours")];
        assert!(
            (cosine - expected).abs() < 0.005,
            "{row} is {expected} natively"
        );
    }
    assert_eq!(page.value("one"), labels[best(&expected)]);
}

#[test]
fn a_form_needs_a_picture_and_sends_its_label() {
    let page = Opened::page("form.html");
    page.browser.click_role("button", "Send");
    let missing = "return document.activeElement === element && element.validity.valueMissing";
    page.wait("find", "the form to ask for a picture", missing);
    page.drop("find", &[disc()]);
    page.value("find");
    page.browser.click_role("button", "Start again");
    page.wait(
        "find",
        "the form to be empty",
        "return element.results.length === 0",
    );
    page.drop("find", &[stripes()]);
    let expected = VALUES[best(&cosines(stripes(), &LABELS[..2]))];
    assert_eq!(page.value("find"), expected);
    page.browser.click_role("button", "Send");
    let sent = format!("return location.search === '?kind={expected}'");
    page.browser.wait_for("the form to be sent", &sent);
}

#[test]
fn elements_share_a_model_and_name_what_they_cannot_read() {
    let page = Opened::page("many.html");
    page.drop("many", &[disc(), not_a_picture(), stripes()]);
    page.drop("german", &[disc(), not_a_picture()]);
    let values: Value = serde_json::from_str(&page.value("many")).expect("the value is JSON");
    assert_eq!(values[0]["name"], disc().name);
    assert_eq!(values[1]["name"], stripes().name);
    let errors = "return element.results.map(({ error }) => error?.code ?? null)";
    assert_eq!(page.ask("many", errors), json!([null, "picture", null]));
    page.says("german", "2 Bilder: ");
    assert!(page.browser.has_role("button", "Bilder auswählen"));
    let size = random_pack().len() as u64;
    assert!(page.site.bytes_sent(MODEL) <= size, "the model came once");
}

#[test]
fn a_model_out_of_reach_is_told_and_a_retry_loses_nothing() {
    let page = Opened::page_when("one.html", Models::Unreachable);
    page.drop("one", &[disc()]);
    let told = "return element.results.length === 1
        && !tree.querySelector('[part~=retry]').hidden";
    page.wait("one", "the button to try again", told);
    page.site.set_models(Models::Served);
    page.browser.click_role("button", "Try again");
    agrees(&page, &LABELS);
}
