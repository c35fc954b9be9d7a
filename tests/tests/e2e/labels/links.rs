//! Links that carry labels.

use glance_tests::browser::Webgpu;
use glance_tests::model::random_pack;
use glance_tests::page::Page;
use serde_json::{Value, json};

use super::{HOSTILE, focused, page, wait_for_labels, wait_for_message};
use crate::bad_input::one_sentence;

fn hash(page: &Page) -> Value {
    page.browser.execute("return location.hash", Vec::new())
}

#[test]
fn a_link_asks_before_it_replaces() {
    let page = page();
    page.set_labels(&["owl"]);
    let follow = "const query = new URLSearchParams([
            ['label', 'cat'], ['label', arguments[0]], ['label', 'red, white'], ['label', 'fox'],
            ['prompt', 'a sketch of a {}'], ['none', '1'],
        ]);
        location.hash = `sort?${query}`";
    let offer = "const offer = document.querySelector('[data-testid=link-offer]');
         return offer?.innerText.trim() || null";
    let brought = ["cat", HOSTILE, "red, white", "fox"];

    page.browser.execute(follow, vec![HOSTILE.into()]);
    let text = page.browser.wait_for("the offer", offer);
    let text = text.as_str().unwrap_or_default();
    assert!(
        text.starts_with("This link brings 4 labels: cat, <img"),
        "{text}"
    );
    assert_eq!(page.labels(), ["owl"]);
    page.browser.click("#keep-mine");
    page.browser.wait_for(
        "the offer to go",
        "return document.querySelector('#keep-mine') === null",
    );
    assert_eq!(page.labels(), ["owl"]);
    assert_eq!(hash(&page), "#sort");
    assert_eq!(focused(&page), "label-input");

    page.browser.execute(follow, vec![HOSTILE.into()]);
    page.browser.wait_for("the offer", offer);
    page.browser.click("#use-linked");
    wait_for_labels(&page, &brought);
    assert_eq!(page.template(), "a sketch of a {}");
    let none = "return document.querySelector('#none-of-these').checked";
    assert_eq!(page.browser.execute(none, Vec::new()), true);
    assert_eq!(hash(&page), "#sort");
    let harmless = "return window.ran === undefined && !document.querySelector('.controls img')";
    assert_eq!(page.browser.execute(harmless, Vec::new()), true);

    page.reload();
    assert_eq!(page.labels(), brought);
    assert!(page.browser.execute(offer, Vec::new()).is_null());
    assert_eq!(page.browser.console_errors(), [""; 0]);
}

#[test]
fn a_link_opens_a_first_visit_with_its_labels() {
    let query = "?device=cpu#sort?label=day&label=night&prompts=imagenet-7";
    let page = Page::open(Some(random_pack()), Webgpu::Software, query);
    wait_for_labels(&page, &["day", "night"]);
    assert_eq!(hash(&page), "#sort");
    let prompts = "return document.querySelector('#prompts-input').value";
    assert_eq!(page.browser.execute(prompts, Vec::new()), "imagenet-7");

    let broken = "location.hash = 'sort?label=%E2%80%8B&prompt=%FF'";
    page.browser.execute(broken, Vec::new());
    assert_eq!(page.labels(), ["day", "night"]);
}

#[test]
fn a_copied_link_carries_the_question() {
    let page = page();
    page.browser.devtools(
        "Browser.grantPermissions",
        json!({"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}),
    );
    let labels = ["100 % & more", "#1", "red, white"];
    page.set_labels(&labels[..2]);
    // Quotes keep the comma.
    page.paste_label("\"red, white\"");
    wait_for_labels(&page, &labels);
    page.browser.click("#none-of-these");
    page.browser.click("#copy-link");
    one_sentence(&wait_for_message(&page, "copied"));
    let link = page
        .browser
        .execute_async("return navigator.clipboard.readText()", Vec::new());
    let link = link.as_str().expect("a text").to_owned();
    assert!(
        link.starts_with(&page.site.address("#sort?label=")),
        "{link}"
    );
    page.set_labels(&["owl"]);
    page.browser.open(&link);
    page.browser.wait_for(
        "the offer",
        "return document.querySelector('#use-linked') !== null",
    );
    page.browser.click("#use-linked");
    wait_for_labels(&page, &labels);
}
