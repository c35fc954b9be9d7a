//! The demo model beside an earlier one, from the request for the page to the first label, and
//! beside ViT-B/32, for one picture on the CPU. It needs only the built page.

use std::path::Path;

use glance_tests::browser::{Browser, Webgpu};
use glance_tests::model::{manifest, vit_b32_pack};
use glance_tests::pictures::medium;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::{Extent, Results, read, site, start, task};

/// Starts of each model.
const VISITS: usize = 5;
const SAMPLE: &str = "/samples/cat.jpg";

/// Measures in turns, so that each number of the demo model has its pair.
pub fn measure(webgpu: Webgpu, extent: &Extent, against: Option<Vec<u8>>, results: &mut Results) {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../static/models/demo.safetensors");
    let demo = read(&demo);
    results.add(starts(webgpu, &demo, against));
    results.add(pictures(extent, demo));
}

/// Cold starts, each in a fresh profile.
fn starts(webgpu: Webgpu, demo: &[u8], against: Option<Vec<u8>>) -> Vec<Value> {
    println!("cold starts with the demo model");
    let packs = std::iter::once(("ours", demo.to_vec()));
    let packs = packs.chain(against.map(|pack| ("an earlier one", pack)));
    let mut models: Vec<_> = packs
        .map(|(who, pack)| (who, site(pack), Vec::new()))
        .collect();
    for _ in 0..VISITS {
        for (_, site, times) in &mut models {
            let browser = Browser::start(webgpu);
            browser.comes_to_rest();
            times.push(start::ours(site, &browser, SAMPLE));
        }
    }
    models
        .iter()
        .map(|(who, _, times)| record(who, "cold start to first label", times))
        .collect()
}

/// Times of one picture.
fn pictures(extent: &Extent, demo: Vec<u8>) -> Vec<Value> {
    println!("one picture on the processor");
    let whos = ["ours", "ViT-B/32"];
    let folder = TempDir::with_prefix("glance-").expect("the temporary folder is writable");
    let write = |path: &str, bytes: &[u8]| {
        let path = folder.path().join(path);
        let parent = path.parent().expect("a file of the folder has a parent");
        std::fs::create_dir_all(parent).expect("the temporary folder is writable");
        std::fs::write(path, bytes).expect("the temporary folder is writable");
    };
    let site = site(demo.clone());
    for (index, pack) in [demo, vit_b32_pack()].iter().enumerate() {
        write(&format!("{index}/demo.safetensors"), pack);
        let manifest = manifest(pack).json();
        write(&format!("{index}/int8.json"), manifest.as_bytes());
    }
    write("input/pictures/0.jpg", &medium().bytes);
    site.mount("bench-models/", folder.path().to_owned());
    let browser = Browser::start(Webgpu::None);
    let options = json!({
        "models": [0, 1], "device": "cpu", "code": format!("/{}", site.code()),
        "rounds": extent.rounds,
    });
    let rows = task(&site, &browser, "models", options);
    whos.iter()
        .enumerate()
        .map(|(index, who)| {
            let times = rows[index].as_array().map(Vec::as_slice);
            let times = times.unwrap_or_default().iter();
            let times: Vec<f64> = times.filter_map(Value::as_f64).collect();
            record(who, "image ×1 on the processor", &times)
        })
        .collect()
}

fn record(who: &str, what: &str, samples: &[f64]) -> Value {
    json!({
        "part": "demo", "model": "demo model", "device": "", "who": who, "what": what,
        "unit": "ms", "samples": samples,
    })
}
