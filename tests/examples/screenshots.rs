//! Photographs the page with the demo model and its samples, for README.md and for the dialog that
//! installs the app. `cargo xtask screenshots` builds the page first and runs this.

use std::env;
use std::fs;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use glance_tests::browser::Webgpu;
use glance_tests::page::Page;
use serde_json::json;

/// File name, width, height, and whether the device is a phone.
const SCREENS: [(&str, u32, u32, bool); 2] = [
    ("desktop.webp", 1280, 800, false),
    ("phone.webp", 390, 844, true),
];
/// Text stays sharp, and a file below 100 kB.
const QUALITY: u32 = 80;

fn main() {
    let folder = env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.expect("the first argument is the folder to write to");
    let page = Page::open(None, Webgpu::None, "");
    page.browser.click_role("button", "Try all");
    page.settled(6);
    for card in 0..6 {
        page.ranking(card);
    }
    page.browser
        .devtools("Emulation.setScrollbarsHidden", json!({"hidden": true}));
    for (name, width, height, phone) in SCREENS {
        let metrics = json!({
            "width": width, "height": height, "deviceScaleFactor": if phone { 2 } else { 1 },
            "mobile": phone,
        });
        page.browser
            .devtools("Emulation.setDeviceMetricsOverride", metrics);
        // A phone shows the pictures below the labels.
        let to = if phone { ".results" } else { "body" };
        let scroll = format!("document.querySelector('{to}').scrollIntoView()");
        page.browser.execute(&scroll, Vec::new());
        let picture = page.browser.devtools(
            "Page.captureScreenshot",
            json!({"format": "webp", "quality": QUALITY}),
        );
        let data = picture["data"]
            .as_str()
            .expect("a screenshot comes as text");
        let bytes = BASE64.decode(data).expect("its text is base64");
        let path = folder.join(name);
        println!("{} ({} bytes)", path.display(), bytes.len());
        fs::write(&path, bytes).expect("the folder is writable");
    }
}
