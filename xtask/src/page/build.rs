//! `cargo xtask build`: the page as files for any static host.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::assemble::PROFILE;
use super::split::split;
use crate::error::TaskError;
use crate::process::{cargo, run};
use crate::setup::{self, Tools};
use crate::workspace;

/// The profile that the page is published with.
const PUBLISHED: &str = "web";

pub fn build() -> Result<(), TaskError> {
    page(&setup::tools()?)?;
    let dist = workspace::dist();
    print_sizes(&dist)
}

/// Prints the size of each code file in a folder, raw and compressed by brotli.
pub fn print_sizes(folder: &Path) -> Result<(), TaskError> {
    println!("\n{:>12} {:>12}  file", "raw", "brotli");
    list(folder).map_err(|error| TaskError::File(folder.to_owned(), error))
}

/// Writes dist/.
pub fn page(tools: &Tools) -> Result<(), TaskError> {
    run(tools
        .trunk()?
        .arg("build")
        .args(["--release", "--cargo-profile", PUBLISHED])
        .env(PROFILE, PUBLISHED)
        .arg("--dist")
        .arg(workspace::dist()))
}

/// The release build of the command line program.
pub fn glance() -> Result<PathBuf, TaskError> {
    run(cargo().args(["build", "--release", "--package", "glance"]))?;
    let program = workspace::built().join("release/glance");
    Ok(program.with_extension(std::env::consts::EXE_EXTENSION))
}

/// The release build of an example of the engine.
pub fn engine_example(name: &str) -> Result<PathBuf, TaskError> {
    run(cargo().args([
        "build",
        "--release",
        "--package",
        "glance-engine",
        "--example",
        name,
    ]))?;
    let program = workspace::built().join("release/examples").join(name);
    Ok(program.with_extension(std::env::consts::EXE_EXTENSION))
}

/// Builds a library of the workspace as the page is built, for a page to import.
pub fn module(tools: &Tools, package: &str, folder: &Path) -> Result<(), TaskError> {
    run(cargo().args([
        "build",
        "--profile",
        "web",
        "--target",
        setup::TARGET,
        "--package",
        package,
    ]))?;
    let name = package.replace('-', "_");
    let library = workspace::built().join(format!("{}/web/{name}.wasm", setup::TARGET));
    run(tools
        .wasm_bindgen()
        .args(["--target", "web", "--no-typescript", "--out-dir"])
        .args([folder, &library]))
}

/// Builds the worker as the page has it, with its parts.
pub fn worker(tools: &Tools, folder: &Path) -> Result<(), TaskError> {
    run(cargo().args([
        "build",
        "--profile",
        PUBLISHED,
        "--target",
        setup::TARGET,
        "--package",
        "glance-worker",
    ]))?;
    let program = format!("{}/{PUBLISHED}/worker.wasm", setup::TARGET);
    fs::create_dir_all(folder).map_err(|error| TaskError::File(folder.to_owned(), error))?;
    split(tools, "worker", &workspace::built().join(program), folder)
}

/// The size of bytes compressed by brotli at its highest level.
pub fn brotli(bytes: &[u8]) -> io::Result<usize> {
    let mut packed = brotli::CompressorWriter::new(Vec::new(), 1 << 16, 11, 24);
    packed.write_all(bytes)?;
    Ok(packed.into_inner().len())
}

fn list(dist: &Path) -> io::Result<()> {
    let mut files = Vec::new();
    gather(dist, &mut files)?;
    files.sort();
    for path in files {
        let bytes = fs::read(&path)?;
        let packed = brotli(&bytes)?;
        let name = path.strip_prefix(dist).unwrap_or(&path).display();
        println!("{:>12} {:>12}  {name}", bytes.len(), packed);
    }
    Ok(())
}

/// Adds the code files in a folder and below.
fn gather(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            gather(&path, files)?;
            continue;
        }
        let kind = path.extension().and_then(OsStr::to_str);
        if matches!(kind, Some("wasm" | "js" | "css" | "html")) {
            files.push(path);
        }
    }
    Ok(())
}
