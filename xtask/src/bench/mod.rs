//! `cargo xtask bench`: ours beside transformers.js in a browser, and beside onnxruntime and
//! PyTorch natively. It is not part of the tests, because it needs Python, npm, gigabytes and half
//! an hour. The demo model beside an earlier one, and the page, need only the browser.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::str::FromStr;

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::error::TaskError;
use crate::npm;
use crate::page::build;
use crate::process::{cargo, command, output, run};
use crate::python::{self, python};
use crate::setup::{self, cache};
use crate::workspace;

mod code_size;
mod document;
mod results;
mod table;

use results::Results;

const PEER: &str = "@huggingface/transformers";
const PEER_VERSION: &str = "4.3.1";
const MODELS: [&str; 2] = ["clip-vit-base-patch32", "TinyCLIP-ViT-8M-16"];

/// How thoroughly to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// Half an hour, for numbers to quote.
    Whole,
    /// Some minutes, to see where things stand.
    Quick,
}

impl Extent {
    fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Quick => "quick",
        }
    }
}

/// A part that can be measured by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Pictures and texts in a browser.
    Encode,
    /// The browser's memory.
    Memory,
    /// Time to the first label, and downloads until then.
    Start,
    /// Single operations in a browser.
    Kernels,
    /// Picture files read and resized in a browser.
    Pictures,
    /// Without a browser.
    Native,
    /// The demo model in a browser, beside an earlier one and ViT-B/32. It needs no peer, and is
    /// measured on request only.
    Demo,
    /// What a person waits for on the page with some hundred pictures. Measured on request only.
    Page,
}

impl FromStr for Part {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "encode" => Ok(Self::Encode),
            "memory" => Ok(Self::Memory),
            "start" => Ok(Self::Start),
            "kernels" => Ok(Self::Kernels),
            "pictures" => Ok(Self::Pictures),
            "native" => Ok(Self::Native),
            "demo" => Ok(Self::Demo),
            "page" => Ok(Self::Page),
            _ => {
                Err("the parts are encode, memory, start, kernels, pictures, native, demo and page")
            }
        }
    }
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Self::Encode => "encode",
            Self::Memory => "memory",
            Self::Start => "start",
            Self::Kernels => "kernels",
            Self::Pictures => "pictures",
            Self::Native => "native",
            Self::Demo => "demo",
            Self::Page => "page",
        }
    }
}

/// Measures `part`, or all that have a peer. Prints tables, and writes them to BENCHMARKS.md and
/// `target/bench/results.json`.
pub fn bench(extent: Extent, part: Option<Part>) -> Result<(), TaskError> {
    let folder = folder()?;
    let mut results = Results::new(machine(extent));
    let python = python(&[python::REFERENCES, python::BENCH])?;
    let models = models(&python)?;
    if part != Some(Part::Native) {
        let found = folder.join("browser.json");
        let peer = npm::installed(PEER, PEER_VERSION)?;
        in_browser(&models, &peer, &found, extent, part)?;
        results.read(&found)?;
        code_size::fill(&mut results, &peer)?;
    }
    if matches!(part, None | Some(Part::Native)) {
        let found = folder.join("native.json");
        natively(&models, &python, &found, extent)?;
        results.read(&found)?;
    }
    report(&results, &folder)?;
    document::write(&results)
}

/// Measures the demo model, beside the pack of an earlier one if there is one.
pub fn demo(extent: Extent, against: Option<&Path>) -> Result<(), TaskError> {
    let against = against.map(absolute).transpose()?;
    without_peer(extent, Part::Demo, against)
}

/// Measures what a person waits for on the page.
pub fn page(extent: Extent) -> Result<(), TaskError> {
    without_peer(extent, Part::Page, None)
}

fn without_peer(extent: Extent, part: Part, against: Option<PathBuf>) -> Result<(), TaskError> {
    let folder = folder()?;
    let mut results = Results::new(machine(extent));
    let found = folder.join(part.name()).with_extension("json");
    // Built like the tests: it only drives the browser, and a release build of all that it links
    // takes longer than the measuring.
    let mut program = browser_program(&["--profile", "dev"], &found, extent, part.name())?;
    build::page(&setup::tools()?)?;
    run(program.args(against))?;
    results.read(&found)?;
    report(&results, &folder)
}

/// The folder for results.
fn folder() -> Result<PathBuf, TaskError> {
    let folder = absolute(&workspace::artifacts().join("bench"))?;
    fs::create_dir_all(&folder).map_err(|error| TaskError::File(folder.clone(), error))?;
    Ok(folder)
}

fn absolute(path: &Path) -> Result<PathBuf, TaskError> {
    std::path::absolute(path).map_err(|error| TaskError::File(path.to_owned(), error))
}

fn report(results: &Results, folder: &Path) -> Result<(), TaskError> {
    let tables = table::tables(&results.records);
    println!("\n{}\n\n{tables}", results.machine);
    let path = folder.join("results.json");
    let all = json!({"machine": results.machine, "results": results.values()});
    fs::write(&path, format!("{all:#}\n")).map_err(|error| TaskError::File(path, error))
}

/// Facts that tell how far to trust the numbers.
fn machine(extent: Extent) -> Value {
    let load = fs::read_to_string("/proc/loadavg").ok();
    let load = load.as_deref().and_then(|load| load.split(' ').next());
    let processor = fs::read_to_string("/proc/cpuinfo").ok();
    let processor = processor.as_deref().and_then(|text| {
        let name = text.lines().find(|line| line.starts_with("model name"))?;
        Some(name.split_once(':')?.1.trim())
    });
    json!({
        "cores": std::thread::available_parallelism().ok().map(usize::from),
        "date": date(),
        "extent": extent.name(),
        // The load of other programs: nothing of ours runs yet. Two busy cores make both slow.
        "load": load,
        "processor": processor,
    })
}

/// The date, if the system has the program.
fn date() -> Value {
    output(Command::new("date").arg("+%F")).into()
}

/// Makes missing checkpoints, packs all of them with this build, and returns their folder.
fn models(python: &Path) -> Result<PathBuf, TaskError> {
    let folder = cache()?.join("bench/models");
    run(command(python)
        .arg("tests/fixtures/make_bench_models.py")
        .arg(&folder))?;
    let glance = build::glance()?;
    for model in MODELS {
        let checkpoint = folder.join(model);
        let pack = checkpoint.join("int8.safetensors");
        run(command(&glance)
            .arg("pack")
            .arg(&checkpoint)
            .arg("-o")
            .arg(&pack))?;
        let manifest = output(command(&glance).arg("manifest").arg(&pack));
        let manifest = manifest.ok_or_else(|| TaskError::Failed("glance manifest".to_owned()))?;
        let path = checkpoint.join("int8.json");
        fs::write(&path, manifest).map_err(|error| TaskError::File(path, error))?;
    }
    Ok(folder)
}

fn in_browser(
    models: &Path,
    peer: &Path,
    found: &Path,
    extent: Extent,
    part: Option<Part>,
) -> Result<(), TaskError> {
    let mut program = browser_program(&[], found, extent, part.map_or("all", Part::name))?;
    let tools = setup::tools()?;
    build::page(&tools)?;
    let kernels = absolute(&workspace::artifacts().join("bench/kernels"))?;
    build::module(&tools, "glance-kernel-speed", &kernels)?;
    run(program.args([models, peer, &kernels]))
}

/// The browser benchmark; the caller adds its further arguments.
fn browser_program(
    profile: &[&str],
    found: &Path,
    extent: Extent,
    part: &str,
) -> Result<Command, TaskError> {
    let browser = Browser::find()?;
    let mut program = program("browser", profile);
    program
        .arg(found)
        .args([extent.name(), part])
        .env("CHROMEDRIVER", &browser.driver)
        .env("GLANCE_WEBDRIVER_JSON", &browser.capabilities);
    Ok(program)
}

fn natively(models: &Path, python: &Path, found: &Path, extent: Extent) -> Result<(), TaskError> {
    run(program("native", &[])
        .args([models, python, found])
        .arg(extent.name()))
}

/// A benchmark of glance-tests; the caller adds its arguments.
fn program(name: &str, profile: &[&str]) -> Command {
    let mut program = cargo();
    program.args(["bench", "--package", "glance-tests", "--bench", name]);
    program.args(profile).arg("--");
    program
}
