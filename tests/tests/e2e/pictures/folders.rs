//! Folders that the page looks into again. The browser's own dialog cannot be driven, so a folder of the
//! page's private file system takes its place.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use glance_tests::browser::{Record, Webgpu};
use glance_tests::model::{Native, random_pack};
use glance_tests::page::Page;
use glance_tests::pictures::{PictureFile, disc, stripes};
use serde_json::{Value, json};

use crate::bad_input::one_sentence;
use crate::ranking::{LABELS, agrees};

const LOOK: &str = "Look again in Holidays";

/// Writes files into the folder “Holidays”, and lets the dialog choose it.
const FILL: &str = "
    const [files] = arguments;
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle('Holidays', { create: true });
    for (const [path, base64] of files) {
        const parts = path.split('/');
        const name = parts.pop();
        let place = folder;
        for (const part of parts) place = await place.getDirectoryHandle(part, { create: true });
        const file = await place.getFileHandle(name, { create: true });
        const writable = await file.createWritable();
        await writable.write(Uint8Array.from(atob(base64), letter => letter.charCodeAt(0)));
        await writable.close();
    }
    window.showDirectoryPicker = async () => folder;";

/// Lets the dialog choose a folder of 20,000 texts and three pictures. Each file takes so many
/// milliseconds.
const CHOOSE_MANY: &str = "
    const [bytes, pause] = arguments;
    const picture = Uint8Array.from(atob(bytes), letter => letter.charCodeAt(0));
    const made = (kind, members) => Object.create(kind.prototype, Object.fromEntries(
        Object.entries(members).map(([name, value]) => [name, { value }])));
    const file = number => {
        const shown = number % 9000 === 0;
        const name = `${number}.${shown ? 'png' : 'txt'}`;
        const type = shown ? 'image/png' : 'text/plain';
        const getFile = async () => {
            if (pause) await new Promise(done => setTimeout(done, pause));
            return new File(shown ? [picture, name] : [name], name, { type });
        };
        return made(FileSystemFileHandle, { kind: 'file', name, getFile });
    };
    const values = async function* () {
        for (let number = 0; number < 20000; number++) yield file(number);
    };
    const folder = made(FileSystemDirectoryHandle, { kind: 'directory', name: 'Many', values });
    window.showDirectoryPicker = async () => folder;";

fn open() -> Page {
    let page = Page::open(Some(random_pack()), Webgpu::Software, "?device=cpu");
    page.set_labels(&LABELS);
    page
}

fn fill(page: &Page, files: &[(&str, PictureFile)]) {
    let files: Vec<Value> = files
        .iter()
        .map(|(path, file)| json!([path, BASE64.encode(&file.bytes)]))
        .collect();
    page.browser.execute_async(FILL, vec![files.into()]);
}

/// A page that has read two pictures from the folder, one of them in a folder within.
fn page_with_folder() -> Page {
    let page = open();
    let notes = PictureFile {
        name: "notes.txt".to_owned(),
        kind: "text/plain",
        bytes: b"no picture".to_vec(),
    };
    let files = [
        ("a.png", disc()),
        ("sea/b.jpg", stripes()),
        ("notes.txt", notes),
        (".hidden.png", disc().copy(7)),
    ];
    fill(&page, &files);
    page.browser.click_role("button", "Folder");
    says(&page, "2 pictures in “Holidays”.");
    assert_eq!(page.settled(2), ["done"; 2]);
    page
}

fn says(page: &Page, sentence: &str) {
    let script = format!(
        "return document.querySelector('#message').innerText.trim() === {}",
        json!(sentence)
    );
    page.browser.wait_for(sentence, &script);
}

/// Waits for a message that contains this, and checks that it is a sentence.
fn complains(page: &Page, part: &str) {
    let script = format!(
        "const message = document.querySelector('#message').innerText.trim();
         return message.includes({}) && message",
        json!(part)
    );
    let message = page.browser.wait_for(part, &script);
    // It starts with a name in quotes.
    one_sentence(message.as_str().unwrap_or_default().trim_start_matches('“'));
}

#[test]
fn a_folder_is_read_and_only_what_is_new_is_added_again() {
    let page = page_with_folder();
    let native = Native::load(random_pack());
    agrees(&page, &native, 0, &disc());
    agrees(&page, &native, 1, &stripes());
    page.browser.click_role("button", LOOK);
    says(&page, "Nothing new in “Holidays”; 2 were here already.");
    assert_eq!(page.settled(2), ["done"; 2]);

    // A new picture, and one that has changed.
    fill(
        &page,
        &[("c.png", disc().copy(1)), ("a.png", stripes().copy(2))],
    );
    page.browser.click_role("button", LOOK);
    says(&page, "2 new pictures in “Holidays”; 1 was here already.");
    assert_eq!(page.settled(4), ["done"; 4]);
    agrees(&page, &native, 2, &stripes());
    agrees(&page, &native, 3, &disc());
    assert_eq!(page.browser.console_errors(), [""; 0]);
}

#[test]
fn a_later_visit_looks_again() {
    let page = page_with_folder();
    page.reload();
    page.browser.click_role("button", LOOK);
    says(&page, "2 pictures in “Holidays”.");
    assert_eq!(page.settled(2), ["done"; 2]);
    agrees(&page, &Native::load(random_pack()), 1, &stripes());
}

#[test]
fn recalled_pictures_get_their_files_back() {
    let page = page_with_folder();
    page.browser
        .wait_for_records("glance pictures", "the pictures", |records| {
            let of_them = records.iter().filter(|record| record.store == "pictures");
            of_them.count() == 2
        });
    page.reload();
    page.browser.click_role("button", "Continue");
    assert_eq!(page.settled(2), ["done"; 2]);
    page.browser.click_role("button", LOOK);
    says(&page, "2 pictures in “Holidays”.");
    assert_eq!(page.settled(2), ["done"; 2]);
    page.browser.click_role("button", LOOK);
    says(&page, "Nothing new in “Holidays”; 2 were here already.");
}

#[test]
fn a_folder_that_is_gone_is_told_and_forgotten() {
    let page = page_with_folder();
    let vanish = "const root = await navigator.storage.getDirectory();
         await root.removeEntry('Holidays', { recursive: true })";
    page.browser.execute_async(vanish, Vec::new());
    page.browser.click_role("button", LOOK);
    complains(&page, "cannot be read");
    assert_eq!(page.settled(2), ["done"; 2]);
    page.browser
        .click_role("button", "Forget the folder Holidays");
    page.browser
        .wait_for_records("glance folders", "no folder", <[Record]>::is_empty);
    assert!(!page.browser.has_role("button", LOOK));
}

#[test]
fn a_folder_that_may_not_be_read_is_told() {
    let page = page_with_folder();
    page.reload();
    let refuse = "FileSystemHandle.prototype.requestPermission = async () => 'denied'";
    page.browser.execute(refuse, Vec::new());
    page.browser.click_role("button", LOOK);
    complains(&page, "does not let this page read");
    assert!(
        page.browser.has_role("button", LOOK),
        "it can be tried again"
    );
}

#[test]
fn few_pictures_are_found_among_many_files() {
    let page = open();
    let arguments = vec![BASE64.encode(disc().bytes).into(), 0.into()];
    page.browser.execute(CHOOSE_MANY, arguments);
    page.browser.click_role("button", "Folder");
    says(&page, "3 pictures in “Many”.");
    assert_eq!(page.settled(3), ["done"; 3]);
}

#[test]
fn reading_a_folder_can_be_stopped() {
    let page = open();
    page.model();
    let arguments = vec![BASE64.encode(disc().bytes).into(), 5.into()];
    page.browser.execute(CHOOSE_MANY, arguments);
    page.browser.click_role("button", "Folder");
    page.browser.wait_for(
        "the count of files",
        "return /Reading Many… [1-9]/.test(document.body.innerText)",
    );
    page.browser.click_role("button", "Cancel");
    complains(&page, "Look again for the rest");
    assert_eq!(page.settled(1), ["done"]);
}
