//! Tests of the CPU operations on emulated ARM: what they compute, not how fast.

use std::path::Path;
use std::process::Command;

use crate::process::{cargo, command, output};
use crate::setup;

const TARGET: &str = "aarch64-unknown-linux-gnu";
const LINKER: &str = "aarch64-linux-gnu-gcc";
const EMULATOR: &str = "qemu-aarch64";
/// Debian's folder of ARM libraries.
const LIBRARIES: &str = "/usr/aarch64-linux-gnu";

/// Emulated CPUs: one without byte products, one with products of four, one with matrix products
/// too. An instruction that a CPU lacks traps.
pub const PROCESSORS: [(&str, &str); 3] = [
    ("cortex-a53", "tests on ARM, Cortex-A53"),
    ("cortex-a76", "tests on ARM, Cortex-A76"),
    ("max", "tests on ARM, every extension"),
];

/// Commands that install what this machine lacks; `None` if the tests can run.
pub fn missing() -> Option<String> {
    let answers = |program| output(command(program).arg("--version")).is_some();
    let packages: Vec<_> = [
        ("gcc-aarch64-linux-gnu", answers(LINKER)),
        (
            "libc6-dev-arm64-cross",
            Path::new(LIBRARIES).join("lib/libc.so").exists(),
        ),
        ("qemu-user", answers(EMULATOR)),
    ]
    .into_iter()
    .filter_map(|(package, present)| (!present).then_some(package))
    .collect();
    let mut ways = Vec::new();
    if !packages.is_empty() {
        ways.push(format!("sudo apt-get install {}", packages.join(" ")));
    }
    if !setup::has_target(TARGET) {
        ways.push(format!("rustup target add {TARGET}"));
    }
    (!ways.is_empty()).then(|| ways.join(" && "))
}

/// Tests of the operations, and of whole networks against PyTorch, on one of [`PROCESSORS`].
pub fn tests(processor: &str) -> Command {
    let mut tests = cargo();
    tests
        .args(["test", "-p", "glance-compute", "-p", "glance-engine", "--lib", "--test", "parity"])
        .args(["--target", TARGET])
        .args(["--", "cpu::"])
        .args(["the_cpu_equals_pytorch", "nothing_depends_on_the_batch_on_the_cpu"])
        .env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER", LINKER)
        // Clippy does not check ARM's files on other machines.
        .env("CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUSTFLAGS", "-Dwarnings")
        .env(
            "CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER",
            format!("{EMULATOR} -cpu {processor} -L {LIBRARIES}"),
        );
    tests
}
