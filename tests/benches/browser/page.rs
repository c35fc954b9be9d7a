//! The page with some hundred pictures: how long it lets a person wait. It needs only the built page.

use std::path::Path;

use glance_tests::browser::{Browser, Webgpu};
use serde_json::{Value, json};

use super::{Results, read, record, site, until};

/// Pictures on the page.
const PICTURES: usize = 300;
/// Labels that are added one after the other.
const LABELS: [&str; 3] = ["lamp", "carpet", "bicycle"];
/// Texts that are searched for.
const QUERIES: [&str; 3] = ["an animal", "something red", "a room"];

/// A window, and how many times slower its thread runs than this machine's.
struct Screen {
    name: &'static str,
    width: u32,
    height: u32,
    slower: f64,
}

const SCREENS: [Screen; 2] = [
    Screen {
        name: "desktop",
        width: 1440,
        height: 900,
        slower: 1.0,
    },
    Screen {
        name: "phone",
        width: 390,
        height: 844,
        slower: 4.0,
    },
];

pub fn measure(results: &mut Results) {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../static/models/demo.safetensors");
    let demo = read(&demo);
    for screen in SCREENS {
        results.add(on(&screen, demo.clone()));
    }
}

fn on(screen: &Screen, demo: Vec<u8>) -> Vec<Value> {
    println!("{PICTURES} pictures on a {}", screen.name);
    let site = site(demo);
    let browser = Browser::start(Webgpu::None);
    let size = json!({
        "width": screen.width, "height": screen.height, "deviceScaleFactor": 1,
        "mobile": screen.slower > 1.0,
    });
    browser.devtools("Emulation.setDeviceMetricsOverride", size);
    browser.open(&site.address("?device=cpu"));
    browser.wait_for(
        "the model",
        "return document.querySelector('#model-status')?.dataset.state === 'ready'",
    );
    browser.comes_to_rest();
    let slower = json!({"rate": screen.slower});
    browser.devtools("Emulation.setCPUThrottlingRate", slower);
    browser.execute(include_str!("use_page.js"), Vec::new());

    let dropped = ask(&browser, "drop", json!(PICTURES));
    let labelled: Vec<Value> = LABELS
        .iter()
        .map(|label| ask(&browser, "label", json!(label)))
        .collect();
    let found: Vec<Value> = QUERIES
        .iter()
        .map(|query| ask(&browser, "search", json!(query)))
        .collect();

    let dropped = [dropped];
    let rows = [
        ("all pictures done", "ms", &dropped[..], "time"),
        ("pictures: longest task", "ms", &dropped, "longest"),
        ("pictures: nodes", "nodes", &dropped, "nodes"),
        ("a new label: its chip is painted", "ms", &labelled, "chip"),
        ("a new label: visible answers", "ms", &labelled, "answers"),
        ("a new label: longest task", "ms", &labelled, "longest"),
        ("a search: tiles are in order", "ms", &found, "ordered"),
        ("a search: longest task", "ms", &found, "longest"),
    ];
    rows.into_iter()
        .map(|(what, unit, found, key)| {
            let samples: Vec<f64> = found.iter().filter_map(|one| one[key].as_f64()).collect();
            record("page", "demo model", "", screen.name, what, unit, &samples)
        })
        .collect()
}

fn ask(browser: &Browser, name: &str, argument: Value) -> Value {
    let script = "window.answer = null;
        window.use[arguments[0]](arguments[1]).then(answer => { window.answer = answer; });";
    browser.execute(script, vec![name.into(), argument]);
    until(browser, "return window.answer")
}
