//! Answers leave the page: as files, and on the clipboard.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use glance_tests::browser::Webgpu;
use glance_tests::model::random_pack;
use glance_tests::page::Page;
use glance_tests::pictures::{PictureFile, disc, stripes};
use serde_json::{Value, json};

use crate::ranking::LABELS;

const PATIENCE: Duration = Duration::from_secs(30);
const POLL: Duration = Duration::from_millis(50);

#[test]
fn rankings_are_saved_and_copied() {
    let downloads = downloads("rankings");
    let page = page(&downloads);
    page.set_labels(&LABELS);
    page.browser.click("#none-of-these");
    let text = PictureFile {
        name: "=notes.txt".to_owned(),
        kind: "text/plain",
        bytes: b"no picture".to_vec(),
    };
    page.drop_files(&[disc(), stripes(), text]);
    page.settled(3);
    let shown = page.ranking(0);

    page.browser.click_role("button", "Take away");
    page.browser.click_role("button", "Save JSON");
    let json: Value = serde_json::from_str(&saved(&downloads, "glance.json")).expect("it is JSON");
    let texts: Vec<&str> = LABELS.into_iter().chain(["none of these"]).collect();
    assert_eq!(json["texts"], json!(texts));
    assert_eq!(json["prompts"], json!([page.template()]));
    let first = &json["pictures"][0];
    assert_eq!(first["picture"], disc().name);
    assert_eq!(first["best"], shown[0].label);
    for entry in &shown {
        let at = texts.iter().position(|text| **text == entry.label);
        let score = &first["scores"][at.expect("it is one of the texts")];
        let near = |found: &Value, shown: f32| {
            let found = found.as_f64().expect("a number") as f32;
            assert!((found - shown).abs() < 1e-5, "{found}, not {shown}");
        };
        near(&score["probability"], entry.percent / 100.0);
        near(&score["cosine"], entry.cosine);
    }
    assert!(json["pictures"][2]["best"].is_null());
    assert!(json["pictures"][2]["problem"].is_string());

    page.browser.click_role("button", "Take away");
    page.browser.click_role("button", "Save CSV");
    let csv = saved(&downloads, "glance.csv");
    let lines: Vec<&str> = csv.trim_start_matches('\u{feff}').lines().collect();
    let head = format!(
        "picture,best,probability,cosine,moved to,problem,{}",
        texts.join(",")
    );
    assert_eq!(lines[0], head);
    assert_eq!(lines.len(), 4);
    assert!(lines[1].starts_with(&format!("{},{},", disc().name, shown[0].label)));
    assert!(lines[3].starts_with("'=notes.txt,,,,,"), "{}", lines[3]);

    page.browser.click_role("button", "Take away");
    page.browser.click_role("button", "Copy");
    page.browser.wait_for(
        "the note that it was copied",
        "return document.body.innerText.includes('Copied.')",
    );
    let copied = page
        .browser
        .execute_async("return navigator.clipboard.readText()", Vec::new());
    let copied = copied.as_str().expect("a text").replace("\r\n", "\n");
    assert!(
        copied.starts_with("picture\tbest\tprobability\t"),
        "{copied}"
    );
    assert_eq!(copied.lines().count(), 4);
}

/// A page whose downloads go into a folder, and that may use the clipboard.
fn page(downloads: &Path) -> Page {
    let page = Page::open(Some(random_pack()), Webgpu::None, "?device=cpu");
    let behavior = json!({"behavior": "allow", "downloadPath": downloads});
    page.browser
        .devtools("Browser.setDownloadBehavior", behavior);
    let permissions = ["clipboardReadWrite", "clipboardSanitizedWrite"];
    page.browser.devtools(
        "Browser.grantPermissions",
        json!({"permissions": permissions}),
    );
    page
}

/// An empty folder.
fn downloads(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("downloads")
        .join(name);
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).expect("the folder can be made");
    folder
}

/// The content of a saved file, as soon as it is whole.
fn saved(folder: &Path, name: &str) -> String {
    let path = folder.join(name);
    let start = Instant::now();
    // The browser renames it when it is whole.
    while !path.exists() {
        assert!(start.elapsed() < PATIENCE, "{name} was not saved");
        std::thread::sleep(POLL);
    }
    fs::read_to_string(path).expect("it can be read")
}
