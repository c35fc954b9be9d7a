//! Times ours and transformers.js in Chromium, in turns, or the demo model and an earlier one, or what a
//! person waits for on the page.
//! `cargo xtask bench` prepares the inputs and prints the results.

use std::path::{Path, PathBuf};
use std::time::Duration;

use glance_tests::browser::{Browser, Webgpu};
use glance_tests::model::random_pack;
use glance_tests::site::Site;
use serde_json::{Value, json};

mod agreement;
mod demo;
mod memory;
mod page;
mod start;

/// Folders of models, the first that of the larger one.
const MODELS: [&str; 2] = ["clip-vit-base-patch32", "TinyCLIP-ViT-8M-16"];
const DTYPES: [&str; 3] = ["fp32", "q8", "q4"];
const DEVICES: [&str; 2] = ["cpu", "gpu"];
/// Time between two polls of work that may last minutes: a poll takes CPU time too.
const POLL: Duration = Duration::from_millis(250);

/// Arguments of the program.
struct Setup {
    models: PathBuf,
    peer: PathBuf,
    /// The folder of the module with the kernels alone.
    kernels: PathBuf,
    webgpu: Webgpu,
    extent: Extent,
}

/// How thoroughly to measure.
struct Extent {
    rounds: u32,
    /// Time for the rounds of a case.
    seconds: f64,
    /// Turns that are expected to take more seconds are skipped.
    patience: f64,
    /// Number of starts of a page.
    visits: usize,
}

const WHOLE: Extent = Extent {
    rounds: 9,
    seconds: 20.0,
    patience: 60.0,
    visits: 3,
};
const QUICK: Extent = Extent {
    rounds: 3,
    seconds: 6.0,
    patience: 20.0,
    visits: 1,
};

impl Setup {
    /// Serves the page with a model as its own, and beside it all models and the peer.
    fn site(&self, model: &str) -> Site {
        let pack = self.models.join(model).join("int8.safetensors");
        let site = site(read(&pack));
        site.mount("peer/", self.peer.clone());
        site.mount("kernels/", self.kernels.clone());
        site.mount("bench-models/", self.models.clone());
        site
    }
}

fn main() {
    let arguments = std::env::args().skip(1);
    // `cargo bench` adds it.
    let arguments: Vec<String> = arguments.filter(|argument| argument != "--bench").collect();
    let [output, extent, parts, rest @ ..] = arguments.as_slice() else {
        panic!("cargo xtask bench runs this");
    };
    let extent = if extent == "quick" { QUICK } else { WHOLE };
    let (webgpu, machine) = machine();
    let mut results = Results {
        output: output.into(),
        machine,
        found: Vec::new(),
    };
    if parts == "demo" {
        let against = rest.first().map(|path| read(path.as_ref()));
        demo::measure(webgpu, &extent, against, &mut results);
        return;
    }
    if parts == "page" {
        page::measure(&mut results);
        return;
    }
    let [models, peer, kernels] = rest else {
        panic!("cargo xtask bench runs this");
    };
    let setup = Setup {
        models: models.into(),
        peer: peer.into(),
        kernels: kernels.into(),
        webgpu,
        extent,
    };
    let wanted = |part: &str| parts == "all" || parts == part;
    if wanted("kernels") {
        for device in DEVICES {
            results.add(kernels_on(&setup, device));
        }
    }
    if wanted("pictures") {
        results.add(pictures(&setup));
    }
    for model in MODELS {
        if wanted("encode") {
            results.add(agreement::check(&setup, model));
            results.add(compare(&setup, model, "cpu"));
        }
        if wanted("start") {
            results.add(start::measure(&setup, model));
        }
        if wanted("memory") {
            for device in DEVICES {
                results.add(memory::measure(&setup, model, device));
            }
        }
    }
    // Last: in software the peer needs minutes.
    if wanted("encode") {
        for model in MODELS {
            results.add(compare(&setup, model, "gpu"));
        }
    }
}

/// Results so far, written after each step because a later one may take long or fail.
struct Results {
    output: PathBuf,
    machine: Value,
    found: Vec<Value>,
}

impl Results {
    fn add(&mut self, found: Vec<Value>) {
        self.found.extend(found);
        let all = json!({"machine": self.machine, "results": self.found});
        std::fs::write(&self.output, format!("{all:#}\n")).expect("the results can be written");
    }
}

/// A record as `cargo xtask bench` reads it.
fn record(
    part: &str,
    model: &str,
    device: &str,
    who: &str,
    what: &str,
    unit: &str,
    samples: &[f64],
) -> Value {
    json!({
        "part": part, "model": model, "device": device, "who": who, "what": what,
        "unit": unit, "samples": samples,
    })
}

/// Serves the page with this pack as its model, and the scripts of this folder.
fn site(pack: Vec<u8>) -> Site {
    let site = Site::start(Some(pack));
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/browser");
    site.mount("bench/", scripts);
    site
}

/// The browser's adapter, hardware before software, and its description.
fn machine() -> (Webgpu, Value) {
    const ADAPTER: &str = "
        const adapter = await navigator.gpu?.requestAdapter();
        if (!adapter) return null;
        const { vendor, architecture, device, description } = adapter.info;
        return [vendor, architecture, device, description].filter(part => part).join(' ');";
    let site = site(random_pack());
    let ask = |webgpu| {
        let browser = Browser::start(webgpu);
        browser.open(&site.address("bench/encode.html"));
        let adapter = browser.execute_async(ADAPTER, Vec::new());
        let version = browser.devtools("Browser.getVersion", json!({}));
        (adapter, version["product"].clone())
    };
    let (adapter, browser) = ask(Webgpu::Hardware);
    let software = ["swiftshader", "llvmpipe"];
    let real = adapter.as_str().is_some_and(|name| {
        let name = name.to_lowercase();
        !software.iter().any(|software| name.contains(software))
    });
    if real {
        return (
            Webgpu::Hardware,
            json!({"browser": browser, "adapter": adapter}),
        );
    }
    println!("No graphics card that the browser can use: WebGPU is measured in software.");
    let (adapter, browser) = ask(Webgpu::Software);
    (
        Webgpu::Software,
        json!({"browser": browser, "adapter": adapter}),
    )
}

/// Times of all cases on a device, ours and every dtype of the peer's.
fn compare(setup: &Setup, model: &str, device: &str) -> Vec<Value> {
    println!("{model} on the {device}");
    let site = setup.site(model);
    let whos: Vec<&str> = std::iter::once("ours").chain(DTYPES).collect();
    let options = json!({
        "model": model, "device": device, "whos": whos, "code": format!("/{}", site.code()),
        "rounds": setup.extent.rounds, "seconds": setup.extent.seconds,
        "patience": setup.extent.patience,
    });
    let browser = Browser::start(setup.webgpu);
    task(&site, &browser, "compare", options);
    results(&browser)
}

/// Speed of single operations.
fn kernels_on(setup: &Setup, device: &str) -> Vec<Value> {
    println!("kernels on the {device}");
    let site = setup.site(MODELS[0]);
    let browser = Browser::start(setup.webgpu);
    let options = json!({"device": device, "rounds": setup.extent.rounds});
    task(&site, &browser, "kernels", options);
    results(&browser)
}

/// Time to read and resize pictures.
fn pictures(setup: &Setup) -> Vec<Value> {
    println!("pictures");
    let site = setup.site(MODELS[0]);
    let browser = Browser::start(setup.webgpu);
    let options = json!({"model": MODELS[0], "rounds": setup.extent.rounds});
    task(&site, &browser, "pictures", options);
    results(&browser)
}

/// The results of the finished task.
fn results(browser: &Browser) -> Vec<Value> {
    let results = browser.execute("return window.state.results", Vec::new());
    results.as_array().cloned().unwrap_or_default()
}

/// Runs a task of encode.js to its end; returns its answer.
fn task(site: &Site, browser: &Browser, name: &str, options: Value) -> Value {
    browser.open(&site.address("bench/encode.html"));
    browser.wait_for("the script", "return window.begin !== undefined");
    browser.execute("window.begin(...arguments)", vec![name.into(), options]);
    let state = until(
        browser,
        "const { done, error, answer } = window.state;
        return done ? { error, answer } : null",
    );
    assert!(state["error"].is_null(), "{name}: {}", state["error"]);
    state["answer"].clone()
}

/// Waits, without a timeout, for a value that is not null.
fn until(browser: &Browser, body: &str) -> Value {
    loop {
        let value = browser.execute(body, Vec::new());
        if !value.is_null() {
            return value;
        }
        std::thread::sleep(POLL);
    }
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
