//! How a driver and its browser are started.

use std::env;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use fantoccini::wd::Capabilities;
use serde_json::json;

use super::{SiteData, Webgpu};

/// A driver on a free port.
///
/// # Panics
/// Where it does not start.
pub(super) fn driver() -> (Child, u16) {
    let program = env::var_os("CHROMEDRIVER").unwrap_or_else(|| "chromedriver".into());
    let mut driver = Command::new(program)
        .arg("--port=0")
        .stdout(Stdio::piped())
        .spawn()
        .expect("chromedriver starts; `cargo xtask test e2e` says what to install");
    let port = port(&mut driver);
    (driver, port)
}

/// The port that a driver says it listens on.
fn port(driver: &mut Child) -> u16 {
    let output = driver.stdout.take().expect("the driver's output is piped");
    let mut lines = BufReader::new(output).lines().map_while(Result::ok);
    let port = lines
        .find_map(|line| {
            line.split_once("successfully on port ")?
                .1
                .trim_end_matches('.')
                .parse()
                .ok()
        })
        .expect("chromedriver tells its port");
    // Keeps the pipe from filling.
    std::thread::spawn(move || lines.for_each(drop));
    port
}

/// A folder for a fresh profile. The driver's own would stay behind with all that pages kept.
pub(super) fn profile() -> PathBuf {
    static STARTED: AtomicU32 = AtomicU32::new(0);
    let number = STARTED.fetch_add(1, Ordering::Relaxed);
    env::temp_dir().join(format!("glance-browser-{}-{number}", std::process::id()))
}

pub(super) fn capabilities(webgpu: Webgpu, site_data: SiteData, profile: &Path) -> Capabilities {
    let path = env::var_os("GLANCE_WEBDRIVER_JSON")
        .expect("GLANCE_WEBDRIVER_JSON is set by `cargo xtask test e2e`");
    let file = std::fs::read(path).expect("the file of capabilities is readable");
    let mut capabilities: Capabilities =
        serde_json::from_slice(&file).expect("the file of capabilities is a JSON object");
    let options = &mut capabilities["goog:chromeOptions"];
    if site_data == SiteData::Refused {
        const BLOCK: u32 = 2;
        options["prefs"] = json!({"profile.default_content_setting_values.cookies": BLOCK});
    }
    let flags = options["args"]
        .as_array_mut()
        .expect("the capabilities hold the browser's arguments");
    flags.push(format!("--user-data-dir={}", profile.display()).into());
    let without = |flags: &mut Vec<serde_json::Value>, part: &str| {
        flags.retain(|flag| !flag.as_str().is_some_and(|flag| flag.contains(part)));
    };
    match webgpu {
        Webgpu::Software => {}
        Webgpu::None => without(flags, "webgpu"),
        Webgpu::Hardware => {
            without(flags, "webgpu-adapter");
            // Chromium on Linux keeps away from many drivers otherwise.
            flags.extend([
                "--enable-features=Vulkan".into(),
                "--ignore-gpu-blocklist".into(),
            ]);
        }
    }
    capabilities.insert("goog:loggingPrefs".to_owned(), json!({"browser": "ALL"}));
    capabilities
}
