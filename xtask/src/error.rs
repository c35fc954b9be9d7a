use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// Why a command ended early.
#[derive(Debug, Error)]
pub enum TaskError {
    #[error("{0}; `cargo xtask --help` lists the commands.")]
    Arguments(#[from] lexopt::Error),
    #[error("`{program}` could not be started ({source}); install it or put it on the PATH.")]
    Start { program: String, source: io::Error },
    #[error("`{0}` did not succeed; its own messages are above.")]
    Failed(String),
    #[error("{0} could not be read or written ({1}).")]
    File(PathBuf, io::Error),
    #[error("`cargo xtask assemble` is for trunk, which calls it; run `cargo xtask build`.")]
    NotTrunk,
    #[error("The page's program could not be split into its parts ({0}).")]
    Split(String),
    #[error(
        "static/service_worker.js has no place for its version and files; restore the lines \
         `const VERSION = \"\";` and `const FILES = {{}};`."
    )]
    ServiceWorker,
    #[error("No folder to keep tools in was found; set GLANCE_CACHE to one.")]
    NoCache,
    #[error("Cargo.lock names no version of {0}; restore the committed file.")]
    NotLocked(&'static str),
    #[error(
        "{tool} {version} could not be installed; check the network connection and run this \
         command again."
    )]
    Install { tool: &'static str, version: String },
    #[error(
        "The Rust target wasm32-unknown-unknown is missing and could not be added; run \
         `rustup target add wasm32-unknown-unknown`."
    )]
    Target,
    #[error("The tests on ARM need what this machine lacks; run `{0}`.")]
    NoArm(String),
    #[error(
        "The tests of accessibility and of the npm package need npm; install Node.js with npm."
    )]
    NoNpm,
    #[error("Port {0} is in use; stop what listens there or choose another with --port.")]
    PortTaken(u16),
    #[error("Modules of {folder} import each other in a circle: {modules}; move what they share.")]
    Circle {
        folder: &'static str,
        modules: String,
    },
    #[error("BENCHMARKS.md has no place for {0}; put its two marks back.")]
    NoBenchTable(&'static str),
    #[error(
        "Fuzzing found inputs that fail; each of these commands runs one again:\n{}",
        .0.join("\n")
    )]
    Fuzz(Vec<String>),
    #[error(transparent)]
    Browser(#[from] BrowserMissing),
}

/// No browser to test in.
#[derive(Debug, Error)]
#[error(
    "{missing} was not found, without which this does not run. {}",
    how_to_install_a_browser()
)]
pub struct BrowserMissing {
    /// The missing program.
    pub missing: &'static str,
}

fn how_to_install_a_browser() -> &'static str {
    if cfg!(target_os = "macos") {
        "Run `brew install --cask google-chrome chromedriver`."
    } else if cfg!(windows) {
        "Run `winget install Google.Chrome Chromium.ChromeDriver`."
    } else {
        "Install the packages chromium and chromium-driver (Debian: `apt-get install chromium \
         chromium-driver`; Fedora: chromium, chromedriver; Arch: chromium)."
    }
}
