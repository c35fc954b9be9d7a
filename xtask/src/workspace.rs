//! Paths of the workspace.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::TaskError;

/// The folder of the workspace's Cargo.toml.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("xtask is a folder of the workspace")
}

/// The built page.
pub fn dist() -> PathBuf {
    root().join("dist")
}

/// Where cargo puts what it builds.
pub fn built() -> PathBuf {
    let folder = std::env::var_os("CARGO_TARGET_DIR").map_or("target".into(), PathBuf::from);
    root().join(folder)
}

/// The folder for files that tests leave for a person to inspect.
pub fn artifacts() -> PathBuf {
    root().join("target")
}

/// The version of a package in Cargo.lock.
pub fn locked_version(package: &'static str) -> Result<String, TaskError> {
    let path = root().join("Cargo.lock");
    let lock = fs::read_to_string(&path).map_err(|error| TaskError::File(path, error))?;
    version_in(&lock, package).ok_or(TaskError::NotLocked(package))
}

fn version_in(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    let version = lines.nth(1)?.strip_prefix("version = \"")?;
    version.strip_suffix('"').map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::version_in;

    const LOCK: &str = "[[package]]\nname = \"tool-macro\"\nversion = \"9.9.9\"\n\n\
                        [[package]]\nname = \"tool\"\nversion = \"0.2.1\"\nsource = \"x\"\n";

    #[test]
    fn a_locked_version_is_that_of_the_whole_name() {
        assert_eq!(version_in(LOCK, "tool").as_deref(), Some("0.2.1"));
        assert_eq!(version_in(LOCK, "too"), None);
    }
}
