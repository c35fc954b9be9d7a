//! Pictures of other sites, by their addresses.

use glance_tests::browser::Webgpu;
use glance_tests::model::{Native, random_pack};
use glance_tests::page::Page;
use glance_tests::site::{Faults, Site};
use serde_json::{Value, json};

use crate::bad_input::one_sentence;
use crate::first_visit::sample;
use crate::installed::stored_offline;
use crate::ranking::{LABELS, agrees};

const CAT: &str = "samples/cat.jpg";
const MISSING: &str = "samples/none.jpg";
const FIELD: &str = "#picture-addresses";

/// The page, and another site.
fn page_and_site() -> (Page, Site) {
    let page = Page::open(Some(random_pack()), Webgpu::Software, "?device=cpu");
    (page, Site::start(None))
}

/// Types an address into the form, and adds it.
fn add(page: &Page, address: &str) {
    page.browser.click_role("button", "From an address…");
    page.browser.type_into(FIELD, address);
    page.browser.click_role("button", "Add");
}

/// Waits until the field holds this.
fn field_holds(page: &Page, text: &str) {
    let script = format!(
        "return document.querySelector('{FIELD}').value === {}",
        json!(text)
    );
    page.browser
        .wait_for("the addresses that are left", &script);
}

/// Waits for a message that contains this, and returns it.
fn message(page: &Page, part: &str) -> String {
    let script = format!(
        "const message = document.querySelector('#message').innerText.trim();
         return message.includes({}) && message",
        json!(part)
    );
    let message = page.browser.wait_for(part, &script);
    message.as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_picture_is_added_by_its_address() {
    let page = stored_offline();
    let other = Site::start(None);
    other.share(CAT);
    page.set_labels(&LABELS);
    page.browser.click_role("button", "From an address…");
    page.browser.type_into(FIELD, &other.address(CAT));
    assert!(other.requests().is_empty(), "nothing is fetched before Add");
    page.browser.click_role("button", "Add");
    agrees(&page, &Native::load(random_pack()), 0, &sample("cat.jpg"));
    assert!(page.browser.has_role("button", "Remove cat.jpg"));
    field_holds(&page, "");
    assert_eq!(page.browser.console_errors(), [""; 0]);
}

#[test]
fn a_site_that_lets_no_other_page_read_is_named() {
    let (page, other) = page_and_site();
    add(&page, &other.address(CAT));
    let message = message(&page, "does not let other pages read it");
    one_sentence(&message);
    assert!(message.contains("localhost"), "{message}");
    field_holds(&page, &other.address(CAT));
}

#[test]
fn of_several_addresses_those_that_failed_are_left() {
    let (page, other) = page_and_site();
    for path in [CAT, MISSING, "index.html"] {
        other.share(path);
    }
    let addresses = [MISSING, CAT, "index.html"].map(|path| other.address(path));
    let paste = "const clipboardData = new DataTransfer();
         clipboardData.setData('text', arguments[0]);
         document.body.dispatchEvent(new ClipboardEvent('paste',
             { clipboardData, bubbles: true, cancelable: true }))";
    let pasted: Value = addresses.join("\n").into();
    page.browser.execute(paste, vec![pasted]);
    page.browser.wait_for(
        "the focus to go to Add",
        "return document.activeElement.id === 'add-addresses'",
    );
    assert!(other.requests().is_empty(), "nothing is fetched before Add");
    page.browser.click_role("button", "Add");
    let message = message(&page, "2 of 3 pictures failed.");
    assert!(message.contains("(404)"), "{message}");
    assert_eq!(page.settled(1), ["done"]);
    field_holds(
        &page,
        &[&addresses[0], &addresses[2]]
            .map(String::as_str)
            .join("\n"),
    );
}

#[test]
fn what_is_no_picture_or_no_address_gets_one_sentence() {
    let (page, other) = page_and_site();
    add(&page, "cat.jpg");
    let said = page.browser.wait_for(
        "a word on the address",
        "return document.querySelector('#from-address [role=status]').innerText.trim()",
    );
    one_sentence(said.as_str().unwrap_or_default());
    other.share("index.html");
    let clear = format!(
        "const field = document.querySelector('{FIELD}');
         field.value = '';
         field.dispatchEvent(new Event('input', {{ bubbles: true }}))"
    );
    page.browser.execute(&clear, Vec::new());
    page.browser.type_into(FIELD, &other.address("index.html"));
    page.browser.click_role("button", "Add");
    one_sentence(&message(&page, "No picture came from"));
    assert_eq!(page.settled(0), [""; 0]);
}

#[test]
fn a_picture_under_way_can_be_cancelled() {
    let (page, other) = page_and_site();
    page.model();
    other.share(CAT);
    let held = Faults {
        held_from: Some(0),
        ..Faults::default()
    };
    other.set_faults(CAT, held);
    add(&page, &other.address(CAT));
    other.wait_for("the picture", |requests| !requests.is_empty());
    page.browser.click_role("button", "Cancel");
    message(&page, "Stopped: 0 of 1 pictures were added.");
    other.set_faults(CAT, Faults::default());
    field_holds(&page, &other.address(CAT));
    page.browser.click_role("button", "From an address…");
    page.browser.click_role("button", "Add");
    assert_eq!(page.settled(1), ["done"]);
}

#[test]
fn a_picture_is_dragged_from_its_page() {
    let (page, other) = page_and_site();
    other.share(CAT);
    let drop = "const dataTransfer = new DataTransfer();
         dataTransfer.setData('text/uri-list', 'https://example.org/article');
         dataTransfer.setData('text/html', `<a href='/article'><img src='${arguments[0]}'></a>`);
         for (const kind of ['dragover', 'drop'])
             document.body.dispatchEvent(new DragEvent(kind,
                 { dataTransfer, bubbles: true, cancelable: true }))";
    page.browser.execute(drop, vec![other.address(CAT).into()]);
    page.browser.click_role("button", "Add");
    assert_eq!(page.settled(1), ["done"]);
    assert!(page.browser.has_role("button", "Remove cat.jpg"));
}
