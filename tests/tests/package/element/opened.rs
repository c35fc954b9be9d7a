//! An element on an open page.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use glance_tests::browser::{Browser, Webgpu};
use glance_tests::model::random_pack;
use glance_tests::pictures::PictureFile;
use glance_tests::site::{Models, Site};
use serde_json::{Value, json};

use crate::consumer::folder;

const DROP: &str = "
    const [id, files] = arguments;
    const dataTransfer = new DataTransfer();
    for (const [name, type, base64] of files) {
        const bytes = Uint8Array.from(atob(base64), character => character.charCodeAt(0));
        dataTransfer.items.add(new File([bytes], name, { type }));
    }
    const element = document.getElementById(id);
    const target = element.shadowRoot?.querySelector('[part~=zone]') ?? element;
    const event = kind =>
        new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true, composed: true });
    return ['dragenter', 'dragover', 'drop'].map(kind => !target.dispatchEvent(event(kind)));
";

/// A page of `tests/fixtures/consumers/element`, with the built package beside it.
pub struct Opened {
    pub site: Site,
    pub browser: Browser,
}

impl Opened {
    /// Opens a page.
    pub fn page(name: &str) -> Self {
        Self::page_when(name, Models::Served)
    }

    /// Opens a page while the model is served like this.
    pub fn page_when(name: &str, models: Models) -> Self {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let site = Site::of_files("/", here.join("fixtures/consumers"));
        site.publish(random_pack());
        site.mount("package/", folder("plain").join("glance-clip"));
        site.set_models(models);
        let browser = Browser::start(Webgpu::None);
        browser.open(&site.address(&format!("element/{name}")));
        browser.wait_for(
            "the element",
            "return !document.querySelector(':not(:defined)')",
        );
        Self { site, browser }
    }

    /// Drops files on an element; whether the page kept each event from the browser.
    pub fn drop(&self, id: &str, files: &[PictureFile]) -> Value {
        let files: Vec<Value> = files
            .iter()
            .map(|file| json!([file.name, file.kind, BASE64.encode(&file.bytes)]))
            .collect();
        self.browser.execute(DROP, vec![id.into(), files.into()])
    }

    /// Runs a function body with the element as `element` and its shadow tree as `tree`.
    pub fn ask(&self, id: &str, body: &str) -> Value {
        self.browser.execute(&with(id, body), Vec::new())
    }

    /// As [`Opened::ask`], until the answer is truthy.
    pub fn wait(&self, id: &str, what: &str, body: &str) -> Value {
        self.browser.wait_for(what, &with(id, body))
    }

    /// Waits until an element's form would send something, and returns it.
    pub fn value(&self, id: &str) -> String {
        self.wait(
            id,
            "the value",
            "return element.value !== null && [element.value]",
        )[0]
        .as_str()
        .unwrap_or_default()
        .to_owned()
    }

    /// Waits until the element's live region says something that starts like this.
    pub fn says(&self, id: &str, start: &str) {
        let status = format!(
            "return tree.querySelector('[role=status]').innerText.startsWith({})",
            json!(start)
        );
        self.wait(id, start, &status);
    }
}

fn with(id: &str, body: &str) -> String {
    format!("const element = document.getElementById('{id}'), tree = element.shadowRoot; {body}")
}
