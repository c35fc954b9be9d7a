//! Sets of labels: ready-made ones, the person's own, from files and from links; and many labels.

use std::fs;
use std::path::{Path, PathBuf};

use glance_tests::browser::{Key, Webgpu};
use glance_tests::model::random_pack;
use glance_tests::page::Page;
use glance_tests::pictures::disc;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::bad_input::one_sentence;
use crate::installed::stored_offline;

const MAX_LABELS: usize = 4096;
const MAX_CHIPS: usize = 200;
/// Keys as WebDriver names them.
const ENTER: char = '\u{E007}';
const ESCAPE: char = '\u{E00C}';
const END: char = '\u{E010}';
const HOME: char = '\u{E011}';
const LEFT: char = '\u{E012}';
const RIGHT: char = '\u{E014}';
const DELETE: char = '\u{E017}';
const F2: char = '\u{E032}';
/// A text that is harmless as a text alone.
const HOSTILE: &str = "<img src=x onerror='window.ran = true'>";

fn page() -> Page {
    Page::open(Some(random_pack()), Webgpu::Software, "?device=cpu")
}

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

fn wait_for_labels(page: &Page, labels: &[impl AsRef<str>]) {
    let labels: Vec<&str> = labels.iter().map(AsRef::as_ref).collect();
    page.browser.wait_for(
        "the labels",
        &format!(
            "const chips = document.querySelectorAll('[data-testid=label-chip]');
             const labels = Array.from(chips, chip => chip.dataset.label);
             return JSON.stringify(labels) === JSON.stringify({})",
            json!(labels)
        ),
    );
}

/// Waits for a message that contains `part`, and returns it.
fn wait_for_message(page: &Page, part: &str) -> String {
    let message = page.browser.wait_for(
        "a message",
        &format!(
            "const message = document.querySelector('#message').innerText.trim();
             return message.includes({}) && message",
            json!(part)
        ),
    );
    message.as_str().unwrap_or_default().to_owned()
}

fn focused(page: &Page) -> String {
    let focused = "const { id, dataset, innerText } = document.activeElement;
                   return id || document.activeElement.closest('.chip')?.dataset.label || innerText";
    let focused = page.browser.execute(focused, Vec::new());
    focused.as_str().unwrap_or_default().to_owned()
}

fn wait_for_focus(page: &Page, expected: &str) {
    let script = format!(
        "const focused = document.activeElement;
         return (focused.id || focused.closest('.chip')?.dataset.label) === {}",
        json!(expected)
    );
    page.browser.wait_for(expected, &script);
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

fn hash(page: &Page) -> Value {
    page.browser.execute("return location.hash", Vec::new())
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

#[test]
fn more_labels_than_fit_are_said_and_few_have_chips() {
    let page = page();
    page.set_labels(&[]);
    let paste = "const clipboardData = new DataTransfer();
        clipboardData.setData('text/plain',
            Array.from({ length: arguments[0] }, (_, index) => `label ${index}`).join('\\n'));
        document.querySelector('#label-input').dispatchEvent(new ClipboardEvent('paste',
            { clipboardData, bubbles: true, cancelable: true }));";
    page.browser.execute(paste, vec![(MAX_LABELS + 1).into()]);
    one_sentence(&wait_for_message(&page, "at most"));
    let counts = "return [
        document.querySelectorAll('[data-testid=label-chip]').length,
        document.querySelector('.chips-rest').innerText,
        document.querySelector('.label-count').innerText,
    ]";
    let expected = json!([MAX_CHIPS, "and 3,896 more", "4,096 labels"]);
    page.browser.wait_for(
        "few chips for many labels",
        &format!(
            "const counts = (() => {{ {counts} }})();
                  return JSON.stringify(counts) === JSON.stringify({expected})"
        ),
    );
    assert_eq!(page.labels()[MAX_CHIPS - 1], "label 199");

    // The next one moves up when one is removed.
    page.browser.click(".chip-remove");
    page.browser.wait_for(
        "one label less",
        "return document.querySelector('.label-count').innerText === '4,095 labels'",
    );
    assert_eq!(page.labels()[MAX_CHIPS - 1], "label 200");
}

#[test]
fn all_labels_go_at_once() {
    let page = page();
    page.set_labels(&["cat", "dog"]);
    page.browser.click("#clear-labels");
    wait_for_labels(&page, &[""; 0]);
    one_sentence(&wait_for_message(&page, "2 labels"));
    assert_eq!(focused(&page), "label-input");
}

#[test]
fn chips_are_one_tab_stop_and_keys_move_between_them() {
    let page = page();
    page.set_labels(&["cat", "dog", "owl"]);
    let stops = "return document.querySelectorAll('.chips li [tabindex=\"0\"]').length";
    let press = |keys: &[char]| {
        let keys: String = keys.iter().collect();
        page.browser.type_into(".chips [tabindex='0']", &keys);
    };
    for (keys, label) in [
        (&[RIGHT][..], "dog"),
        (&[END], "owl"),
        (&[LEFT], "dog"),
        (&[HOME], "cat"),
        (&[RIGHT, RIGHT, RIGHT], "label-input"),
    ] {
        press(keys);
        wait_for_focus(&page, label);
        assert_eq!(page.browser.execute(stops, Vec::new()), 1);
    }
    page.browser.type_into("#label-input", &LEFT.to_string());
    wait_for_focus(&page, "owl");
    press(&[DELETE]);
    wait_for_focus(&page, "dog");
    wait_for_labels(&page, &["cat", "dog"]);
    press(&[F2]);
    page.browser.wait_for(
        "the text of the chip to be selected",
        "const { selectionStart, selectionEnd, value } = document.activeElement;
         return value === 'dog' && selectionStart === 0 && selectionEnd === 3",
    );
    // WebDriver would move the caret.
    page.browser
        .devtools("Input.insertText", json!({"text": "fox"}));
    page.browser.press(Key::Enter);
    wait_for_labels(&page, &["cat", "fox"]);
    wait_for_focus(&page, "fox");
    press(&['h', 'e', 'n', ENTER]);
    wait_for_labels(&page, &["cat", "fox", "hen"]);
}

#[test]
fn options_stay_as_the_person_left_them() {
    let page = page();
    let open = "return [
        !document.querySelector('#labels-more').hidden,
        document.querySelector('#more-labels').ariaExpanded,
    ]";
    assert_eq!(
        page.browser.execute(open, Vec::new()),
        json!([true, "true"])
    );
    page.browser.click("#more-labels");
    assert_eq!(
        page.browser.execute(open, Vec::new()),
        json!([false, "false"])
    );
    page.reload();
    assert_eq!(
        page.browser.execute(open, Vec::new()),
        json!([false, "false"])
    );
}
