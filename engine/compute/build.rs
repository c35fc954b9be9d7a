//! Compiles the relaxed SIMD module if the target is a browser, and strips the comments of the WGSL
//! kernels.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

const RELAXED_SIMD: &str = "relaxed_simd/product.rs";
const KERNELS: &str = "src/gpu/kernels";

const OPTIONS: [&str; 9] = [
    "--edition=2024",
    "--crate-type=cdylib",
    "-Dwarnings",
    "-Copt-level=3",
    "-Cpanic=abort",
    "-Cstrip=symbols",
    "-Ctarget-feature=+simd128,+relaxed-simd",
    // No stack: code that needed one would trap.
    "-Clink-args=--import-memory -zstack-size=0",
    // Source order uses each input before it loads the next. LLVM's own order keeps them all, so
    // six rows of sums no longer fit the registers: half the speed.
    "-Cllvm-args=-pre-RA-sched=source",
];

fn main() -> ExitCode {
    let output = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    let built = strip_kernels(&output)
        .map_err(|error| format!("{KERNELS}: {error}"))
        .and_then(|()| compile_relaxed_simd(&output));
    match built {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("{reason}");
            ExitCode::FAILURE
        }
    }
}

/// Writes each kernel without the lines that are comments alone.
fn strip_kernels(output: &Path) -> io::Result<()> {
    println!("cargo::rerun-if-changed={KERNELS}");
    for entry in fs::read_dir(KERNELS)? {
        let entry = entry?;
        let code: String = fs::read_to_string(entry.path())?
            .lines()
            .filter(|line| !line.trim_start().starts_with("//"))
            .flat_map(|line| [line, "\n"])
            .collect();
        fs::write(output.join(entry.file_name()), code)?;
    }
    Ok(())
}

fn compile_relaxed_simd(output: &Path) -> Result<(), String> {
    println!("cargo::rerun-if-changed={RELAXED_SIMD}");
    let variable = |name: &str| env::var_os(name).unwrap_or_default();
    if variable("CARGO_CFG_TARGET_ARCH") != "wasm32" {
        return Ok(());
    }
    let status = Command::new(variable("RUSTC"))
        .args(OPTIONS)
        .arg("--target")
        .arg(variable("TARGET"))
        .arg("-o")
        .arg(output.join("relaxed_simd.wasm"))
        .arg(RELAXED_SIMD)
        .status()
        .map_err(|error| format!("The compiler does not start: {error}"))?;
    match status.success() {
        true => Ok(()),
        false => Err(format!("{RELAXED_SIMD} does not compile: {status}")),
    }
}
