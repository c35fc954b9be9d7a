//! Packages from npm, each at one version in a folder of its own in the user's cache.

use std::path::PathBuf;
use std::process::Command;

use crate::error::TaskError;
use crate::process::{command, output, run};
use crate::setup::cache;

/// npm; the caller adds its arguments.
pub fn npm() -> Command {
    command(if cfg!(windows) { "npm.cmd" } else { "npm" })
}

/// Whether npm is there.
pub fn is_here() -> bool {
    output(npm().arg("--version")).is_some()
}

/// Installs a package if it is missing, and returns the folder of it and its dependencies.
pub fn installed(package: &str, version: &str) -> Result<PathBuf, TaskError> {
    let name = package.rsplit('/').next().unwrap_or(package);
    let folder = cache()?.join(format!("npm/{name}-{version}"));
    let modules = folder.join("node_modules");
    // npm writes it last.
    if !modules.join(".package-lock.json").is_file() {
        println!("Installing {package} {version} into {}", folder.display());
        run(npm()
            .args(["install", "--ignore-scripts", "--prefix"])
            .arg(&folder)
            .arg(format!("{package}@{version}")))?;
    }
    Ok(modules)
}
