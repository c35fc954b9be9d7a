//! Running the program as a person would, on a tiny model made by `glance pack`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// A folder of one test with a packed model in it.
pub struct Workplace {
    folder: TempDir,
}

impl Workplace {
    /// Packs the committed checkpoint `vit-quick-gelu`.
    pub fn new() -> Self {
        let workplace = Self {
            folder: TempDir::new().unwrap(),
        };
        let checkpoint = fixture("clip/vit-quick-gelu");
        let packed = glance(&["pack", text(&checkpoint), "-o", text(&workplace.model())]);
        assert!(packed.status.success(), "{}", stderr(&packed));
        workplace
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn model(&self) -> PathBuf {
        self.path("model.safetensors")
    }

    /// Writes a file, with the folders above it.
    pub fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Runs a command on the CPU with the tiny model.
    pub fn run(&self, arguments: &[&str]) -> Output {
        let model = self.model();
        glance(&[arguments, &["--model", text(&model), "--device", "cpu"]].concat())
    }

    /// Runs a command with `--json`: its exit code and its answer.
    pub fn json(&self, arguments: &[&str]) -> (Option<i32>, Value) {
        let output = self.run(&[arguments, &["--json"]].concat());
        let answer = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", stderr(&output)));
        (output.status.code(), answer)
    }
}

pub fn glance(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_glance"))
        .args(arguments)
        .output()
        .unwrap()
}

pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/fixtures")
        .join(name)
}

pub fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
