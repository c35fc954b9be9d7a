//! The browser that tests run in, and how they start it.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::error::{BrowserMissing, TaskError};
use crate::workspace;

/// A browser, its driver, and the file of capabilities that starts them for a test.
pub struct Browser {
    pub driver: PathBuf,
    pub capabilities: PathBuf,
}

const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "chrome"];

#[cfg(target_os = "macos")]
const INSTALLED: &[&str] = &[
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];
#[cfg(windows)]
const INSTALLED: &[&str] = &[
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Google\Chrome\Application\chrome.exe",
];
#[cfg(not(any(target_os = "macos", windows)))]
const INSTALLED: &[&str] = &[];

impl Browser {
    /// Finds Chromium or Chrome and its driver (`CHROMEDRIVER`, or on the PATH).
    pub fn find() -> Result<Self, TaskError> {
        let browser = chromium()?;
        let driver = env::var_os("CHROMEDRIVER")
            .map(PathBuf::from)
            .or_else(|| on_path("chromedriver"))
            .ok_or(BrowserMissing {
                missing: "chromedriver",
            })?;
        Ok(Self {
            driver,
            capabilities: write_capabilities(&browser)?,
        })
    }
}

/// Chromium or Chrome.
pub fn chromium() -> Result<PathBuf, BrowserMissing> {
    let installed = || {
        INSTALLED
            .iter()
            .map(PathBuf::from)
            .find(|path| path.is_file())
    };
    BROWSERS
        .iter()
        .find_map(|name| on_path(name))
        .or_else(installed)
        .ok_or(BrowserMissing {
            missing: "Chromium or Chrome",
        })
}

/// Starts Chromium with its software WebGPU, so that a machine without a graphics card runs the
/// same kernels, and without the requests that a browser makes on its own.
fn write_capabilities(browser: &Path) -> Result<PathBuf, TaskError> {
    let capabilities = json!({
        "goog:chromeOptions": {
            "binary": browser,
            "args": [
                "--headless=new",
                "--no-sandbox",
                "--enable-unsafe-webgpu",
                "--use-webgpu-adapter=swiftshader",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-quic",
                "--disable-sync",
                "--no-first-run",
                // A mouse that points and hovers: headless Chromium finds none.
                "--blink-settings=primaryHoverType=2,availableHoverTypes=2,\
                 primaryPointerType=4,availablePointerTypes=4",
            ],
        },
    });
    let folder = workspace::artifacts();
    let path = folder.join("webdriver.json");
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(&path, format!("{capabilities:#}\n")))
        .and_then(|()| fs::canonicalize(&path))
        .map_err(|error| TaskError::File(path, error))
}

fn on_path(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| {
            folder
                .join(program)
                .with_extension(env::consts::EXE_EXTENSION)
        })
        .find(|candidate| candidate.is_file())
}
