//! Every screen, read by axe-core: what a machine can tell of WCAG 2.2 AA. It does not replace the tests
//! that use the keyboard.

use std::env;
use std::fs;

use glance_tests::browser::{Key, Webgpu};
use glance_tests::page::Page;
use glance_tests::pictures::{disc, stripes};
use serde_json::{Value, json};

/// The file of axe-core, which `cargo xtask test` installs; without npm it leaves these tests out, aloud.
const AXE: &str = "GLANCE_AXE";

#[test]
fn a_desktop_by_day_has_no_findings() {
    has_no_findings("en", 1440, 900, false);
}

#[test]
fn a_phone_by_night_has_no_findings() {
    has_no_findings("en", 390, 844, true);
}

#[test]
fn a_german_phone_by_day_has_no_findings() {
    has_no_findings("de", 390, 844, false);
}

fn has_no_findings(language: &str, width: u32, height: u32, dark: bool) {
    let page = Page::open(
        None,
        Webgpu::None,
        &format!("?device=cpu&language={language}"),
    );
    let metrics = json!({
        "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600,
    });
    page.browser
        .devtools("Emulation.setDeviceMetricsOverride", metrics);
    let scheme = if dark { "dark" } else { "light" };
    let features = json!([
        {"name": "prefers-color-scheme", "value": scheme},
        // Whatever moves is at its end, so contrast is that of the screen at rest.
        {"name": "prefers-reduced-motion", "value": "reduce"},
    ]);
    page.browser
        .devtools("Emulation.setEmulatedMedia", json!({"features": features}));
    page.model();
    let axe = env::var(AXE).expect("cargo xtask test names the file of axe-core");
    let axe = fs::read_to_string(axe).expect("axe-core is installed");
    page.browser.execute(&axe, Vec::new());
    let mut findings = Vec::new();
    let mut look = |screen: &str| findings.extend(examine(&page, screen));

    look("the empty page");
    page.browser.click(".from-address button");
    page.browser.wait_for(
        "the field",
        "return document.querySelector('#picture-addresses')",
    );
    look("an address");
    page.browser.click(".from-address button");
    page.open_models();
    page.browser.execute(
        "document.querySelector('#models details').open = true",
        Vec::new(),
    );
    look("the models");
    page.close_models();

    page.drop_files(&[disc(), stripes()]);
    page.settled(2);
    page.ranking(1);
    look("cards");
    let more: Vec<_> = (1..15).map(|number| disc().copy(number)).collect();
    page.drop_files(&more);
    all_done(&page);
    look("tiles");
    page.browser.click("#sets-button");
    page.browser
        .wait_for("the sets", "return document.querySelector('#set-name')");
    look("the label sets");
    page.browser.press(Key::Escape);
    page.browser.click(".menu-button");
    page.browser
        .wait_for("the menu", "return document.querySelector('.menu-title')");
    look("the menu");
    page.browser.press(Key::Escape);
    page.browser.click(".tile-select");
    look("a selection");
    page.browser.click(".tile-open");
    page.browser
        .wait_for("the panel", "return document.querySelector('.panel-head')");
    look("the panel");
    page.browser.execute(
        "document.querySelector('.panel-head').lastElementChild.click()",
        Vec::new(),
    );
    page.browser.click("#mode-search");
    page.browser.type_into("#search-input", "a red disc");
    all_done(&page);
    look("a search");
    page.browser.click("#mode-match");
    page.browser
        .type_into("#captions-input", "a red disc\nstripes of a field");
    page.browser.wait_for(
        "the table",
        "return document.querySelectorAll('td').length >= 32",
    );
    look("captions");
    page.browser.click("#mode-sort");
    page.browser.execute(
        "document.querySelector('#how details').open = true",
        Vec::new(),
    );
    page.browser.wait_for(
        "the lesson",
        "return document.querySelectorAll('#how h3').length >= 7",
    );
    look("the lesson");
    assert!(findings.is_empty(), "{findings:#?}");
}

/// Waits until the tiles of 16 pictures have their answers. Only those near the window are there.
fn all_done(page: &Page) {
    page.browser.wait_for(
        "the answers",
        "const tiles = Array.from(document.querySelectorAll('.tile'));
         return tiles.length > 0
             && /16/.test(document.querySelector('#model-status').innerText)
             && tiles.every(({ dataset }) => dataset.state === 'done')",
    );
}

/// What axe finds on the screen: its rule, and the elements.
fn examine(page: &Page, screen: &str) -> Vec<String> {
    let script = "const { violations, passes } = await axe.run(document,
             { resultTypes: ['violations', 'passes'] });
         if (passes.length < 10) throw new Error('axe looked at nothing');
         return violations.flatMap(({ id, nodes }) => nodes.map(({ html, any, all, none }) =>
             `${id}: ${html.slice(0, 160)}: ${[...any, ...all, ...none].map(({ message }) => message)}`))";
    let found = page.browser.execute_async(script, Vec::new());
    let found = found.as_array().expect("axe gives a list");
    found
        .iter()
        .filter_map(Value::as_str)
        .map(|finding| format!("{screen}: {finding}"))
        .collect()
}
