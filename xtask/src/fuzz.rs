//! `cargo xtask fuzz`: inputs that libFuzzer makes up, for everything that reads files and texts
//! of strangers (`tests/fuzz/`). It is not part of the tests, because a million inputs for each
//! target take hours.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::error::TaskError;
use crate::process::{cargo, command, output, run};
use crate::setup;
use crate::workspace;

/// Inputs for each target, unless the command says otherwise.
pub const INPUTS: u64 = 1_000_000;

const TARGETS: [&str; 7] = [
    "pictures",
    "packs",
    "safetensors",
    "pytorch",
    "tokenizers",
    "configurations",
    "texts",
];

/// Coverage for libFuzzer, as cargo-fuzz asks for it. `fuzzing` makes decoders skip checksums.
const FLAGS: [&str; 7] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "-Cllvm-args=-simplifycfg-branch-fold-threshold=0",
    "--cfg=fuzzing",
];

/// A slower input, in seconds, is a finding.
const TIMEOUT: u32 = 5;
/// So is one that makes the process larger than this, in MB. The targets have stricter bounds.
const MEMORY: u32 = 2048;

/// A target by its name.
#[derive(Clone, Copy, Debug)]
pub struct Target(&'static str);

impl FromStr for Target {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = TARGETS.into_iter().find(|target| *target == name);
        found
            .map(Self)
            .ok_or_else(|| format!("the targets are {}", TARGETS.join(", ")))
    }
}

/// Runs targets, or all if none is named, for this many inputs each.
pub fn fuzz(targets: &[Target], inputs: u64) -> Result<(), TaskError> {
    let folder = setup::cache()?.join("fuzz");
    let program = build(&folder)?;
    let all = TARGETS.map(Target);
    let targets = if targets.is_empty() { &all } else { targets };
    let mut findings = Vec::new();
    for target in targets {
        findings.extend(target.run(&program, &folder, inputs)?);
    }
    match findings.is_empty() {
        true => Ok(()),
        false => Err(TaskError::Fuzz(findings)),
    }
}

/// Builds the fuzzer. It has a folder of its own, because its flags would build all else again.
fn build(folder: &Path) -> Result<PathBuf, TaskError> {
    let version = output(command("rustc").arg("-vV")).unwrap_or_default();
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    let host = host.ok_or(TaskError::Target)?;
    let built = match env::var_os("CARGO_TARGET_DIR") {
        Some(_) => workspace::built(),
        None => folder.join("target"),
    };
    run(cargo()
        .args(["build", "--package", "glance-fuzz", "--features", "libfuzzer"])
        // With a target, the flags leave build scripts alone.
        .args(["--profile", "fuzz", "--bin", "fuzz", "--target", host])
        .env("CARGO_TARGET_DIR", &built)
        .env("RUSTFLAGS", FLAGS.join(" ")))?;
    Ok(built.join(host).join("fuzz/fuzz"))
}

impl Target {
    /// Runs one target and prints a line about it. Returns the input that it failed at, if any.
    fn run(self, program: &Path, folder: &Path, inputs: u64) -> Result<Option<String>, TaskError> {
        let Self(name) = self;
        let folder = folder.join(name);
        let [corpus, first, findings] =
            ["corpus", "first", "findings"].map(|name| folder.join(name));
        for folder in [&corpus, &first, &findings] {
            fs::create_dir_all(folder).map_err(|error| TaskError::File(folder.clone(), error))?;
        }
        let log = folder.join("log");
        let file = |error| TaskError::File(log.clone(), error);
        let status = command(program)
            .arg(format!("-runs={inputs}"))
            .arg(format!("-timeout={TIMEOUT}"))
            .arg(format!("-rss_limit_mb={MEMORY}"))
            .arg(format!("-artifact_prefix={}/", findings.display()))
            .arg("-print_final_stats=1")
            .args([&corpus, &first])
            .env("GLANCE_FUZZ_TARGET", name)
            .env("GLANCE_FUZZ_CORPUS", &first)
            .stderr(File::create(&log).map_err(file)?)
            .status()
            .map_err(|source| TaskError::Start {
                program: "fuzz".to_owned(),
                source,
            })?;
        let log = fs::read(&log).map_err(file)?;
        let log = String::from_utf8_lossy(&log);
        let found = (!status.success()).then(|| {
            let input = last_after(&log, "Test unit written to ").unwrap_or("no input was written");
            format!("GLANCE_FUZZ_TARGET={name} {} {input}", program.display())
        });
        let of = |name: &str| last_after(&log, name).unwrap_or("?");
        println!(
            "{name}: {} inputs, {} a second, {} edges covered, {}",
            of("stat::number_of_executed_units:"),
            of("stat::average_exec_per_sec:"),
            of(" cov:"),
            if found.is_some() {
                "a finding"
            } else {
                "no findings"
            },
        );
        Ok(found)
    }
}

/// The word after the last `mark`.
fn last_after<'a>(log: &'a str, mark: &str) -> Option<&'a str> {
    let (_, after) = log.rsplit_once(mark)?;
    after.split_whitespace().next()
}

#[cfg(test)]
mod tests {
    use super::last_after;

    #[test]
    fn the_last_word_counts() {
        let log = "#1\tINITED cov: 12 ft: 13\n#8\tDONE   cov: 14 ft: 15\n";
        assert_eq!(last_after(log, " cov:"), Some("14"));
        assert_eq!(last_after(log, "Test unit"), None);
    }
}
