//! `cargo xtask exactness`: every architecture at its true size against PyTorch. It is not part of
//! the tests, because it needs Python, some gigabytes and half an hour.

use std::ffi::OsString;
use std::fs;
use std::path::Path;

use crate::browser::Browser;
use crate::error::TaskError;
use crate::page::build;
use crate::process::{cargo, command, run};
use crate::python::{REFERENCES, python};
use crate::setup;
use crate::workspace;

/// This network is compared with its published weights, by a script of its own.
const MOBILE: &str = "EfficientNet-lite0";

pub fn exactness(names: impl Iterator<Item = OsString>) -> Result<(), TaskError> {
    let python = python(&[REFERENCES])?;
    let names: Vec<OsString> = names.collect();
    let (mobile, names): (Vec<_>, Vec<_>) = names.into_iter().partition(|name| name == MOBILE);
    if !mobile.is_empty() || names.is_empty() {
        let program = build::engine_example("efficientnet_lite")?;
        run(command(&python)
            .arg("tests/fixtures/check_efficientnet_lite.py")
            .arg(program))?;
    }
    if !mobile.is_empty() && names.is_empty() {
        return Ok(());
    }
    let glance = build::glance()?;
    let kept = workspace::artifacts().join("exactness");
    run(command(python)
        .arg("tests/fixtures/check_full_size.py")
        .arg(glance)
        .arg(&kept)
        .args(names))?;
    in_browser(&kept)
}

/// Runs the packs in a folder on WebGPU, in a browser.
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
