//! The model's device: measured, chosen by the person, lost and given up.

use glance_tests::browser::{Browser, Webgpu};
use glance_tests::model::{Native, random_pack};
use glance_tests::page::Page;
use glance_tests::pictures::{PictureFile, disc, many_large, not_a_picture, stripes};
use glance_tests::site::Site;
use serde_json::{Value, json};

use super::WORKER;
use super::helpers::{hear, most_together};
use crate::bad_input::one_sentence;
use crate::ranking::{LABELS, agrees};
use crate::visit::DATABASE;

const BENCHMARKS: &str = "benchmarks";

/// Makes the software adapter pass for a graphics card of this name.
fn disguise(site: &Site, name: &str) {
    let script = format!(
        "for (const [name, value] of [['isFallbackAdapter', false], ['architecture', {}]])
             Object.defineProperty(GPUAdapterInfo.prototype, name, {{ get: () => value }});",
        json!(name)
    );
    site.put_before(WORKER, &script);
}

fn disguised() -> Site {
    let site = Site::start(Some(random_pack()));
    disguise(&site, "a card");
    site
}

/// A page that runs its model on the GPU by itself, because of stored benchmark results.
fn page_on_the_gpu() -> Page {
    let page = Page::open_on(disguised(), Webgpu::Software, "");
    page.runs_on("cpu");
    remember(&page, 1000.0, 10.0);
    page.reload();
    page.runs_on("gpu");
    page.set_labels(&LABELS);
    page
}

/// Replaces the stored benchmark results.
fn remember(page: &Page, cpu: f64, gpu: f64) {
    let benchmark = json!({"speeds": {"cpu": cpu, "gpu": gpu}, "strategy": "Shared"});
    let changed = json!({"benchmark": benchmark});
    let count = page.browser.change_records(DATABASE, BENCHMARKS, changed);
    assert_eq!(count, 1, "one model was benchmarked");
}

fn lose_gpu(page: &Page) {
    page.browser.devtools("Browser.crashGpuProcess", json!({}));
}

fn choose(page: &Page, device: &str) {
    page.open_models();
    page.browser
        .click(&format!("#device option[value={device}]"));
}

/// The choice that the sheet of models shows.
fn chosen(page: &Page) -> Value {
    page.open_models();
    let chosen = "return document.querySelector('#device').value";
    page.browser.execute(chosen, Vec::new())
}

/// Waits until the message beside the model's state contains `part`.
fn wait_for_message(page: &Page, part: &str) {
    let script = format!(
        "return document.querySelector('#message').innerText.includes({})",
        json!(part)
    );
    page.browser.wait_for(part, &script);
    one_sentence(&page.message());
}

#[test]
fn the_faster_device_is_taken_and_remembered() {
    let page = Page::open_on(disguised(), Webgpu::Software, "");
    // Two narrow layers are done before a message reaches another process.
    page.runs_on("cpu");
    let said = page.about_model();
    assert!(
        said.contains("the processor, which was measured") && said.contains("graphics card here"),
        "{said}"
    );

    // Stored times decide, whatever would be measured now.
    remember(&page, 1000.0, 10.0);
    page.reload();
    page.runs_on("gpu");
    let said = page.about_model();
    assert!(
        said.contains("the graphics card, which was measured 100 times as fast as the processor"),
        "{said}"
    );
    page.set_labels(&LABELS);
    page.drop_files(&[disc()]);
    agrees(&page, &Native::load(random_pack()), 0, &disc());

    // Another card has its own benchmark.
    disguise(&page.site, "another card");
    page.browser.clear_http_cache();
    page.reload();
    page.runs_on("cpu");
    assert_eq!(page.browser.console_errors(), [""; 0]);
}

#[test]
fn the_switch_moves_the_model_and_keeps_what_was_answered() {
    let page = Page::open(Some(random_pack()), Webgpu::Software, "");
    page.runs_on("cpu");
    let said = page.about_model();
    assert!(said.contains("emulated in software"), "{said}");
    page.set_labels(&LABELS);
    page.drop_files(&[disc(), stripes()]);
    let before = [page.ranking(0), page.ranking(1)];
    let watch = "window.states = new Set();
        new MutationObserver(() => document.querySelectorAll('[data-testid=picture-card]')
            .forEach(card => window.states.add(card.dataset.state)))
            .observe(document.body, { subtree: true, attributes: true, childList: true });";
    page.browser.execute(watch, Vec::new());
    page.open_models();
    let places = "return ['#device', '#model-in-use', '#drop-zone'].map(css =>
        Math.round(document.querySelector(css).getBoundingClientRect().top + scrollY))";
    let places_before = page.browser.execute(places, Vec::new());

    // From the keyboard: the first letter of an option picks it.
    page.browser.type_into("#device", "G");
    page.runs_on("gpu");
    assert_eq!(page.model(), ("cache".to_owned(), "gpu".to_owned()));
    assert_eq!([page.ranking(0), page.ranking(1)], before);
    let states = page
        .browser
        .execute("return Array.from(window.states)", Vec::new());
    assert!(
        states
            .as_array()
            .is_some_and(|all| all.iter().all(|state| state == "done")),
        "no picture was encoded again: {states}"
    );
    assert_eq!(page.browser.execute(places, Vec::new()), places_before);
    let said = page.about_model();
    assert!(said.contains("graphics card, as you chose"), "{said}");

    // Embeddings of the other device stay in use.
    page.close_models();
    let native = Native::load(random_pack());
    page.set_labels(&["stripes", "red disc", "sky"]);
    agrees(&page, &native, 0, &disc());
    // A file with other bytes, so that it is encoded here.
    page.drop_files(&[disc().copy(1)]);
    agrees(&page, &native, 2, &disc());

    page.reload();
    page.runs_on("gpu");
    choose(&page, "auto");
    page.runs_on("cpu");
    choose(&page, "cpu");
    page.browser.wait_for(
        "the processor to be the person's choice",
        "return document.querySelector('#model-in-use').innerText.includes('as you chose')",
    );
    page.reload();
    assert_eq!(page.model().1, "cpu");
    assert_eq!(page.browser.console_errors(), [""; 0]);
}

#[test]
fn the_switch_overrides_the_device_in_the_address() {
    let page = Page::open(Some(random_pack()), Webgpu::Software, "?device=gpu");
    page.runs_on("gpu");
    assert_eq!(chosen(&page), "gpu");
    page.browser.open(&page.site.address(""));
    page.runs_on("cpu");
    assert_eq!(chosen(&page), "auto");
    page.browser.open(&page.site.address("?device=gpu"));
    page.runs_on("gpu");
    choose(&page, "cpu");
    page.runs_on("cpu");
    page.reload();
    page.runs_on("cpu");
}

#[test]
fn a_switch_that_fails_leaves_later_visits_as_they_were() {
    let site = Site::start(Some(random_pack()));
    site.put_before(WORKER, "GPU.prototype.requestAdapter = async () => null;");
    let page = Page::open_on(site, Webgpu::Software, "?device=cpu");
    page.runs_on("cpu");
    choose(&page, "gpu");
    wait_for_message(&page, "where it ran before");
    page.runs_on("cpu");
    assert_eq!(chosen(&page), "cpu");
    page.browser.open(&page.site.address(""));
    page.runs_on("cpu");
    assert_eq!(chosen(&page), "auto");
}

#[test]
fn a_graphics_card_that_is_not_there_cannot_be_chosen() {
    let page = Page::open(Some(random_pack()), Webgpu::None, "");
    page.runs_on("cpu");
    page.open_models();
    let option = page.browser.execute(
        "const option = document.querySelector('#device option[value=gpu]');
         return [option.disabled, option.innerText]",
        Vec::new(),
    );
    assert_eq!(option[0], true);
    assert!(
        option[1].as_str().is_some_and(|text| text.contains("none")),
        "{option}"
    );
    let said = page.about_model();
    assert!(
        said.contains("this browser offers no graphics card"),
        "{said}"
    );
}

#[test]
fn a_chosen_card_that_is_gone_falls_back_and_is_told() {
    let site = Site::start(Some(random_pack()));
    // A changed program is not stored for later visits.
    site.put_before(WORKER, "");
    let page = Page::open_on(site, Webgpu::Software, "");
    page.runs_on("cpu");
    choose(&page, "gpu");
    page.runs_on("gpu");
    let gone = "GPU.prototype.requestAdapter = async () => null;";
    page.site.put_before(WORKER, gone);
    page.browser.clear_http_cache();
    page.reload();
    page.runs_on("cpu");
    wait_for_message(&page, "cannot be used now");
}

#[test]
fn a_lost_card_is_reopened_once_then_given_up() {
    let page = page_on_the_gpu();
    let native = Native::load(random_pack());
    page.drop_files(&[disc()]);
    agrees(&page, &native, 0, &disc());

    // While nothing runs.
    lose_gpu(&page);
    page.drop_files(&[stripes()]);
    agrees(&page, &native, 1, &stripes());
    agrees(&page, &native, 0, &disc());
    wait_for_message(&page, "in use again");
    assert_eq!(page.model().1, "gpu");

    // In the middle of pictures.
    let large = many_large();
    page.drop_files(&large);
    page.show_all_as_added();
    page.browser.wait_for(
        "a picture that is being encoded",
        "return document.querySelector('[data-testid=picture-card][data-state=running]') !== null",
    );
    lose_gpu(&page);
    let states = page.settled(2 + large.len());
    assert!(states.iter().all(|state| state == "done"), "{states:?}");
    page.runs_on("cpu");
    wait_for_message(&page, "processor goes on");
    let said = page.about_model();
    assert!(said.contains("the graphics card failed"), "{said}");
    agrees(&page, &native, 1, &stripes());
    agrees(&page, &native, 2, &large[0]);
}

#[test]
fn waiting_pictures_run_together_on_the_gpu() {
    let site = Site::start(Some(random_pack()));
    hear(&site);
    let page = Page::open_in(Browser::start(Webgpu::Software), site, "?device=gpu");
    page.runs_on("gpu");
    page.set_labels(&LABELS);
    let mut files: Vec<PictureFile> = Vec::new();
    for number in 0..12 {
        files.extend([disc().copy(number), stripes().copy(number)]);
    }
    files[9] = not_a_picture();
    page.drop_files(&files);
    page.show_all_as_added();
    let states = page.settled(files.len());
    let failed = |state: &&String| *state != "done";
    assert_eq!(states.iter().filter(failed).count(), 1, "{states:?}");
    assert_eq!(states[9], "error");
    let native = Native::load(random_pack());
    for card in [0, 1, 8, 10, 22, 23] {
        agrees(&page, &native, card, &files[card]);
    }
    let together = most_together(&page);
    assert!(together >= 2, "{together} were in work together");
}
