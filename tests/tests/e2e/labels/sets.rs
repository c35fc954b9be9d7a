//! Sets of labels: ready-made ones, the person's own, and those from files.

use std::fs;
use std::path::{Path, PathBuf};

use glance_tests::page::Page;
use glance_tests::pictures::disc;
use serde_json::json;
use tempfile::TempDir;

use super::{ENTER, HOSTILE, focused, page, wait_for_labels, wait_for_message};
use crate::bad_input::one_sentence;
use crate::installed::stored_offline;

/// As WebDriver names it.
const ESCAPE: char = '\u{E00C}';

/// The labels of a ready-made set.
fn set(file: &str) -> Vec<String> {
    let sets = Path::new(env!("CARGO_MANIFEST_DIR")).join("../static/label-sets");
    let text = fs::read_to_string(sets.join(file)).expect("the set is part of the repository");
    text.lines().map(str::to_owned).collect()
}

fn open_sets(page: &Page) {
    page.browser.click("#sets-button");
    page.browser.wait_for(
        "the sets",
        "return document.querySelector('#sets:not([hidden]) #set-name')",
    );
}

fn file(folder: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, bytes).expect("the temporary folder is writable");
    path
}

fn import(page: &Page, path: &Path) {
    open_sets(page);
    let path = path.to_string_lossy();
    page.browser.type_into("#label-file", &path);
}

#[test]
fn a_ready_made_set_replaces_the_labels_or_is_added() {
    let page = page();
    page.set_labels(&["owl"]);
    open_sets(&page);
    page.browser.click(".set[data-file='weather.txt']");
    let weather = set("weather.txt");
    wait_for_labels(&page, &weather);
    assert_eq!(page.template(), "a photo taken in {} weather");
    assert_eq!(focused(&page), "sets-button", "the popover is closed");
    one_sentence(&wait_for_message(&page, "10 labels"));

    // The person's own sentence stays.
    let own = "const input = document.querySelector('#template-input');
               input.value = 'my {}';
               input.dispatchEvent(new InputEvent('input', { bubbles: true }));";
    page.browser.execute(own, Vec::new());
    open_sets(&page);
    page.browser.click("#sets-keep");
    page.browser.click(".set[data-file='cifar-10.txt']");
    let both: Vec<String> = weather.into_iter().chain(set("cifar-10.txt")).collect();
    wait_for_labels(&page, &both);
    assert_eq!(page.template(), "my {}");
    assert_eq!(page.foreign_requests(), [""; 0]);
    assert_eq!(page.browser.console_errors(), [""; 0]);
}

#[test]
fn the_popover_closes_with_escape_and_outside() {
    let page = page();
    open_sets(&page);
    let shut = "return document.querySelector('#sets').hidden
                && document.querySelector('#sets-button').ariaExpanded === 'false'";
    page.browser.type_into("#set-name", &ESCAPE.to_string());
    page.browser.wait_for("the sets to close", shut);
    assert_eq!(focused(&page), "sets-button");
    open_sets(&page);
    page.browser.click("h1");
    page.browser.wait_for("the sets to close", shut);
}

#[test]
fn ready_made_sets_do_without_a_network() {
    let page = stored_offline();
    page.site.go_offline();
    page.reload();
    page.model();
    open_sets(&page);
    page.browser.click(".set[data-file='colours.txt']");
    wait_for_labels(&page, &set("colours.txt"));
}

#[test]
fn a_file_brings_its_labels() {
    let folder = TempDir::with_prefix("glance-labels-").expect("the temporary folder is writable");
    let page = page();
    let csv = "\u{feff}Label;Anzahl\r\n\"rot; weiß\";2\r\nHund, klein;1\r\n;3\r\n";
    import(&page, &file(&folder, "labels.csv", csv.as_bytes()));
    let labels = ["rot; weiß", "Hund, klein"];
    wait_for_labels(&page, &labels);

    let utf16: Vec<u8> = "\u{feff}cat"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    for (name, bytes, part) in [
        ("large.csv", b"cat,dog\n".repeat(1_250_000), "10.0 MB"),
        ("utf16.txt", utf16, "UTF-16"),
        ("picture.txt", disc().bytes, "not text"),
        ("empty.txt", b" \r\n".to_vec(), "no label"),
    ] {
        import(&page, &file(&folder, name, &bytes));
        one_sentence(&wait_for_message(&page, part));
        assert_eq!(page.labels(), labels);
        page.browser.type_into("#set-name", &ESCAPE.to_string());
    }

    import(&page, &file(&folder, "hostile.txt", HOSTILE.as_bytes()));
    wait_for_labels(&page, &[HOSTILE]);
    let harmless = "return window.ran === undefined && !document.querySelector('.chips img')";
    assert_eq!(page.browser.execute(harmless, Vec::new()), true);
}

#[test]
fn an_own_set_survives_a_reload() {
    let page = page();
    page.set_labels(&["owl", "wren"]);
    open_sets(&page);
    let save = |name: &str| {
        page.browser
            .type_into("#set-name", &format!("{name}{ENTER}"));
    };
    let said = |part: &str| {
        let script = format!(
            "const said = document.querySelector('.sets-said [role=status]').innerText;
             return said.includes({}) && said",
            json!(part)
        );
        let said = page.browser.wait_for(part, &script);
        one_sentence(said.as_str().unwrap_or_default());
    };
    save("Birds");
    said("saved");
    save("Birds");
    said("already");

    page.reload();
    page.set_labels(&["cat"]);
    open_sets(&page);
    page.browser.click_role("button", "Birds 2 labels");
    wait_for_labels(&page, &["owl", "wren"]);

    open_sets(&page);
    page.browser.click_role("button", "Delete Birds");
    page.browser.wait_for(
        "a way back",
        "return document.querySelector('.sets-said button') !== null",
    );
    assert!(!page.browser.has_role("button", "Birds 2 labels"));
    assert_eq!(focused(&page), "set-name");
    page.browser.click(".sets-said button");
    said("back");
    page.browser.click_role("button", "Birds 2 labels");
    wait_for_labels(&page, &["owl", "wren"]);
}
