//! A page that uses the package.

use std::env;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use glance_tests::browser::{Browser, Webgpu};
use glance_tests::model::Native;
use glance_tests::pictures::PictureFile;
use glance_tests::site::Site;
use serde_json::{Value, json};

pub const LABELS: [&str; 4] = ["a red ball", "a forest", "the sky", "a cat"];
/// What the package puts labels into.
pub const TEMPLATE: &str = "a photo of a {}";

/// What every script may use.
const PRELUDE: &str = "const fileOf = ({ name, kind, base64 }) => {
        const bytes = Uint8Array.from(atob(base64), letter => letter.charCodeAt(0));
        return new File([bytes], name, { type: kind });
    };
    const failureOf = async promise => {
        const { name, code, message, index } = await promise.then(
            () => { throw new Error('it succeeded'); }, error => error);
        return { name, code, message, index };
    };";

/// The folder of a page, as `cargo xtask test package` wrote it.
pub fn folder(name: &str) -> PathBuf {
    let consumers = env::var_os("GLANCE_CONSUMERS")
        .expect("GLANCE_CONSUMERS is set by `cargo xtask test package`");
    Path::new(&consumers).join(name)
}

/// A program that npm installed for a page; the caller adds its arguments.
pub fn tool(folder: &Path, name: &str) -> Command {
    let name = if cfg!(windows) {
        format!("{name}.cmd")
    } else {
        name.to_owned()
    };
    let mut tool = Command::new(folder.join("node_modules/.bin").join(name));
    tool.current_dir(folder).env("NO_COLOR", "1");
    tool
}

/// An open page with the package's names in `window`.
pub struct Consumer {
    pub browser: Browser,
    pub site: Option<Site>,
    server: Option<Child>,
}

impl Consumer {
    /// The plain page, in a folder of its site.
    pub fn plain() -> Self {
        Self::of_site(Site::of_files("/any/folder/", folder("plain")))
    }

    /// What Vite builds.
    pub fn built_by_vite() -> Self {
        let folder = folder("vite");
        succeeds(tool(&folder, "vite").arg("build"));
        Self::of_site(Site::of_files("/", folder.join("dist")))
    }

    /// What webpack builds.
    pub fn built_by_webpack() -> Self {
        let folder = folder("webpack");
        succeeds(tool(&folder, "webpack").args([
            "./main.js",
            "--mode",
            "production",
            "--output-path",
            "dist",
            "--output-filename",
            "main.js",
        ]));
        fs::copy(folder.join("index.html"), folder.join("dist/index.html"))
            .expect("the page can be copied");
        Self::of_site(Site::of_files("/", folder.join("dist")))
    }

    /// What Vite serves to a developer.
    pub fn served_by_vite() -> Self {
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port is free");
        let port = free.local_addr().expect("it has an address").port();
        drop(free);
        let mut server = tool(&folder("vite"), "vite")
            .args(["--host", "localhost", "--strictPort", "--port"])
            .arg(port.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .expect("vite starts");
        let output = server.stdout.take().expect("its output is piped");
        let mut lines = BufReader::new(output).lines().map_while(Result::ok);
        let ready = lines.any(|line| line.contains("Local"));
        assert!(ready, "vite tells its address");
        // Keeps the pipe from filling.
        std::thread::spawn(move || lines.for_each(drop));
        let mut consumer = Self::open(&format!("http://localhost:{port}/"));
        consumer.server = Some(server);
        consumer
    }

    /// The page of a site.
    pub fn of_site(site: Site) -> Self {
        let mut consumer = Self::open(&site.address(""));
        consumer.site = Some(site);
        consumer
    }

    fn open(address: &str) -> Self {
        let browser = Browser::start(Webgpu::None);
        browser.open(address);
        browser.wait_for("the package", "return window.Clip !== undefined");
        Self {
            browser,
            site: None,
            server: None,
        }
    }

    /// Runs the body of an asynchronous function in the page, for as long as it takes.
    ///
    /// # Panics
    /// If it throws.
    pub fn run(&self, body: &str, arguments: Vec<Value>) -> Value {
        run(&self.browser, body, arguments)
    }
}

impl Drop for Consumer {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            let _ = server.kill();
            let _ = server.wait();
        }
    }
}

/// As [`Consumer::run`].
pub fn run(browser: &Browser, body: &str, arguments: Vec<Value>) -> Value {
    let script = format!(
        "window.outcome = undefined;
         {PRELUDE}
         (async function () {{ {body} }})(...arguments).then(
             value => {{ window.outcome = {{ value }}; }},
             error => {{ window.outcome = {{ error: `${{error.name}} ${{error.code}}: ${{error.message}} ${{error.stack}}` }}; }});"
    );
    browser.execute(&script, arguments);
    let outcome = browser.wait_for("the script", "return window.outcome");
    match outcome.get("error") {
        None => outcome["value"].clone(),
        Some(error) => panic!(
            "{body}: {error}; the console says {:?}",
            browser.console_errors()
        ),
    }
}

/// A picture for a script's `fileOf`.
pub fn sent(picture: &PictureFile) -> Value {
    json!({
        "name": picture.name,
        "kind": picture.kind,
        "base64": BASE64.encode(&picture.bytes),
    })
}

/// The native engine with the demo model.
pub fn native() -> Native {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../static/models/demo.safetensors");
    Native::load(fs::read(demo).expect("the demo model is part of the repository"))
}

/// Checks a ranking against the native engine: the same cosines and shares, the best first.
pub fn agrees(ranking: &Value, native: &Native, picture: &PictureFile, templates: &[&str]) {
    let labels = LABELS.map(str::to_owned);
    let cosines = native
        .cosines(std::slice::from_ref(picture), &labels, templates)
        .remove(0);
    let shares = native.shares(&cosines);
    let ranking = ranking.as_array().expect("a ranking is a list");
    assert_eq!(ranking.len(), LABELS.len());
    let number = |entry: &Value, name: &str| entry[name].as_f64().expect("it is a number") as f32;
    for entry in ranking {
        let index = entry["index"].as_u64().expect("a label has an index") as usize;
        assert_eq!(entry["label"], LABELS[index]);
        let (cosine, share) = (number(entry, "cosine"), number(entry, "score"));
        assert!(
            (cosine - cosines[index]).abs() < 0.005,
            "{entry} has cosine {}",
            cosines[index]
        );
        assert!(
            (share - shares[index]).abs() < 0.02,
            "{entry} has share {}",
            shares[index]
        );
    }
    let sorted = ranking
        .windows(2)
        .all(|pair| number(&pair[0], "score") >= number(&pair[1], "score"));
    assert!(sorted, "the best comes first: {ranking:?}");
}

fn succeeds(command: &mut Command) {
    let output = command.output().expect("the program starts");
    assert!(
        output.status.success(),
        "{command:?}: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
}
