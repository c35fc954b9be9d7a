//! The labels on the page, many of them, and the keys that move between them.

use glance_tests::browser::Key;
use glance_tests::page::Page;
use serde_json::json;

use super::{ENTER, focused, page, wait_for_labels, wait_for_message};
use crate::bad_input::one_sentence;

const MAX_LABELS: usize = 4096;
const MAX_CHIPS: usize = 200;
/// Keys as WebDriver names them.
const END: char = '\u{E010}';
const HOME: char = '\u{E011}';
const LEFT: char = '\u{E012}';
const RIGHT: char = '\u{E014}';
const DELETE: char = '\u{E017}';
const F2: char = '\u{E032}';

fn wait_for_focus(page: &Page, expected: &str) {
    let script = format!(
        "const focused = document.activeElement;
         return (focused.id || focused.closest('.chip')?.dataset.label) === {}",
        json!(expected)
    );
    page.browser.wait_for(expected, &script);
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
