//! `cargo xtask train`: trains the demo model, in a release build.

use std::ffi::OsString;

use crate::error::TaskError;
use crate::process::{cargo, run};

pub fn train(options: impl Iterator<Item = OsString>) -> Result<(), TaskError> {
    run(cargo()
        .args(["run", "--release", "--package", "glance-train", "--"])
        .args(options))
}
