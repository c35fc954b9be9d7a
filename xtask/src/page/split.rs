//! Splits a program: parts that are functions with `wasm_split` become files of their own, which the
//! program fetches when it first needs them.

use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use wasm_split_cli_support::{Options, transform};
use wasmparser::{Parser, Payload};

use crate::error::TaskError;
use crate::process::run;
use crate::setup::Tools;

/// What fetches the parts. The program imports it, and it imports the program.
const LOADER: &str = "./parts.js";
/// The number of a section that has no effect.
const CUSTOM: u8 = 0;

/// Writes a program, as it was linked, and its parts to `folder`, in the place of what trunk wrote there.
pub fn split(tools: &Tools, name: &str, program: &Path, folder: &Path) -> Result<(), TaskError> {
    let linked = fs::read(program).map_err(at(program))?;
    let main = folder.join("main.wasm");
    let script = format!("./{name}.js");
    let mut options = Options::new(&linked);
    options.output_dir = folder;
    options.main_out_path = &main;
    options.main_module = &script;
    options.link_name = LOADER;
    let split = transform(options).map_err(|error| TaskError::Split(format!("{error:#}")))?;
    run(tools
        .wasm_bindgen()
        .args(["--target", "web", "--no-typescript", "--keep-lld-exports"])
        .args(["--remove-name-section", "--remove-producers-section"])
        .args(["--out-name", name, "--out-dir"])
        .args([folder, &main]))?;
    fs::remove_file(&main).map_err(at(&main))?;
    for part in split.split_modules {
        let bytes = fs::read(&part).map_err(at(&part))?;
        let bytes = without_notes(&bytes).map_err(|error| TaskError::Split(error.to_string()))?;
        fs::write(&part, bytes).map_err(at(&part))?;
    }
    Ok(())
}

/// A module without its custom sections, which only tools read.
fn without_notes(module: &[u8]) -> wasmparser::Result<Vec<u8>> {
    let bytes = |range: Range<u64>| &module[range.start as usize..range.end as usize];
    let mut kept = Vec::new();
    let mut end = 0;
    for payload in Parser::new(0).parse_all(module) {
        let payload = payload?;
        if let Payload::Version { range, .. } = &payload {
            kept.extend_from_slice(bytes(range.clone()));
            end = range.end;
        } else if let Some((id, range)) = payload.as_section() {
            // What a section begins with lies between it and the one before.
            if id != CUSTOM {
                kept.extend_from_slice(bytes(end..range.end));
            }
            end = range.end;
        }
    }
    Ok(kept)
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> TaskError + use<> {
    let path = PathBuf::from(path);
    |error| TaskError::File(path, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_custom_sections_go() {
        // A header, a type section without types, and a custom section "x" on each side of it.
        let header = *b"\0asm\x01\0\0\0";
        let custom = [0, 3, 1, b'x', 7];
        let types = [1, 1, 0];
        let module = [&header[..], &custom, &types, &custom].concat();
        let kept = without_notes(&module).expect("the module is sound");
        assert_eq!(kept, [&header[..], &types].concat());
        assert!(without_notes(&module[..module.len() - 1]).is_err());
    }
}
