//! Installs what the commands need and the machine lacks. Each tool of each version has a folder
//! of its own in the user's cache, so later runs and other clones find it.

use std::env;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Command;
use std::time::Instant;

use crate::error::TaskError;
use crate::process::{cargo, command, output, run};
use crate::workspace;

const TRUNK_VERSION: &str = "0.21.14";
/// What the browser runs.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// Folders with the tools' programs.
pub struct Tools {
    wasm_bindgen: PathBuf,
    trunk: PathBuf,
}

/// A program that cargo builds.
struct Tool {
    package: &'static str,
    /// The program whose version tells whether the installation is whole.
    program: &'static str,
    version: String,
    options: &'static [&'static str],
}

/// Adds the wasm target and the tools that are missing.
pub fn tools() -> Result<Tools, TaskError> {
    target()?;
    let wasm_bindgen = Tool {
        package: "wasm-bindgen-cli",
        program: "wasm-bindgen",
        version: workspace::locked_version("wasm-bindgen")?,
        // Not `--locked`: its lock file pins releases that some registry mirrors do not carry yet.
        options: &[
            "--bin",
            "wasm-bindgen",
            "--bin",
            "wasm-bindgen-test-runner",
            // They read whole programs, once for every build.
            "--config",
            "profile.dev.package.walrus.opt-level=1",
            "--config",
            "profile.dev.package.wasmparser.opt-level=1",
            "--config",
            "profile.dev.package.wasm-encoder.opt-level=1",
        ],
    };
    let trunk = Tool {
        package: "trunk",
        program: "trunk",
        version: TRUNK_VERSION.to_owned(),
        options: &["--locked", "--no-default-features", "--features", "rustls"],
    };
    Ok(Tools {
        wasm_bindgen: wasm_bindgen.folder()?,
        trunk: trunk.folder()?,
    })
}

impl Tools {
    /// trunk, with the right wasm-bindgen before any other on its PATH.
    pub fn trunk(&self) -> Result<Command, TaskError> {
        let mut path = OsString::from(&self.wasm_bindgen);
        if let Some(rest) = env::var_os("PATH") {
            path.push(if cfg!(windows) { ";" } else { ":" });
            path.push(rest);
        }
        let mut trunk = command(self.trunk.join("trunk"));
        // trunk takes NO_COLOR for a boolean and refuses the usual value, 1.
        trunk
            .env("PATH", path)
            .env_remove("NO_COLOR")
            .env("TRUNK_SKIP_VERSION_CHECK", "true");
        Ok(trunk)
    }

    /// The program that makes a compiled library callable from JavaScript.
    pub fn wasm_bindgen(&self) -> Command {
        command(self.wasm_bindgen.join("wasm-bindgen"))
    }

    /// The program that runs wasm tests in a browser.
    pub fn test_runner(&self) -> PathBuf {
        self.wasm_bindgen.join("wasm-bindgen-test-runner")
    }
}

impl Tool {
    /// The folder of the tool's programs, after installing them where they are missing or broken.
    fn folder(&self) -> Result<PathBuf, TaskError> {
        let root = cache()?
            .join("tools")
            .join(format!("{}-{}", self.program, self.version));
        let folder = root.join("bin");
        let answers = || {
            let answer = output(command(folder.join(self.program)).arg("--version"));
            answer.is_some_and(|answer| answer.split(' ').nth(1) == Some(&self.version))
        };
        if answers() {
            return Ok(folder);
        }
        println!(
            "Installing {} {} into {}: once for all clones, one to three minutes on two cores.",
            self.package,
            self.version,
            root.display()
        );
        let begun = Instant::now();
        let mut install = cargo();
        install.args([
            "install",
            self.package,
            "--version",
            &self.version,
            "--force",
            // Not optimised: to build a tool takes longer than all its runs.
            "--debug",
            "--config",
            "profile.dev.debug=false",
            "--root",
        ]);
        install.arg(&root).args(self.options);
        match run(&mut install) {
            Ok(()) if answers() => {
                let seconds = begun.elapsed().as_secs();
                println!("Installed {} in {seconds} s.", self.package);
                Ok(folder)
            }
            Err(error @ TaskError::Start { .. }) => Err(error),
            _ => Err(TaskError::Install {
                tool: self.package,
                version: self.version.clone(),
            }),
        }
    }
}

/// Whether the compiler has the standard library for `target`.
pub fn has_target(target: &str) -> bool {
    let sysroot = output(command("rustc").args(["--print", "sysroot"]));
    sysroot.is_some_and(|sysroot| {
        PathBuf::from(sysroot)
            .join("lib/rustlib")
            .join(target)
            .join("lib")
            .is_dir()
    })
}

/// Adds the wasm target where the compiler has none.
fn target() -> Result<(), TaskError> {
    if has_target(TARGET) {
        return Ok(());
    }
    run(command("rustup").args(["target", "add", TARGET])).map_err(|_| TaskError::Target)
}

/// The project's folder in the user's cache.
pub fn cache() -> Result<PathBuf, TaskError> {
    let own = env::var_os("GLANCE_CACHE")
        .filter(|folder| !folder.is_empty())
        .map(PathBuf::from);
    let folder = own
        .or_else(|| Some(dirs::cache_dir()?.join("glance")))
        .ok_or(TaskError::NoCache)?;
    std::path::absolute(&folder).map_err(|error| TaskError::File(folder, error))
}
