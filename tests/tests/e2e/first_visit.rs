//! A visitor without a picture at hand: samples, and models that are one click away.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use glance_tests::browser::{Key, Webgpu};
use glance_tests::hub::Hub;
use glance_tests::model::{Native, random_pack};
use glance_tests::page::Page;
use glance_tests::pictures::{PictureFile, disc};
use glance_tests::site::Site;
use serde_json::json;

use crate::installed::stored_offline;
use crate::model::models::{checkpoint, native_pack};
use crate::ranking::{LABELS, agrees};

const SAMPLES: [&str; 6] = [
    "Striped cat, close up",
    "Cup of coffee on a red saucer",
    "Smiling woman in an orange space suit",
    "Rocket upright between towers at dusk",
    "Man looking into a camera on a tripod, black and white",
    "Black outline of a horse",
];
/// A model of the page's list.
const LISTED: &str = "wkcn/TinyCLIP-ViT-8M-16-Text-3M-YFCC15M";
const USE_LISTED: &str = "Use TinyCLIP 8M/16";

fn open() -> Page {
    Page::open(Some(random_pack()), Webgpu::Software, "?device=cpu")
}

pub fn sample(name: &str) -> PictureFile {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../static/samples");
    PictureFile {
        name: name.to_owned(),
        kind: "image/jpeg",
        bytes: fs::read(samples.join(name)).expect("the sample is part of the repository"),
    }
}

fn samples_shown(page: &Page) -> usize {
    let shown = SAMPLES
        .iter()
        .filter(|name| page.browser.has_role("button", name));
    shown.count()
}

/// What the page says about the chosen model.
fn hint(page: &Page) -> String {
    let hint = "return document.querySelector('#model-hint').innerText";
    let hint = page.browser.execute(hint, Vec::new());
    hint.as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_click_on_a_sample_ranks_it() {
    let page = open();
    page.set_labels(&LABELS);
    assert_eq!(samples_shown(&page), SAMPLES.len());
    page.browser.click_role("button", SAMPLES[0]);
    agrees(&page, &Native::load(random_pack()), 0, &sample("cat.jpg"));
    assert_eq!(page.settled(1), ["done"]);
    assert_eq!(samples_shown(&page), 0, "they make way for pictures");
    page.browser.click_role("button", "Remove sample 1.jpg");
    page.browser.wait_for(
        "the samples to come back",
        "return document.querySelectorAll('.sample').length === 6",
    );
    assert_eq!(page.foreign_requests(), [""; 0]);
    assert_eq!(page.browser.console_errors(), [""; 0]);
}

#[test]
fn a_first_visit_has_labels_and_a_prompt_for_the_samples() {
    let page = open();
    page.browser.click_role("button", "Try all");
    assert_eq!(page.settled(SAMPLES.len()), ["done"; SAMPLES.len()]);
    assert_eq!(page.template(), "a photo of a {}");
    let labels = page.labels();
    for label in [
        "cat",
        "cup of coffee",
        "astronaut",
        "rocket",
        "photographer",
        "horse",
    ] {
        assert!(
            labels.iter().any(|own| own == label),
            "{label} is not among {labels:?}"
        );
    }
    assert_eq!(page.ranking(SAMPLES.len() - 1).len(), labels.len());
}

#[test]
fn samples_are_tried_from_the_keyboard() {
    let page = open();
    page.browser.wait_for(
        "the samples",
        "document.querySelector('#drop-zone button').focus();
         return document.querySelectorAll('.sample').length === 6",
    );
    let mut names = Vec::new();
    for _ in 0..10 {
        page.browser.press(Key::Tab);
        let (role, name) = page.browser.focused();
        assert_eq!(role, "button");
        names.push(name);
    }
    let before = ["Folder", "Camera", "From an address…", "Try all"];
    assert_eq!(names[..4], before);
    assert_eq!(names[4..], SAMPLES);
    page.browser.press(Key::Enter);
    assert_eq!(page.settled(1), ["done"]);
    let heading = ("heading".to_owned(), "1 picture".to_owned());
    page.browser.wait_for(
        "the focus to go where the answer is",
        "return document.activeElement.matches('.results h2')",
    );
    assert_eq!(page.browser.focused(), heading);
}

#[test]
fn a_sample_can_be_dragged() {
    let page = open();
    page.set_labels(&LABELS);
    let drag = "const dataTransfer = new DataTransfer();
         const drag = (target, kind) => target.dispatchEvent(
             new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
         const zone = document.querySelector('#drop-zone');
         drag(document.querySelectorAll('.sample')[1], 'dragstart');
         const taken = !drag(zone, 'dragover');
         drag(zone, 'drop');
         return taken";
    assert_eq!(page.browser.execute(drag, Vec::new()), true);
    agrees(
        &page,
        &Native::load(random_pack()),
        0,
        &sample("coffee.jpg"),
    );
}

#[test]
fn samples_do_without_a_network_and_move_nothing() {
    let page = stored_offline();
    page.site.go_offline();
    page.reload();
    page.model();
    page.browser.wait_for(
        "the samples",
        "const pictures = Array.from(document.querySelectorAll('.sample img'));
         return pictures.length === 6
             && pictures.every(picture => picture.complete && picture.naturalWidth > 0)",
    );
    let shift = "return new Promise(done => new PerformanceObserver(list => done(
             list.getEntries().reduce((sum, entry) => sum + entry.value, 0)
         )).observe({ type: 'layout-shift', buffered: true }) ?? setTimeout(() => done(0), 500))";
    let shift = page.browser.execute_async(shift, Vec::new());
    assert!(shift.as_f64() < Some(0.05), "the page moved by {shift}");
    page.browser.click_role("button", SAMPLES[3]);
    assert_eq!(page.settled(1), ["done"]);
}

#[test]
fn they_fit_every_width_by_day_and_night() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screenshots");
    fs::create_dir_all(&folder).expect("target/ is writable");
    let page = Page::open(None, Webgpu::Software, "?device=cpu");
    page.model();
    let hint = hint(&page);
    assert!(hint.starts_with("Glance demo"), "{hint}");
    for width in [320, 390, 768, 1440] {
        let metrics = json!({
            "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500,
        });
        page.browser
            .devtools("Emulation.setDeviceMetricsOverride", metrics);
        for scheme in ["light", "dark"] {
            let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
            page.browser
                .devtools("Emulation.setEmulatedMedia", json!({"features": features}));
            let name = format!("first-visit-{width}-{scheme}.png");
            fs::write(folder.join(&name), page.browser.screenshot())
                .expect("target/screenshots is writable");
            let overflow = "return document.documentElement.scrollWidth - innerWidth";
            let overflow = page.browser.execute(overflow, Vec::new());
            assert!(
                overflow.as_i64() <= Some(0),
                "{name} scrolls sideways by {overflow}"
            );
        }
    }
}

#[test]
fn a_listed_model_is_one_click_away_and_pictures_stay() {
    let names = ["config.json", "merges.txt", "model.safetensors"];
    let read = |name: &str| {
        let bytes = fs::read(checkpoint(&format!("hugging-face/{name}")));
        (name.to_owned(), bytes.expect("the fixture is there"))
    };
    let hub = Arc::new(Hub::new(LISTED, names.map(read).to_vec()));
    let site = Site::with_hub(Some(random_pack()), Some(hub.clone()));
    let page = Page::open_on(site, Webgpu::Software, "?device=cpu&hub=hub/");
    page.set_labels(&LABELS);
    page.drop_files(&[disc()]);
    agrees(&page, &Native::load(random_pack()), 0, &disc());
    let asked = |page: &Page| {
        let requests = page.site.requests();
        let paths = requests.into_iter().map(|request| request.path);
        paths
            .filter(|path| path.starts_with("hub/"))
            .collect::<Vec<_>>()
    };
    assert_eq!(asked(&page), [""; 0], "nothing is asked of a hub unasked");

    page.open_models();
    page.browser.click_role("button", USE_LISTED);
    page.uses_model(LISTED);
    let asked = asked(&page);
    assert!(
        !asked.is_empty() && asked.iter().all(|path| path.contains(LISTED)),
        "{asked:?}"
    );
    assert_eq!(page.labels(), LABELS);
    let native = Native::load(native_pack("hugging-face/model.safetensors"));
    agrees(&page, &native, 0, &disc());
    assert!(page.browser.has_role("button", "In use TinyCLIP 8M/16"));
    let hint = hint(&page);
    assert!(hint.starts_with("TinyCLIP 8M/16: "), "{hint}");
}

#[test]
fn a_listed_model_that_cannot_be_had_leaves_what_is_there() {
    let hub = Arc::new(Hub::new("acme/tiny-clip", Vec::new()));
    let site = Site::with_hub(Some(random_pack()), Some(hub));
    let page = Page::open_on(site, Webgpu::Software, "?device=cpu&hub=hub/");
    page.set_labels(&LABELS);
    page.drop_files(&[disc()]);
    page.ranking(0);
    page.open_models();
    page.browser.click_role("button", USE_LISTED);
    page.browser.wait_for(
        "a word on what became of it",
        "return ['#message', '.model-message'].every(css => {
             const { innerText } = document.querySelector(css);
             return innerText.includes('The hub has no model') && innerText.includes('used again');
         })",
    );
    page.uses_model("Random weights");
    agrees(&page, &Native::load(random_pack()), 0, &disc());
    assert!(page.browser.has_role("button", USE_LISTED));
}
