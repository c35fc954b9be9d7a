//! The sheet of models: how it opens and closes, and what it recommends.

use glance_tests::browser::{Key, Webgpu};
use glance_tests::model::random_pack;
use glance_tests::page::Page;
use serde_json::json;

use crate::visit::QUERY;

const OPEN: &str = "return document.querySelector('#models').open";
const CLOSED: &str = "return !document.querySelector('#models').open";

fn open() -> Page {
    let page = Page::open(Some(random_pack()), Webgpu::Software, QUERY);
    page.model();
    page
}

/// Waits until the focus is on the chip, behind the closed sheet.
fn is_back_on_the_chip(page: &Page) {
    page.browser.wait_for("the sheet to close", CLOSED);
    let chip = "return document.activeElement.matches('.model-chip')";
    page.browser.wait_for("the focus to return", chip);
}

fn resize(page: &Page, width: u32, height: u32) {
    let metrics = json!({
        "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500,
    });
    page.browser
        .devtools("Emulation.setDeviceMetricsOverride", metrics);
}

/// Presses and releases the mouse at different points, or at the same.
fn drag(page: &Page, from: (i32, i32), to: (i32, i32)) {
    for (kind, (x, y)) in [("mousePressed", from), ("mouseReleased", to)] {
        let event = json!({"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1});
        page.browser.devtools("Input.dispatchMouseEvent", event);
    }
}

#[test]
fn it_opens_and_closes_from_the_keyboard() {
    let page = open();
    let focus = "document.querySelector('.model-chip').focus()";
    page.browser.execute(focus, Vec::new());
    page.browser.press(Key::Enter);
    page.browser.wait_for("the sheet", OPEN);
    let focused = || {
        let (role, name) = page.browser.focused();
        format!("{role} {name}")
    };
    page.browser.wait_for(
        "the focus to be inside",
        "return document.activeElement.matches('#models *')",
    );
    assert_eq!(focused(), "heading Models");
    assert!(page.browser.has_role("dialog", "Models"));
    page.browser.press(Key::Escape);
    is_back_on_the_chip(&page);

    page.browser.press(Key::Enter);
    page.browser.wait_for("the sheet", OPEN);
    page.browser.press(Key::Tab);
    assert_eq!(focused(), "button Close");
    page.browser.press(Key::Enter);
    is_back_on_the_chip(&page);
    assert_eq!(page.browser.console_errors(), [""; 0]);
}

#[test]
fn a_link_and_the_address_open_it_and_a_click_beside_it_closes_it() {
    let page = open();
    resize(&page, 1280, 900);
    page.browser
        .click_role("link", "A larger CLIP is one click away.");
    page.browser.wait_for("the sheet", OPEN);
    let behind = "return getComputedStyle(document.documentElement).overflowY";
    assert_eq!(page.browser.execute(behind, Vec::new()), "hidden");
    // A window of 1280 pixels leaves 190 on each side of the sheet.
    let (inside, beside) = ((640, 450), (90, 450));
    drag(&page, inside, beside);
    assert_eq!(page.browser.execute(OPEN, Vec::new()), true);
    drag(&page, beside, beside);
    page.browser.wait_for("the sheet to close", CLOSED);

    page.browser.open("about:blank");
    page.browser
        .open(&page.site.address(&format!("{QUERY}#models")));
    let open = "return document.querySelector('#models')?.open";
    page.browser.wait_for("the sheet", open);
    page.close_models();
    page.browser
        .wait_for("the plain address", "return location.hash === ''");
}

#[test]
fn the_demo_is_marked_and_one_model_is_recommended() {
    let page = Page::open(None, Webgpu::Software, QUERY);
    page.model();
    page.open_models();
    assert!(page.browser.has_role("button", "In use Glance demo"));
    page.browser.wait_for(
        "the measured speeds",
        "const kinds = Array.from(document.querySelectorAll('.listed-model .kind'));
         const here = kinds.map(kind => kind.innerText.endsWith(' here'));
         return !here[0] && here.length > 1 && here.slice(1).every(Boolean)",
    );
    let recommended = "return document.querySelectorAll('.recommended:not([hidden])').length";
    assert_eq!(page.browser.execute(recommended, Vec::new()), 1);
    assert_eq!(page.foreign_requests(), [""; 0]);
    assert_eq!(page.browser.console_errors(), [""; 0]);
}

#[test]
fn a_model_in_place_of_the_demo_is_not_described_as_the_demo() {
    let page = open();
    page.open_models();
    let hidden = "return document.querySelector('.listed-model').hidden";
    assert_eq!(page.browser.execute(hidden, Vec::new()), true);
    assert!(page.about_model().contains("Random weights"));
}

#[test]
fn it_fills_a_phone_and_scrolls_inside() {
    let page = open();
    resize(&page, 320, 640);
    page.open_models();
    let fits = page.browser.execute(
        "const sheet = document.querySelector('#models').getBoundingClientRect();
         const body = document.querySelector('.models-body');
         return [sheet.width, sheet.height, body.scrollWidth <= body.clientWidth,
             body.scrollHeight > body.clientHeight]",
        Vec::new(),
    );
    assert_eq!(fits, json!([320, 640, true, true]));
}
