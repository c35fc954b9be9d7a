//! `cargo xtask screenshots`: takes the pictures in static/screenshots/ with Chromium.

use std::fs;

use crate::browser::Browser;
use crate::error::TaskError;
use crate::page::build;
use crate::process::{cargo, run};
use crate::setup;
use crate::workspace;

pub fn screenshots() -> Result<(), TaskError> {
    let browser = Browser::find()?;
    build::page(&setup::tools()?)?;
    let folder = workspace::root().join("static/screenshots");
    fs::create_dir_all(&folder).map_err(|error| TaskError::File(folder.clone(), error))?;
    run(cargo()
        .args([
            "run",
            "--package",
            "glance-tests",
            "--example",
            "screenshots",
            "--",
        ])
        .arg(&folder)
        .env("CHROMEDRIVER", &browser.driver)
        .env("GLANCE_WEBDRIVER_JSON", &browser.capabilities))
}
