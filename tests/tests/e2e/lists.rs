//! Labels that are pasted and removed, sentences around them, and folders of pictures.

use glance_tests::browser::Webgpu;
use glance_tests::model::random_pack;
use glance_tests::page::Page;
use glance_tests::pictures::{disc, not_a_picture};
use serde_json::{Value, json};

use crate::bad_input::one_sentence;

const FOCUS: &str = "const { id, ariaLabel } = document.activeElement; return id || ariaLabel";
const REMOVE: &str = "const button = document.querySelectorAll(arguments[0])[arguments[1]];
    button.focus();
    button.click();";

fn page() -> Page {
    Page::open(Some(random_pack()), Webgpu::Software, "?device=cpu")
}

/// Spreadsheets put a picture of the cells beside their text.
#[test]
fn cells_of_a_spreadsheet_are_pasted_as_labels() {
    let page = page();
    page.set_labels(&["owl"]);
    let paste = "const clipboardData = new DataTransfer();
        clipboardData.setData('text/plain', arguments[0]);
        clipboardData.items.add(new File(['x'], 'cells.png', { type: 'image/png' }));
        document.querySelector('#label-input').dispatchEvent(new ClipboardEvent('paste',
            { clipboardData, bubbles: true, cancelable: true }));";
    let cells = "\u{feff}cat\t\"red, white\"\r\ncafe\u{301}\towl\r\n";
    page.browser.execute(paste, vec![cells.into()]);
    let labels = "const chips = document.querySelectorAll('[data-testid=label-chip]');
        return chips.length > 1 && chips.length";
    page.browser.wait_for("the labels", labels);
    assert_eq!(page.labels(), ["owl", "cat", "red, white", "caf\u{e9}"]);
    let cards = "return document.querySelectorAll('[data-testid=picture-card]').length";
    assert_eq!(page.browser.execute(cards, Vec::new()), json!(0));
}

#[test]
fn the_focus_goes_to_the_neighbour_of_what_is_removed() {
    let page = page();
    page.set_labels(&["cat", "dog", "owl"]);
    page.drop_files(&[disc(), disc().copy(1)]);
    page.settled(2);
    let remove = |kind: &str, index: usize, then: &str| {
        page.browser
            .execute(REMOVE, vec![kind.into(), index.into()]);
        let expected = format!("{FOCUS} === {}", json!(then));
        page.browser.wait_for(then, &expected);
    };
    remove(".chip-remove", 1, "Remove owl");
    remove(".chip-remove", 1, "Remove cat");
    remove(".chip-remove", 0, "label-input");
    let name = disc().name;
    remove(".card-remove", 0, &format!("Remove {name}"));
    remove(".card-remove", 0, "choose-pictures");
}

#[test]
fn a_wrong_placeholder_is_pointed_out() {
    let page = page();
    let set = "const input = document.querySelector('#template-input');
        input.value = arguments[0];
        input.dispatchEvent(new InputEvent('input', { bubbles: true }));";
    let note = "return document.querySelector('[data-testid=placeholder-note]').innerText.trim()";
    assert_eq!(page.browser.execute(note, Vec::new()), json!(""));
    page.browser.execute(set, vec!["a photo of a {c}".into()]);
    let sentence = page.browser.wait_for("a note on the placeholder", note);
    let sentence = sentence.as_str().unwrap_or_default();
    one_sentence(sentence);
    assert!(
        sentence.contains("{}") && sentence.contains("{c}"),
        "{sentence}"
    );
}

#[test]
fn failures_are_counted_in_the_status() {
    let page = page();
    page.drop_files(&[disc(), not_a_picture()]);
    page.settled(2);
    page.browser.wait_for(
        "the count",
        "return document.querySelector('#model-status [role=status]').innerText.trim()
             === '1 picture done, 1 could not be read.'",
    );
}

/// A folder of two pictures and a text, the second picture one folder deeper. Scripts cannot make
/// real folders, so the browser's answers are mocked. The files differ in their last bytes: equal ones
/// would be one card.
const DROP_FOLDER: &str = "
    const bytes = Uint8Array.from(atob(arguments[0]), character => character.charCodeAt(0));
    const file = (name, type) => ({
        name, isFile: true, isDirectory: false,
        file: resolve => resolve(new File([bytes, name], name, { type })),
    });
    const folder = (name, entries) => ({
        name, isFile: false, isDirectory: true,
        createReader: () => {
            const batches = entries.map(entry => [entry]);
            return { readEntries: resolve => resolve(batches.shift() ?? []) };
        },
    });
    const entry = folder('trip', [
        file('b.txt', 'text/plain'),
        file('a.png', 'image/png'),
        folder('deeper', [file('c.png', 'image/png'), file('.hidden.png', 'image/png')]),
        folder('.thumbnails', [file('d.png', 'image/png')]),
        folder('__MACOSX', [file('e.png', 'image/png')]),
    ]);
    const real = DataTransferItem.prototype.webkitGetAsEntry;
    DataTransferItem.prototype.webkitGetAsEntry = () => entry;
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([], 'trip'));
    document.body.dispatchEvent(new DragEvent('drop',
        { dataTransfer, bubbles: true, cancelable: true }));
    DataTransferItem.prototype.webkitGetAsEntry = real;";

#[test]
fn a_dropped_folder_brings_its_pictures() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD as BASE64;

    let page = page();
    let bytes: Value = BASE64.encode(disc().bytes).into();
    page.browser.execute(DROP_FOLDER, vec![bytes]);
    assert_eq!(page.settled(2), ["done", "done"]);
    let names = "return Array.from(document.querySelectorAll('.card h3'), name => name.innerText)";
    assert_eq!(
        page.browser.execute(names, Vec::new()),
        json!(["a.png", "c.png"])
    );
}

#[test]
fn an_address_that_is_dropped_is_offered_and_not_fetched() {
    let page = page();
    let drop = "const dataTransfer = new DataTransfer();
        dataTransfer.setData('text/uri-list', 'https://example.org/cat.jpg');
        const drop = kind => document.body.dispatchEvent(new DragEvent(kind,
            { dataTransfer, bubbles: true, cancelable: true }));
        return [drop('dragover'), drop('drop')]";
    // False means that the browser's own action is prevented.
    assert_eq!(
        page.browser.execute(drop, Vec::new()),
        json!([false, false])
    );
    // The field's code is fetched when it is first shown.
    let offered = "return document.querySelector('#picture-addresses')?.value";
    let offered = page.browser.wait_for("an address in the field", offered);
    assert_eq!(offered, "https://example.org/cat.jpg");
    assert_eq!(page.foreign_requests(), [""; 0]);
}
