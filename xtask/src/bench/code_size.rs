//! The compressed size of code.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::results::Results;
use crate::error::TaskError;
use crate::page::build::brotli;
use crate::workspace;

/// Turns lists of files into megabytes, compressed by brotli.
pub fn fill(results: &mut Results, peer: &Path) -> Result<(), TaskError> {
    let mut sizes = BTreeMap::new();
    for record in &mut results.records {
        if record.paths.is_empty() {
            continue;
        }
        let mut bytes = 0;
        for path in &record.paths {
            if !sizes.contains_key(path) {
                let size = match path.strip_prefix("peer/") {
                    Some(path) => cached_brotli_size(&peer.join(path))?,
                    None => compressed(&workspace::dist().join(path))?,
                };
                sizes.insert(path.clone(), size);
            }
            bytes += sizes[path];
        }
        record.samples.push(bytes as f64 / 1e6);
    }
    Ok(())
}

/// The compressed size, cached in a file: the peer's program takes minutes and does not change.
fn cached_brotli_size(path: &Path) -> Result<usize, TaskError> {
    let note = path.with_added_extension("brotli-size");
    if let Some(size) = fs::read_to_string(&note)
        .ok()
        .and_then(|size| size.parse().ok())
    {
        return Ok(size);
    }
    let size = compressed(path)?;
    fs::write(&note, size.to_string()).map_err(|error| TaskError::File(note, error))?;
    Ok(size)
}

fn compressed(path: &Path) -> Result<usize, TaskError> {
    fs::read(path)
        .and_then(|bytes| brotli(&bytes))
        .map_err(|error| TaskError::File(path.to_owned(), error))
}
