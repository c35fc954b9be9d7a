//! How a driver and its browser are started.

use std::env;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use fantoccini::wd::Capabilities;
use serde_json::json;

/// Whether the browser offers the page a WebGPU adapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Webgpu {
    /// Chromium's software renderer.
    Software,
    /// The machine's graphics card, if the browser finds one.
    Hardware,
    /// None, as in a browser without WebGPU.
    None,
}

/// Whether the browser lets pages store anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SiteData {
    /// As usual.
    Kept,
    /// IndexedDB, `localStorage`, cookies and service workers are refused, as Chromium's settings
    /// allow.
    Refused,
}

/// The camera that the browser has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Camera {
    /// The machine's, if it has one.
    Own,
    /// Two that Chromium makes up, which pages may use unasked.
    Fake,
    /// The same, which pages may not use.
    Refused,
    /// None at all.
    Missing,
}

/// Attempts to start a driver; more failures must have another reason than its port.
const TRIES: usize = 5;

/// Starts a driver on a free port; its browser's profile lies in `folder`.
///
/// # Panics
/// If it does not start.
pub(super) fn driver(folder: &Path) -> (Child, u16) {
    // It picks a free IPv4 port, and exits if the same IPv6 port is taken.
    (0..TRIES)
        .find_map(|_| try_driver(folder))
        .expect("chromedriver tells its port")
}

fn try_driver(folder: &Path) -> Option<(Child, u16)> {
    let program = env::var_os("CHROMEDRIVER").unwrap_or_else(|| "chromedriver".into());
    let mut driver = Command::new(program)
        .arg("--port=0")
        .env("TMPDIR", folder)
        .stdout(Stdio::piped())
        .spawn()
        .expect("chromedriver starts; `cargo xtask test e2e` says what to install");
    let output = driver.stdout.take().expect("the driver's output is piped");
    let mut lines = BufReader::new(output).lines().map_while(Result::ok);
    let port = lines.find_map(|line| {
        let (_, port) = line.split_once("successfully on port ")?;
        port.trim_end_matches('.').parse().ok()
    });
    match port {
        Some(port) => {
            // Keeps the pipe from filling.
            std::thread::spawn(move || lines.for_each(drop));
            Some((driver, port))
        }
        None => {
            // Its output has ended, so it exits.
            let _ = driver.wait();
            None
        }
    }
}

pub(super) fn capabilities(webgpu: Webgpu, site_data: SiteData, camera: Camera) -> Capabilities {
    let path = env::var_os("GLANCE_WEBDRIVER_JSON")
        .expect("GLANCE_WEBDRIVER_JSON is set by `cargo xtask test e2e`");
    let file = std::fs::read(path).expect("the file of capabilities is readable");
    let mut capabilities: Capabilities =
        serde_json::from_slice(&file).expect("the file of capabilities is a JSON object");
    let options = &mut capabilities["goog:chromeOptions"];
    const BLOCK: u32 = 2;
    if site_data == SiteData::Refused {
        options["prefs"]["profile.default_content_setting_values.cookies"] = BLOCK.into();
    }
    if camera == Camera::Refused {
        options["prefs"]["profile.default_content_setting_values.media_stream_camera"] =
            BLOCK.into();
    }
    let flags = options["args"]
        .as_array_mut()
        .expect("the capabilities hold the browser's arguments");
    let without = |flags: &mut Vec<serde_json::Value>, part: &str| {
        flags.retain(|flag| !flag.as_str().is_some_and(|flag| flag.contains(part)));
    };
    match webgpu {
        Webgpu::Software => {}
        Webgpu::None => without(flags, "webgpu"),
        Webgpu::Hardware => {
            without(flags, "webgpu-adapter");
            // Otherwise Chromium on Linux refuses many drivers.
            flags.extend([
                "--enable-features=Vulkan".into(),
                "--ignore-gpu-blocklist".into(),
            ]);
        }
    }
    const DEVICE: &str = "--use-fake-device-for-media-stream";
    const ALLOW: &str = "--use-fake-ui-for-media-stream";
    match camera {
        Camera::Own => {}
        Camera::Fake => flags.extend([format!("{DEVICE}=device-count=2").into(), ALLOW.into()]),
        Camera::Refused => flags.push(DEVICE.into()),
        Camera::Missing => flags.extend([format!("{DEVICE}=device-count=0").into(), ALLOW.into()]),
    }
    capabilities.insert("goog:loggingPrefs".to_owned(), json!({"browser": "ALL"}));
    capabilities
}
