//! `cargo xtask exactness`: every architecture at its true size against PyTorch. It needs Python,
//! some gigabytes and half an hour, so it is no part of the tests.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::browser::Browser;
use crate::build;
use crate::error::TaskError;
use crate::process::{cargo, command, run};
use crate::setup::{self, cache};
use crate::workspace;

const REQUIREMENTS: &str = "tests/fixtures/requirements.txt";

pub fn exactness(names: impl Iterator<Item = OsString>) -> Result<(), TaskError> {
    let python = python()?;
    run(cargo().args(["build", "--release", "--package", "glance"]))?;
    let built = std::env::var_os("CARGO_TARGET_DIR").map_or("target".into(), PathBuf::from);
    let kept = workspace::artifacts().join("exactness");
    run(command(python)
        .arg("tests/fixtures/check_full_size.py")
        .arg(workspace::root().join(built).join("release/glance"))
        .arg(&kept)
        .args(names))?;
    in_browser(&kept)
}

/// The packs in a folder on WebGPU, in a browser.
fn in_browser(folder: &Path) -> Result<(), TaskError> {
    let file = |error| TaskError::File(folder.to_owned(), error);
    let packs: Vec<_> = fs::read_dir(folder)
        .and_then(Iterator::collect)
        .map_err(file)?;
    if packs.is_empty() {
        return Ok(());
    }
    let browser = Browser::find()?;
    build::page(&setup::tools()?)?;
    for pack in packs.iter().map(fs::DirEntry::path) {
        run(cargo()
            .args(["test", "--release", "--package", "glance-tests"])
            .args(["--test", "full_size", "--", "--nocapture"])
            .env("GLANCE_PACK", &pack)
            .env("CHROMEDRIVER", &browser.driver)
            .env("GLANCE_WEBDRIVER_JSON", &browser.capabilities))?;
        fs::remove_file(&pack).map_err(file)?;
    }
    Ok(())
}

/// Python in an environment of its own that has the references.
fn python() -> Result<PathBuf, TaskError> {
    let path = workspace::root().join(REQUIREMENTS);
    let wanted = fs::read(&path).map_err(|error| TaskError::File(path, error))?;
    let folder = cache()?.join("tools/reference");
    let python = folder.join(match cfg!(windows) {
        true => "Scripts/python.exe",
        false => "bin/python",
    });
    // A copy of the list, written last, tells that all of it was installed.
    let installed = folder.join("installed.txt");
    if fs::read(&installed).ok().as_ref() != Some(&wanted) {
        println!(
            "Installing PyTorch and the reference implementations into {}",
            folder.display()
        );
        run(command("python3").args(["-m", "venv"]).arg(&folder))?;
        run(command(&python).args(["-m", "pip", "install", "--requirement", REQUIREMENTS]))?;
        fs::write(&installed, wanted).map_err(|error| TaskError::File(installed, error))?;
    }
    Ok(python)
}
