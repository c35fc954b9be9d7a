//! Pictures are remembered: a later visit goes on with them, and nothing is encoded twice.

use glance_tests::browser::{Record, Webgpu};
use glance_tests::model::{Native, random_pack};
use glance_tests::page::{Page, RankedLabel};
use glance_tests::pictures::{PictureFile, disc, stripes};
use glance_tests::site::Site;
use serde_json::json;

use crate::bad_input::one_sentence;
use crate::model::models::{checkpoint, choose, native_pack, open_picker};
use crate::ranking::{LABELS, agrees};

const DATABASE: &str = "glance pictures";
const PICTURES: &str = "pictures";
const EMBEDDINGS: &str = "embeddings";
const CORRECTIONS: &str = "corrections";
const OTHER_MODEL: &str = "openai-resnet/torchscript.pt";

/// A page that remembers these files.
pub fn page_that_remembers(files: &[PictureFile]) -> Page {
    remembering(Site::start(Some(random_pack())), files)
}

fn remembering(site: Site, files: &[PictureFile]) -> Page {
    let page = Page::open_on(site, Webgpu::Software, "?device=cpu");
    page.set_labels(&LABELS);
    page.drop_files(files);
    page.settled(files.len());
    remembers(&page, files.len());
    page
}

/// Waits until this many pictures are stored, each with an embedding.
fn remembers(page: &Page, count: usize) {
    let of = |records: &[Record], store: &str| {
        let of_it = records.iter().filter(|record| record.store == store);
        of_it.count()
    };
    let what = format!("{count} remembered pictures");
    page.browser.wait_for_records(DATABASE, &what, |records| {
        of(records, PICTURES) == count && of(records, EMBEDDINGS) == count
    });
}

/// Waits for the offer of an earlier visit's pictures, and returns it.
pub fn offer(page: &Page) -> String {
    let offer = page.browser.wait_for(
        "the offer",
        "const offer = document.querySelector('.remembered [role=status]').innerText.trim();
         return offer !== '' && offer",
    );
    offer.as_str().unwrap_or_default().to_owned()
}

fn rankings(page: &Page, count: usize) -> Vec<Vec<RankedLabel>> {
    (0..count).map(|card| page.ranking(card)).collect()
}

fn names(page: &Page) -> Vec<String> {
    let names = "return Array.from(document.querySelectorAll('[data-testid=picture-card] h3'), \
                 name => name.innerText)";
    let names = page.browser.execute(names, Vec::new());
    let names = names.as_array().into_iter().flatten();
    names
        .filter_map(|name| Some(name.as_str()?.to_owned()))
        .collect()
}

fn says(page: &Page, sentence: &str) {
    let script = format!(
        "return document.querySelector('#message').innerText.trim() === {}",
        json!(sentence)
    );
    page.browser.wait_for(sentence, &script);
}

#[test]
fn a_later_visit_goes_on_without_any_file() {
    let files = [disc(), stripes(), disc().copy(1)];
    let page = page_that_remembers(&files);
    let before = rankings(&page, 3);
    page.reload();
    let offer = offer(&page);
    assert!(offer.starts_with("3 pictures from "), "{offer}");
    assert!(page.browser.has_role("button", "Forget"));
    page.browser.click_role("button", "Continue");
    assert_eq!(page.settled(3), ["done"; 3]);
    assert_eq!(rankings(&page, 3), before);
    assert_eq!(names(&page), files.map(|file| file.name), "in their order");
    assert!(!page.browser.has_role("button", "Forget"));

    // Other labels need embeddings, and no file either.
    page.set_labels(&["sky", "field"]);
    assert_eq!(page.ranking(2).len(), 2);
    assert_eq!(page.browser.console_errors(), [""; 0]);
}

#[test]
fn a_correction_is_remembered_until_it_is_taken_back() {
    let files = [disc(), stripes()];
    let page = page_that_remembers(&files);
    let move_card = |card: usize, label: &str| {
        let open = format!("document.querySelectorAll('.card-picture')[{card}].click()");
        page.browser.execute(&open, Vec::new());
        page.browser
            .type_into(".panel .move-to input", &format!("{label}\u{E007}"));
        let close = "document.querySelector('.panel [aria-label=Close]').click()";
        page.browser.execute(close, Vec::new());
    };
    let corrections = |count: usize| {
        let what = format!("{count} corrections");
        page.browser.wait_for_records(DATABASE, &what, |records| {
            let of_them = records.iter().filter(|record| record.store == CORRECTIONS);
            of_them.count() == count
        });
    };
    let come_back = || {
        page.reload();
        offer(&page);
        page.browser.click_role("button", "Continue");
        page.settled(2);
    };
    move_card(0, "owls");
    corrections(1);
    come_back();
    moved_to(&page, &["You moved it to “owls”."]);

    // Files that are added take the places of their recalled pictures.
    let sources = "return Array.from(document.querySelectorAll('.card img'), image => image.src)";
    let recalled = page.browser.execute(sources, Vec::new());
    page.drop_files(&files);
    page.browser.wait_for(
        "the files to take their places",
        &format!(
            "const images = Array.from(document.querySelectorAll('.card img'));
             return images.length === 2 && images.every(image => !{recalled}.includes(image.src))"
        ),
    );
    moved_to(&page, &["You moved it to “owls”."]);

    // Undo takes back what is stored as well.
    move_card(1, "bats");
    corrections(2);
    page.browser.click_role("button", "Undo");
    corrections(1);
    come_back();
    moved_to(&page, &["You moved it to “owls”."]);

    page.reload();
    offer(&page);
    page.browser.click_role("button", "Forget");
    corrections(0);
    page.drop_files(&files);
    assert_eq!(page.settled(2), ["done"; 2]);
    moved_to(&page, &[]);
    assert_eq!(page.browser.console_errors(), [""; 0]);
}

/// Waits until the cards say that they were moved, in order.
fn moved_to(page: &Page, remarks: &[&str]) {
    let script = format!(
        "const remarks = Array.from(document.querySelectorAll('.card .remark'), remark => remark.innerText)
             .filter(remark => remark.startsWith('You moved it'));
         return JSON.stringify(remarks) === JSON.stringify({})",
        json!(remarks)
    );
    page.browser
        .wait_for("the corrections on the cards", &script);
}

#[test]
fn a_worker_that_dies_leaves_recalled_pictures() {
    let site = Site::start(Some(random_pack()));
    let watch = "globalThis.Worker = class extends Worker {
        constructor(...given) { super(...given); globalThis.started = this; } };";
    site.put_before("start_page.js", watch);
    let page = remembering(site, &[disc(), stripes()]);
    let before = rankings(&page, 2);
    page.reload();
    offer(&page);
    page.browser.click_role("button", "Continue");
    assert_eq!(page.settled(2), ["done"; 2]);
    let die = "started.dispatchEvent(new ErrorEvent('error'))";
    page.browser.execute(die, Vec::new());
    page.runs_on("cpu");
    assert_eq!(page.settled(2), ["done"; 2]);
    assert_eq!(rankings(&page, 2), before);
}

#[test]
fn equal_files_are_one_card() {
    let page = page_that_remembers(&[disc(), stripes()]);
    let renamed = PictureFile {
        name: "another name.png".to_owned(),
        ..disc()
    };
    page.drop_files(&[renamed, stripes(), disc().copy(1)]);
    says(&page, "2 pictures were here already.");
    assert_eq!(page.settled(3), ["done"; 3]);
    assert_eq!(names(&page)[..2], [disc().name, stripes().name]);
    agrees(&page, &Native::load(random_pack()), 2, &disc());
    page.drop_files(&[stripes()]);
    says(&page, "1 picture was here already.");
    assert_eq!(page.settled(3), ["done"; 3]);
    remembers(&page, 3);
}

/// The embeddings of two files are exchanged, so that a file that is encoded again is told from one
/// that is not.
#[test]
fn a_file_that_was_encoded_is_not_encoded_again() {
    let page = page_that_remembers(&[disc(), stripes()]);
    let exchange = "
        const opening = indexedDB.open(arguments[0]);
        await new Promise(done => { opening.onsuccess = done });
        const database = opening.result;
        const transaction = database.transaction('embeddings', 'readwrite');
        const store = transaction.objectStore('embeddings');
        const all = request => new Promise(done => {
            request.onsuccess = () => done(request.result) });
        const keys = await all(store.getAllKeys());
        const values = await all(store.getAll());
        store.put(values[0], keys[1]);
        store.put(values[1], keys[0]);
        await new Promise(done => { transaction.oncomplete = done });
        database.close();
        return keys.length;";
    let exchanged = page.browser.execute_async(exchange, vec![DATABASE.into()]);
    assert_eq!(exchanged, 2);
    page.reload();
    page.drop_files(&[disc(), stripes()]);
    let native = Native::load(random_pack());
    agrees(&page, &native, 0, &stripes());
    agrees(&page, &native, 1, &disc());
    let thumbnails = "const shown = document.querySelectorAll('[data-testid=picture-card] img');
        return shown.length === 2 && Array.from(shown).every(img => img.naturalWidth > 0)";
    page.browser.wait_for("the thumbnails", thumbnails);
}

#[test]
fn pictures_that_are_forgotten_leave_nothing() {
    let page = page_that_remembers(&[disc(), stripes()]);
    page.reload();
    offer(&page);
    page.browser.click_role("button", "Forget");
    page.browser
        .wait_for_records(DATABASE, "nothing", <[Record]>::is_empty);
    says(&page, "The pictures are forgotten.");
    assert!(!page.browser.has_role("button", "Continue"));
}

#[test]
fn pictures_that_are_removed_are_forgotten_when_undo_is_over() {
    let page = page_that_remembers(&[disc(), stripes()]);
    page.browser
        .click_role("button", &format!("Remove {}", disc().name));
    page.settled(1);
    page.browser.click_role("button", "Undo");
    page.settled(2);
    page.browser
        .click_role("button", &format!("Remove {}", disc().name));
    remembers(&page, 1);
    page.reload();
    let offer = offer(&page);
    assert!(offer.starts_with("1 picture from "), "{offer}");
}

#[test]
fn pictures_that_the_browser_removed_are_added_again() {
    let page = page_that_remembers(&[disc()]);
    page.browser.evict(&page.site.origin());
    page.drop_files(&[stripes()]);
    assert_eq!(page.settled(2), ["done"; 2]);
    page.reload();
    page.drop_files(&[disc()]);
    agrees(&page, &Native::load(random_pack()), 0, &disc());
}

#[test]
fn another_model_asks_for_the_file() {
    let page = page_that_remembers(&[disc()]);
    page.reload();
    offer(&page);
    page.browser.click_role("button", "Continue");
    let own = Native::load(random_pack());
    agrees(&page, &own, 0, &disc());

    open_picker(&page);
    let use_other = || {
        choose(&page, &[&checkpoint(OTHER_MODEL)]);
        page.candidate();
        page.browser.click("#use-candidate");
        page.uses_model("torchscript");
    };
    use_other();
    assert_eq!(page.settled(1), ["error"]);
    let [error] = page.picture_errors().try_into().expect("one card failed");
    assert!(error.contains("add it again"), "{error}");
    one_sentence(&error);

    page.browser.click("#use-demo");
    page.uses_model("Random weights");
    agrees(&page, &own, 0, &disc());

    use_other();
    assert_eq!(page.settled(1), ["error"]);
    page.drop_files(&[disc()]);
    assert_eq!(page.settled(1), ["done"]);
    agrees(&page, &Native::load(native_pack(OTHER_MODEL)), 0, &disc());
}

#[test]
fn two_tabs_remember_together() {
    let page = page_that_remembers(&[disc()]);
    let first = page.browser.tab();
    page.browser.new_tab();
    page.browser.open(&page.site.address("?device=cpu"));
    offer(&page);
    page.drop_files(&[stripes()]);
    page.settled(1);
    remembers(&page, 2);
    // What was there can still be had, beside what was dropped.
    page.browser.click_role("button", "Continue");
    assert_eq!(page.settled(2), ["done"; 2]);
    page.browser.go_to(&first);
    page.drop_files(&[disc().copy(1)]);
    page.settled(2);
    remembers(&page, 3);
}
