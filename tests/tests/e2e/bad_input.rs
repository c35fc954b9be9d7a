//! Files, texts and models that cannot be used: each gets one sentence, and the rest works.

use std::env;
use std::fs;

use glance_tests::browser::Webgpu;
use glance_tests::model::random_pack;
use glance_tests::page::Page;
use glance_tests::pictures::{
    PictureFile, disc, empty, enormous, not_a_picture, plain_and_svg, stripes, truncated,
};
use glance_tests::site::{Faults, Models, Site};

const LABELS: [&str; 2] = ["disc", "stripes"];

#[test]
fn bad_pictures_are_named_and_the_rest_goes_on() {
    let page = Page::open(Some(random_pack()), Webgpu::Software, "?device=cpu");
    page.set_labels(&LABELS);
    page.drop_files(&[
        disc(),
        not_a_picture(),
        truncated(),
        empty(),
        enormous(),
        stripes(),
    ]);
    let states = page.settled(6);
    assert_eq!(states, ["done", "error", "error", "error", "error", "done"]);
    let errors = page.picture_errors();
    assert_eq!(
        errors.len(),
        4,
        "one message a card that failed: {errors:?}"
    );
    for error in &errors {
        one_sentence(error);
    }
    assert_eq!(
        page.ranking(0).len(),
        LABELS.len(),
        "a good picture has its ranking"
    );
    assert_eq!(page.ranking(5).len(), LABELS.len(), "so has the last");
    assert_eq!(page.browser.console_errors(), [""; 0]);
}

#[test]
fn a_german_page_explains_the_english_of_the_engine() {
    let query = "?device=cpu&language=de";
    let page = Page::open(Some(random_pack()), Webgpu::Software, query);
    page.drop_files(&[not_a_picture()]);
    assert_eq!(page.settled(1), ["error"]);
    let [error] = page.picture_errors().try_into().expect("one card failed");
    let english = error
        .strip_prefix("Das Bild kann nicht verwendet werden. (")
        .and_then(|english| english.strip_suffix(')'));
    one_sentence(english.unwrap_or_else(|| panic!("{error:?} explains an English sentence")));
}

#[test]
fn svg_is_drawn_by_the_browser() {
    let page = Page::open(Some(random_pack()), Webgpu::Software, "?device=cpu");
    page.set_labels(&LABELS);
    let [plain, svg] = plain_and_svg();
    let broken = PictureFile {
        name: "broken.svg".to_owned(),
        bytes: b"<svg xmlns='http://www.w3.org/2000/svg'><rect".to_vec(),
        ..svg.clone()
    };
    page.drop_files(&[plain, svg, broken]);
    assert_eq!(page.settled(3), ["done", "done", "error"]);
    assert_eq!(page.ranking(1), page.ranking(0), "it shows the same colour");
    let [error] = page.picture_errors().try_into().expect("one card failed");
    assert!(error.contains("SVG"), "{error}");
    one_sentence(&error);
}

#[test]
fn the_file_picker_takes_several_files() {
    let folder = env::temp_dir().join(format!("glance-e2e-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("the temporary folder is writable");
    let paths = [disc(), stripes()].map(|file| {
        let path = folder.join(&file.name);
        fs::write(&path, file.bytes).expect("the temporary folder is writable");
        path.to_string_lossy().into_owned()
    });
    let page = Page::open(Some(random_pack()), Webgpu::Software, "?device=cpu");
    page.browser.type_into("#file-input", &paths.join("\n"));
    assert_eq!(page.settled(2), ["done", "done"]);
    fs::remove_dir_all(folder).expect("the folder is this test's own");
}

#[test]
fn a_format_whose_code_cannot_be_fetched_is_tried_again() {
    let site = Site::start(Some(random_pack()));
    let part: &str = Box::leak(format!("{}/worker/split_formats.wasm", site.code()).into());
    let gone = Faults {
        status: Some(503),
        ..Faults::default()
    };
    site.set_faults(part, gone);
    let page = Page::open_on(site, Webgpu::Software, "?device=cpu");
    page.set_labels(&LABELS);
    page.drop_files(&[disc()]);
    assert_eq!(page.settled(1), ["error"]);
    let errors = page.picture_errors();
    assert_eq!(errors.len(), 1);
    one_sentence(&errors[0]);
    assert!(errors[0].contains("connect to the internet"), "{errors:?}");

    page.site.set_faults(part, Faults::default());
    page.browser.click_role("button", "Try again");
    assert_eq!(page.settled(1), ["done"]);
    assert_eq!(page.ranking(0).len(), LABELS.len());
}

#[test]
fn a_request_that_cannot_be_read_is_answered() {
    let page = Page::open(Some(random_pack()), Webgpu::None, "?device=cpu");
    let script = "const code = document.querySelector('script[src]').src;
        const worker = new Worker(new URL('start_worker.js', code), { type: 'module' });
        const said = () => new Promise(resolve => worker.onmessage = ({ data }) => resolve(data));
        if (await said() !== 'Started') throw new Error('it said something else first');
        worker.postMessage([{ Run: { id: 7, request: { Rank: {} } } }, []]);
        const { Failed: { id, failure } } = await said();
        worker.terminate();
        return [id, failure.message]";
    let answer = page.browser.execute_async(script, Vec::new());
    assert_eq!(answer[0], 7);
    one_sentence(answer[1].as_str().unwrap_or_default());
}

#[test]
fn a_label_of_ten_thousand_characters_gets_one_sentence() {
    let page = Page::open(Some(random_pack()), Webgpu::Software, "?device=cpu");
    page.drop_files(&[disc()]);
    page.set_labels(&LABELS);
    page.paste_label(&"very long ".repeat(1_000));
    let sentence = page.browser.wait_for(
        "a sentence about the long label",
        "return document.querySelector('[data-testid=ranked-label] .note')?.innerText.trim()",
    );
    one_sentence(sentence.as_str().unwrap_or_default());
    assert_eq!(page.ranking(0).len(), LABELS.len() + 1);
}

#[test]
fn without_labels_the_picture_waits_for_one() {
    let page = Page::open(Some(random_pack()), Webgpu::Software, "?device=cpu");
    page.set_labels(&[]);
    page.drop_files(&[disc()]);
    assert_eq!(page.settled(1), ["done"]);
    let card = "return document.querySelector('[data-testid=picture-card] p').innerText.trim()";
    one_sentence(
        page.browser
            .wait_for("a sentence on the card", card)
            .as_str()
            .unwrap_or_default(),
    );
    page.set_labels(&LABELS);
    assert_eq!(page.ranking(0).len(), LABELS.len());
}

#[test]
fn a_model_cut_in_half_is_told_and_a_retry_loses_nothing() {
    recovers(Models::Halved);
}

#[test]
fn a_model_out_of_reach_is_told_and_a_retry_loses_nothing() {
    recovers(Models::Unreachable);
}

fn recovers(trouble: Models) {
    let page = Page::open_with(
        Some(random_pack()),
        trouble,
        Webgpu::Software,
        "?device=cpu",
    );
    page.drop_files(&[disc()]);
    page.set_labels(&LABELS);
    one_sentence(&page.model_failure());
    page.site.set_models(Models::Served);
    page.browser.click("#retry");
    assert_eq!(page.model().0, "network");
    assert_eq!(page.ranking(0).len(), LABELS.len());
}

/// Something a person can read: a capital, a full stop, and no trace of code.
pub fn one_sentence(text: &str) {
    let first = text.chars().next();
    assert!(
        first.is_some_and(char::is_uppercase),
        "{text:?} starts with a capital"
    );
    assert!(text.ends_with('.'), "{text:?} ends with a full stop");
    assert!(
        text.len() < 200 && !text.contains('\n'),
        "{text:?} is short"
    );
    for trace in [
        "Error(",
        "panicked",
        "unreachable",
        "::",
        "undefined",
        "[object",
    ] {
        assert!(!text.contains(trace), "{text:?} is for people");
    }
}
