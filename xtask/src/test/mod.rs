//! `cargo xtask test`: every check of the project, quickest first.

mod arm;
mod circles;
mod consumers;

use std::env;
use std::process::Command;
use std::str::FromStr;
use std::time::Instant;

use crate::browser::Browser;
use crate::error::TaskError;
use crate::npm;
use crate::package;
use crate::page::build;
use crate::process::{cargo, run};
use crate::setup::{self, Tools};
use crate::workspace;

/// Packages that run natively, with burn-wgpu. All steps use one set of features, because another
/// set would build every dependency again.
const NATIVE: [&str; 7] = [
    "--workspace",
    "--exclude",
    "glance-app",
    "--exclude",
    "glance-worker",
    "--features",
    "glance-engine/burn-wgpu,glance-train/wgpu",
];
const BROWSER: [&str; 10] = [
    "--target",
    "wasm32-unknown-unknown",
    "-p",
    "glance-compute",
    "-p",
    "glance-engine",
    "-p",
    "glance-app",
    "-p",
    "glance-worker",
];

/// Reads the page as WCAG asks; only tests use it.
const AXE: &str = "axe-core";
const AXE_VERSION: &str = "4.14.1";

/// A part of the checks that can be run by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Formatting, lints and documentation.
    Lint,
    /// Tests on this machine.
    Native,
    /// The CPU operations, on emulated ARM.
    Arm,
    /// The engine's and the page's own tests in a browser, on WebGPU.
    Browser,
    /// The page in a browser, driven as a person would.
    EndToEnd,
    /// The npm package in pages that use it.
    Package,
}

const ALL: [Part; 6] = [
    Part::Lint,
    Part::Native,
    Part::Arm,
    Part::Browser,
    Part::EndToEnd,
    Part::Package,
];

impl FromStr for Part {
    type Err = &'static str;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        match name {
            "lint" => Ok(Self::Lint),
            "native" => Ok(Self::Native),
            "arm" => Ok(Self::Arm),
            "browser" => Ok(Self::Browser),
            "e2e" => Ok(Self::EndToEnd),
            "package" => Ok(Self::Package),
            _ => Err("the parts are lint, native, arm, browser, e2e and package"),
        }
    }
}

/// Runs `parts`, or all of them if none is named.
pub fn test(parts: &[Part]) -> Result<(), TaskError> {
    let parts = if parts.is_empty() { &ALL[..] } else { parts };
    let tools = setup::tools()?;
    let browser = match Browser::find() {
        Err(missing) if env::var_os("CI").is_some() => return Err(missing),
        found => found,
    };
    let mut times = Times::default();
    for part in parts {
        match (part, &browser) {
            (Part::Lint, _) => lint(&mut times)?,
            (Part::Native, _) => times.step("native tests", cargo().arg("test").args(NATIVE))?,
            (Part::Arm, _) => on_arm(&mut times)?,
            (Part::Browser, Ok(browser)) => {
                let mut tests = in_browser(&tools, browser);
                tests.args([
                    "-p",
                    "glance-compute",
                    "-p",
                    "glance-engine",
                    "--features",
                    "glance-engine/burn-wgpu",
                    "--lib",
                    "--tests",
                ]);
                times.step("tests in the browser", &mut tests)?;
                let mut tests = in_browser(&tools, browser);
                tests.args(["-p", "glance-app", "--bin", "glance-app"]);
                times.step("tests of the page's parts", &mut tests)?;
            }
            (Part::EndToEnd, Ok(browser)) => end_to_end(&tools, browser, &mut times)?,
            (Part::Package, Ok(browser)) => in_other_pages(&tools, browser, &mut times)?,
            (Part::Browser | Part::EndToEnd | Part::Package, Err(_)) => {}
        }
    }
    times.print();
    let needed = parts
        .iter()
        .any(|part| matches!(part, Part::Browser | Part::EndToEnd | Part::Package));
    // Reported last, so that the rest is tested on a machine without a browser.
    if needed { browser.map(drop) } else { Ok(()) }
}

fn lint(times: &mut Times) -> Result<(), TaskError> {
    let mut formatting = cargo();
    // Only the engine's build script uses this module.
    formatting.args(["fmt", "--all", "--check", "--"]);
    formatting.arg(workspace::root().join("engine/compute/relaxed_simd/product.rs"));
    times.step("formatting", &mut formatting)?;
    times.measure("circles of imports", circles::check)?;
    let mut native = clippy(&NATIVE);
    times.step(
        "lints",
        native.args(["--test", "e2e", "--test", "package", "--", "-D", "warnings"]),
    )?;
    times.step(
        "lints for the browser",
        clippy(&BROWSER).args(["--", "-D", "warnings"]),
    )?;
    times.step("documentation", &mut documentation(&NATIVE))?;
    times.step(
        "documentation for the browser",
        &mut documentation(&BROWSER),
    )
}

fn on_arm(times: &mut Times) -> Result<(), TaskError> {
    match arm::missing() {
        Some(install) if env::var_os("CI").is_some() => return Err(TaskError::NoArm(install)),
        Some(install) => println!("\n== SKIPPED the tests on ARM: to run them, `{install}`"),
        None => {
            for (processor, name) in arm::PROCESSORS {
                times.step(name, &mut arm::tests(processor))?;
            }
        }
    }
    Ok(())
}

/// A command for tests in a browser; the caller adds which ones.
fn in_browser(tools: &Tools, browser: &Browser) -> Command {
    let mut tests = cargo();
    tests
        .args(["test", "--target", "wasm32-unknown-unknown"])
        .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", tools.test_runner())
        .env("CHROMEDRIVER", &browser.driver)
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", &browser.capabilities)
        // Seconds for a whole file of tests; WebGPU in software on a busy machine is slow.
        .env("WASM_BINDGEN_TEST_TIMEOUT", "900");
    tests
}

fn end_to_end(tools: &Tools, browser: &Browser, times: &mut Times) -> Result<(), TaskError> {
    times.measure("the page", || build::page(tools))?;
    let mut tests = cargo();
    tests
        .arg("test")
        .args(NATIVE)
        // Several browsers at once would starve each other of CPU time.
        .args(["--test", "e2e", "--", "--test-threads", "1"])
        .env("CHROMEDRIVER", &browser.driver)
        .env("GLANCE_WEBDRIVER_JSON", &browser.capabilities);
    if npm::is_here() {
        let modules = npm::installed(AXE, AXE_VERSION)?;
        tests.env("GLANCE_AXE", modules.join(AXE).join("axe.min.js"));
    } else if env::var_os("CI").is_some() {
        return Err(TaskError::NoNpm);
    } else {
        println!("\n== SKIPPED the tests of accessibility: to run them, install npm");
        tests.args(["--skip", "accessibility::"]);
    }
    times.step("end to end", &mut tests)
}

fn in_other_pages(tools: &Tools, browser: &Browser, times: &mut Times) -> Result<(), TaskError> {
    if !npm::is_here() {
        if env::var_os("CI").is_some() {
            return Err(TaskError::NoNpm);
        }
        println!(
            "\n== SKIPPED the tests of the npm package: to run them, install Node.js with npm"
        );
        return Ok(());
    }
    let mut folder = None;
    times.measure("the package", || {
        folder = Some(consumers::set_up(&package::write(tools)?)?);
        Ok(())
    })?;
    let mut tests = cargo();
    tests
        .arg("test")
        .args(NATIVE)
        .args(["--test", "package", "--", "--test-threads", "1"])
        .env("CHROMEDRIVER", &browser.driver)
        .env("GLANCE_WEBDRIVER_JSON", &browser.capabilities)
        .envs(folder.map(|folder| ("GLANCE_CONSUMERS", folder)));
    times.step("the package in other pages", &mut tests)
}

fn clippy(packages: &[&str]) -> Command {
    let mut clippy = cargo();
    clippy.arg("clippy").args(packages).arg("--all-targets");
    clippy
}

fn documentation(packages: &[&str]) -> Command {
    let mut documentation = cargo();
    documentation
        .args(["doc", "--no-deps"])
        .args(packages)
        .env("RUSTDOCFLAGS", "-D warnings");
    documentation
}

/// How long each step took.
#[derive(Default)]
struct Times(Vec<(&'static str, f32)>);

impl Times {
    fn step(&mut self, name: &'static str, command: &mut Command) -> Result<(), TaskError> {
        self.measure(name, || run(command))
    }

    fn measure(
        &mut self,
        name: &'static str,
        work: impl FnOnce() -> Result<(), TaskError>,
    ) -> Result<(), TaskError> {
        println!("\n== {name}");
        let start = Instant::now();
        work()?;
        let seconds = start.elapsed().as_secs_f32();
        println!("== {name}: passed in {seconds:.1} s");
        self.0.push((name, seconds));
        Ok(())
    }

    fn print(&self) {
        println!();
        for (name, seconds) in &self.0 {
            println!("{seconds:>8.1} s  {name}");
        }
        println!(
            "{:>8.1} s  in all",
            self.0.iter().map(|(_, seconds)| seconds).sum::<f32>()
        );
    }
}
