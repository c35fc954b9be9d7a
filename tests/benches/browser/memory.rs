//! Peak memory of a small session.

use glance_tests::browser::Browser;
use serde_json::{Value, json};

use super::{Setup, record, task};

const IMAGES: u32 = 8;
const TEXTS: u32 = 16;

/// Measures each in a fresh browser.
pub fn measure(setup: &Setup, model: &str, device: &str) -> Vec<Value> {
    let site = setup.site(model);
    // In software on WebGPU the peer needs minutes for eight pictures; weights are what counts.
    let images = if device == "cpu" { IMAGES } else { 1 };
    let texts = if device == "cpu" { TEXTS } else { 1 };
    let mut results = Vec::new();
    for who in ["ours", "q8"] {
        let browser = Browser::start(setup.webgpu);
        let code = format!("/{}", site.code());
        let options = json!({
            "who": who, "model": model, "device": device, "code": code,
            "images": images, "texts": texts,
        });
        let memory = browser.watch_memory();
        task(&site, &browser, "use", options);
        let Some(peak) = memory.peak() else {
            println!("This system does not tell how much memory the browser took: not measured.");
            return Vec::new();
        };
        let mut add = |what: &str, bytes: u64| {
            let megabytes = bytes as f64 / 1e6;
            results.push(record(
                "memory",
                model,
                device,
                who,
                what,
                "MB",
                &[megabytes],
            ));
        };
        add("peak memory, resident", peak.resident);
        add("peak memory, private", peak.private);
        add("peak memory, private, all processes", peak.private_of_all);
    }
    results
}
