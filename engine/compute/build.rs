//! Compiles the module of relaxed SIMD, where the crate is compiled for a browser.

use std::env;
use std::path::PathBuf;
use std::process::{Command, ExitCode};

const SOURCE: &str = "relaxed_simd/product.rs";

const OPTIONS: [&str; 9] = [
    "--edition=2024",
    "--crate-type=cdylib",
    "-Dwarnings",
    "-Copt-level=3",
    "-Cpanic=abort",
    "-Cstrip=symbols",
    "-Ctarget-feature=+simd128,+relaxed-simd",
    // With no room for a stack, code that needed one would trap.
    "-Clink-args=--import-memory -zstack-size=0",
    // In the order of the source each input is used up before the next is loaded. LLVM's own order
    // keeps them all, and six rows of sums no longer fit the registers: half the speed.
    "-Cllvm-args=-pre-RA-sched=source",
];

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed={SOURCE}");
    let variable = |name: &str| env::var_os(name).unwrap_or_default();
    if variable("CARGO_CFG_TARGET_ARCH") != "wasm32" {
        return ExitCode::SUCCESS;
    }
    let built = Command::new(variable("RUSTC"))
        .args(OPTIONS)
        .arg("--target")
        .arg(variable("TARGET"))
        .arg("-o")
        .arg(PathBuf::from(variable("OUT_DIR")).join("relaxed_simd.wasm"))
        .arg(SOURCE)
        .status();
    match built {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(status) => {
            eprintln!("{SOURCE} does not compile: {status}");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("The compiler does not start: {error}");
            ExitCode::FAILURE
        }
    }
}
