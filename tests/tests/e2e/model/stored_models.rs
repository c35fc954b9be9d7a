//! The list of models on the device, and what a person can do with them.

use std::fs;
use std::path::{Path, PathBuf};

use glance_tests::browser::{Browser, SiteData, Webgpu};
use glance_tests::model::{Native, large_random_pack, manifest, random_pack};
use glance_tests::page::Page;
use glance_tests::pictures::{disc, stripes};
use glance_tests::site::{Faults, MODEL, Models, Site};
use serde_json::json;

use crate::model::models::{checkpoint, choose, native_pack, open_picker};
use crate::ranking::{LABELS, agrees};
use crate::visit::{DATABASE, QUERY};

/// The name of every model that the test site serves.
const SERVED: &str = "Random weights";
const VIT: &str = "openai-vit/torchscript.pt";
const RESNET: &str = "openai-resnet/torchscript.pt";

/// Waits until the list has these names, in this order.
fn lists(page: &Page, names: &[&str]) {
    let script = format!(
        "const rows = Array.from(document.querySelectorAll('[data-testid=stored-model]'));
         const names = rows.map(row => row.dataset.name);
         return JSON.stringify(names) === JSON.stringify({})",
        json!(names)
    );
    page.browser.wait_for("the list of models", &script);
}

fn row(name: &str) -> String {
    format!("[data-testid=stored-model][data-name='{name}']")
}

/// Clicks one of a model's buttons, once it is there.
fn act(page: &Page, name: &str, action: &str) {
    let button = format!("{} [data-action={action}]", row(name));
    let there = format!("return document.querySelector({}) !== null", json!(button));
    page.browser.wait_for(&button, &there);
    page.browser.click(&button);
}

/// Waits until the element at `css` says something with `part` in it, and returns all of it.
fn wait_for_message(page: &Page, css: &str, part: &str) -> String {
    let script = format!(
        "const said = document.querySelector({})?.innerText ?? '';
         return said.includes({}) && said",
        json!(css),
        json!(part)
    );
    let said = page.browser.wait_for(part, &script);
    said.as_str().unwrap_or_default().to_owned()
}

fn use_files(page: &Page, files: &[&Path], name: &str) {
    choose(page, files);
    page.browser.wait_for(
        "the way to use it",
        "return !document.querySelector('#use-candidate').hidden",
    );
    page.browser.click("#use-candidate");
    page.uses_model(name);
}

/// Evicts all models, as a browser does when space is low.
fn evict_models(page: &Page) {
    let parameters = json!({"origin": page.site.origin(), "storageTypes": "indexeddb"});
    page.browser
        .devtools("Storage.clearDataForOrigin", parameters);
}

fn focused(page: &Page) -> String {
    let label = "return document.activeElement.getAttribute('aria-label')
        ?? document.activeElement.innerText";
    let label = page.browser.execute(label, Vec::new());
    label.as_str().unwrap_or_default().to_owned()
}

/// The page with two models from files besides its own; the second of them is in use.
fn page_with_three_models() -> Page {
    let page = Page::open(Some(random_pack()), Webgpu::Software, QUERY);
    page.set_labels(&LABELS);
    page.model();
    open_picker(&page);
    let files = [VIT, "openai-vit/merges.txt"].map(checkpoint);
    use_files(
        &page,
        &files.each_ref().map(PathBuf::as_path),
        "torchscript",
    );
    let own = Path::new(env!("CARGO_TARGET_TMPDIR")).join("stored.safetensors");
    fs::write(&own, native_pack(RESNET)).expect("the disk has room");
    use_files(&page, &[&own], "tiny");
    page.open_models();
    lists(&page, &["tiny", "torchscript", SERVED]);
    page
}

#[test]
fn models_from_files_are_kept_beside_each_other_and_switched() {
    let page = page_with_three_models();
    let facts = wait_for_message(&page, &row("tiny"), "from files");
    assert!(
        facts.contains("kB") && facts.contains("licence not named") && facts.contains("added"),
        "{facts}"
    );
    wait_for_message(&page, &row(SERVED), "comes with this page");
    wait_for_message(&page, "#storage", "more");
    act(&page, "torchscript", "use");
    page.uses_model("torchscript");
    wait_for_message(&page, &row("torchscript"), "In use");
    wait_for_message(&page, &row("tiny"), "Use");
    page.drop_files(&[disc()]);
    agrees(&page, &Native::load(native_pack(VIT)), 0, &disc());

    page.reload();
    page.drop_files(&[stripes()]);
    page.uses_model("torchscript");
    assert_eq!(page.model().0, "cache");
    agrees(&page, &Native::load(native_pack(VIT)), 0, &stripes());

    page.open_models();
    act(&page, SERVED, "use");
    page.uses_model(SERVED);
    assert_eq!(page.model().0, "cache");
    let offered = "return !document.querySelector('#use-demo').hidden";
    assert_eq!(page.browser.execute(offered, Vec::new()), false);
}

#[test]
fn settings_of_an_earlier_version_find_the_files_they_meant() {
    let page = page_with_three_models();
    let as_before = "const settings = JSON.parse(localStorage.glance);
        settings.model = 'Files';
        delete settings.kept;
        localStorage.glance = JSON.stringify(settings);";
    page.browser.execute(as_before, Vec::new());
    page.reload();
    page.uses_model("tiny");
    assert_eq!(page.model().0, "cache");
}

#[test]
fn a_model_is_checked_and_what_is_damaged_is_fetched_again() {
    let pack = large_random_pack(1);
    let page = Page::open(Some(pack.clone()), Webgpu::Software, QUERY);
    page.set_labels(&LABELS);
    page.model();
    page.open_models();
    act(&page, SERVED, "check");
    wait_for_message(&page, "#stored-result", "is stored as it should be");

    let records = page.browser.records(DATABASE);
    let piece = records.iter().find(|record| {
        record.store == "pieces" && record.key == json!([manifest(&pack).version(), 2])
    });
    let piece = piece.expect("every piece is kept");
    page.browser.damage_record(DATABASE, piece);
    act(&page, SERVED, "check");
    wait_for_message(&page, "#stored-result", "1 piece of");
    wait_for_message(&page, &row(SERVED), " here");
    page.site.take_requests();

    page.reload();
    assert_eq!(page.model().0, "network");
    assert_eq!(page.site.bytes_sent(MODEL), piece.bytes);
    page.drop_files(&[disc()]);
    agrees(&page, &Native::load(pack), 0, &disc());
}

#[test]
fn a_model_is_deleted_after_a_second_question() {
    let page = page_with_three_models();
    act(&page, "torchscript", "delete");
    page.browser.wait_for(
        "the safe answer to have focus",
        "return document.activeElement.dataset.action === 'keep'",
    );
    assert_eq!(focused(&page), "Keep torchscript");
    act(&page, "torchscript", "keep");
    page.browser.wait_for(
        "focus to come back",
        "return document.activeElement.dataset.action === 'delete'",
    );
    act(&page, "torchscript", "delete");
    act(&page, "torchscript", "delete-for-good");
    lists(&page, &["tiny", SERVED]);
    wait_for_message(&page, "#stored-result", "torchscript is deleted.");
    assert_eq!(focused(&page), format!("Delete {SERVED}"));
    let id = manifest(&native_pack(VIT)).version().to_owned();
    let records = page.browser.records(DATABASE);
    let left = records
        .iter()
        .filter(|record| record.key.to_string().contains(&id));
    assert_eq!(left.count(), 0, "nothing of it is left");

    // The deleted model in use keeps running, and the next visit uses another.
    act(&page, "tiny", "delete");
    act(&page, "tiny", "delete-for-good");
    lists(&page, &[SERVED]);
    assert_eq!(focused(&page), format!("Delete {SERVED}"));
    wait_for_message(&page, "#stored-result", "stays in use");
    page.drop_files(&[disc()]);
    agrees(&page, &Native::load(native_pack(RESNET)), 0, &disc());
    page.reload();
    page.uses_model(SERVED);
    let said = wait_for_message(&page, "#message", "not stored on this device any more");
    assert!(
        said.contains("Glance’s own model is used instead"),
        "{said}"
    );
}

/// The focus never stays on a button that goes away (WCAG 2.4.3).
#[test]
fn the_focus_goes_to_the_neighbour_of_a_deleted_model() {
    let page = page_with_three_models();
    // A neighbour that asks its own question shows other buttons.
    act(&page, "torchscript", "delete");
    act(&page, "tiny", "delete");
    act(&page, "tiny", "delete-for-good");
    lists(&page, &["torchscript", SERVED]);
    assert_eq!(focused(&page), "Keep torchscript");
    // Behind the last one there is none.
    act(&page, SERVED, "delete");
    act(&page, SERVED, "delete-for-good");
    lists(&page, &["torchscript"]);
    assert_eq!(focused(&page), "Keep torchscript");
    act(&page, "torchscript", "delete-for-good");
    lists(&page, &[]);
    assert_eq!(focused(&page), "On this device");
}

/// The page of a model that stops arriving after three pieces, while the fault is set.
fn held_page(pack: &[u8]) -> Page {
    let site = Site::start(Some(pack.to_vec()));
    let held = Faults {
        held_from: Some(manifest(pack).piece(3).start + 1000),
        ..Faults::default()
    };
    site.set_faults(MODEL, held);
    let page = Page::open_on(site, Webgpu::Software, QUERY);
    page.browser.wait_for(
        "three pieces",
        "return document.querySelector('#model-status').innerText.includes('2.1 MB of')",
    );
    page
}

#[test]
fn a_model_that_is_here_in_part_is_listed_and_gone_on_with() {
    let pack = large_random_pack(2);
    let page = held_page(&pack);
    page.set_labels(&LABELS);
    page.drop_files(&[disc()]);
    page.open_models();
    page.browser.click_role("button", "Cancel");
    wait_for_message(&page, &row(SERVED), "2.1 MB of");
    wait_for_message(&page, &row(SERVED), "Resume download");
    page.site.set_faults(MODEL, Faults::default());
    page.site.take_requests();
    act(&page, SERVED, "use");
    page.uses_model(SERVED);
    wait_for_message(&page, &row(SERVED), "In use");
    let rest = manifest(&pack).size - manifest(&pack).piece(3).start;
    assert_eq!(page.site.bytes_sent(MODEL), rest);
    agrees(&page, &Native::load(pack), 0, &disc());
}

#[test]
fn a_model_that_is_deleted_while_it_comes_stops_coming() {
    let page = held_page(&large_random_pack(2));
    page.open_models();
    act(&page, SERVED, "delete");
    act(&page, SERVED, "delete-for-good");
    wait_for_message(&page, "#stored-result", "is deleted.");
    lists(&page, &[]);
    assert_eq!(page.browser.records(DATABASE), []);
    wait_for_message(&page, "#model-status", "The model is not loaded");
    page.site.set_faults(MODEL, Faults::default());
    page.browser.click_role("button", "Try again");
    page.uses_model(SERVED);
    lists(&page, &[SERVED]);
}

#[test]
fn a_tab_that_waits_for_another_can_be_stopped() {
    let pack = large_random_pack(2);
    let page = held_page(&pack);
    let first = page.browser.tab();
    page.browser.new_tab();
    page.browser.open(&page.site.address(QUERY));
    wait_for_message(
        &page,
        "#model-status",
        "Another tab is downloading this model",
    );
    page.browser.click("#cancel");
    wait_for_message(&page, "#model-status", "The model is not loaded");
    page.open_models();
    act(&page, SERVED, "delete");
    act(&page, SERVED, "delete-for-good");
    wait_for_message(
        &page,
        "#stored-result",
        "Another tab is fetching this model",
    );
    page.site.set_faults(MODEL, Faults::default());
    page.browser.go_to(&first);
    page.uses_model(SERVED);
}

#[test]
fn a_person_learns_that_the_browser_removed_a_model() {
    let page = Page::open(Some(random_pack()), Webgpu::Software, QUERY);
    page.set_labels(&LABELS);
    page.model();
    evict_models(&page);
    page.reload();
    assert_eq!(page.model().0, "network");
    let said = wait_for_message(&page, "#message", "The browser had removed");
    assert!(said.contains("fetched again"), "{said}");
    page.reload();
    assert_eq!(page.model().0, "cache");
    let said = "return document.querySelector('#message').innerText";
    assert_eq!(page.browser.execute(said, Vec::new()), "");
}

#[test]
fn a_model_that_was_removed_comes_back_with_the_connection() {
    let page = Page::open(Some(random_pack()), Webgpu::Software, QUERY);
    page.set_labels(&LABELS);
    page.model();
    evict_models(&page);
    page.site.set_models(Models::Unreachable);
    page.reload();
    page.drop_files(&[disc()]);
    page.model_failure();
    let said = wait_for_message(&page, "#message", "The browser had removed");
    assert!(said.contains("when there is a connection"), "{said}");
    page.site.set_models(Models::Served);
    let online = "window.dispatchEvent(new Event('online'))";
    page.browser.execute(online, Vec::new());
    page.model();
    agrees(&page, &Native::load(random_pack()), 0, &disc());
}

#[test]
fn the_browser_is_asked_to_keep_what_a_person_brings() {
    let page = Page::open(Some(random_pack()), Webgpu::Software, QUERY);
    page.model();
    let answer = |agreed: bool| {
        let script = "window.asked = 0;
            navigator.storage.persist = async () => { window.asked++; return arguments[0]; };";
        page.browser.execute(script, vec![agreed.into()]);
    };
    let asked = || page.browser.execute("return window.asked", Vec::new());
    answer(false);
    open_picker(&page);
    wait_for_message(&page, "#storage", "may remove it");
    page.browser.click("#ask-to-keep");
    wait_for_message(&page, "#stored-result", "does not promise it now");
    answer(true);
    page.browser.click("#ask-to-keep");
    wait_for_message(&page, "#stored-result", "until you delete them");
    assert_eq!(asked(), 1);

    answer(true);
    let files = [VIT, "openai-vit/merges.txt"].map(checkpoint);
    choose(&page, &files.each_ref().map(PathBuf::as_path));
    wait_for_message(&page, "#candidate", "to read");
    assert_eq!(asked(), 0, "looking at a model asks nothing");
    page.browser.click("#use-candidate");
    page.uses_model("torchscript");
    assert_eq!(asked(), 1);
}

#[test]
fn a_browser_that_promised_to_keep_models_is_not_asked_again() {
    let page = Page::open(Some(random_pack()), Webgpu::Software, QUERY);
    page.model();
    let grant = json!({"origin": page.site.origin(), "permissions": ["durableStorage"]});
    page.browser.devtools("Browser.grantPermissions", grant);
    open_picker(&page);
    wait_for_message(&page, "#storage", "keeps it until you delete it");
    let hidden = "return document.querySelector('#ask-to-keep').hidden";
    assert_eq!(page.browser.execute(hidden, Vec::new()), true);
}

#[test]
fn what_a_browser_refuses_is_said() {
    let browser = Browser::start_with(Webgpu::Software, SiteData::Refused);
    let page = Page::open_in(browser, Site::start(Some(random_pack())), QUERY);
    page.model();
    page.open_models();
    wait_for_message(
        &page,
        "#stored-models",
        "does not let the page store models",
    );
}

#[test]
fn the_room_for_a_model_is_said_before_it_is_used() {
    let page = Page::open(Some(random_pack()), Webgpu::Software, QUERY);
    page.model();
    open_picker(&page);
    let files = [VIT, "openai-vit/merges.txt"].map(checkpoint);
    choose(&page, &files.each_ref().map(PathBuf::as_path));
    wait_for_message(&page, "#candidate-room", "more may be stored");
}
