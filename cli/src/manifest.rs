//! `glance manifest`: what a page must know to fetch a model in pieces.

use std::fs;
use std::path::PathBuf;

use clap::Args;
use glance_engine::Pack;
use glance_engine::weights::{Manifest, PackLocation};

use crate::failure::Failure;
use crate::output;
use crate::verdict::Verdict;

/// Describes a model file for a page that fetches it
///
/// Prints JSON with the file's name, licence, size and the SHA-256 of each of its pieces. A page
/// looks for it beside the model file.
#[derive(Args)]
pub struct Arguments {
    /// The model file, made by glance pack
    pack: PathBuf,
}

pub fn run(arguments: &Arguments) -> Result<Verdict, Failure> {
    let path = &arguments.pack;
    let bytes = fs::read(path).map_err(|reason| Failure::Read {
        path: path.clone(),
        reason,
    })?;
    let pack = Pack::parse(bytes).map_err(|reason| Failure::Model {
        path: path.clone(),
        reason: reason.into(),
    })?;
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let manifest = Manifest::of(&pack, Some(PackLocation::Url(file.into_owned())));
    output::text(&manifest.json())?;
    Ok(Verdict::Complete)
}
