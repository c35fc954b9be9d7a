//! Python with the reference implementations, in an environment of its own.

use std::fs;
use std::path::PathBuf;

use crate::error::TaskError;
use crate::process::{command, run};
use crate::setup::cache;
use crate::workspace;

/// PyTorch, transformers and open_clip, as the fixtures are made with.
pub const REFERENCES: &str = "tests/fixtures/requirements.txt";
/// What the benchmark needs besides.
pub const BENCH: &str = "tests/fixtures/bench_requirements.txt";

/// Installs what is missing of these lists, and returns Python's path.
pub fn python(lists: &[&str]) -> Result<PathBuf, TaskError> {
    let folder = cache()?.join("tools/reference");
    let python = folder.join(match cfg!(windows) {
        true => "Scripts/python.exe",
        false => "bin/python",
    });
    for list in lists {
        let path = workspace::root().join(list);
        let name = path.file_name().unwrap_or_default().to_owned();
        let wanted = fs::read(&path).map_err(|error| TaskError::File(path, error))?;
        // A copy of the list is written last, and shows that all of it was installed.
        let installed = folder.join("installed").join(name);
        if fs::read(&installed).ok().as_ref() == Some(&wanted) {
            continue;
        }
        println!("Installing what {list} names into {}", folder.display());
        run(command("python3").args(["-m", "venv"]).arg(&folder))?;
        run(command(&python).args(["-m", "pip", "install", "--requirement", list]))?;
        fs::create_dir_all(folder.join("installed"))
            .and_then(|()| fs::write(&installed, wanted))
            .map_err(|error| TaskError::File(installed, error))?;
    }
    Ok(python)
}
