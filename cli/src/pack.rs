//! `glance pack`: a checkpoint that people already have, as one file for every device.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use glance_engine::weights::{Checkpoint, WeightType, WeightsError, read_hugging_face};

use crate::checkpoint::CheckpointFiles;
use crate::failure::Failure;
use crate::{Verdict, output};

/// Turns a checkpoint into a model file for Glance
///
/// The checkpoint is one of Hugging Face's CLIPModel: config.json and model.safetensors, with
/// merges.txt or tokenizer.json, and preprocessor_config.json where there is one. Nothing in it is
/// executed.
#[derive(Args)]
pub struct Arguments {
    /// The checkpoint's folder, or its safetensors file
    checkpoint: PathBuf,
    /// The model file to write
    #[arg(short, long, value_name = "PACK")]
    output: PathBuf,
    /// The type weight matrices are stored in
    #[arg(long, value_enum, default_value = "int8")]
    weights: Weights,
}

#[derive(Clone, Copy, ValueEnum)]
enum Weights {
    /// One byte a weight and one scale a row
    Int8,
    /// Half precision
    F16,
    /// Single precision
    F32,
}

impl From<Weights> for WeightType {
    fn from(weights: Weights) -> Self {
        match weights {
            Weights::Int8 => Self::Int8,
            Weights::F16 => Self::F16,
            Weights::F32 => Self::F32,
        }
    }
}

pub fn run(arguments: &Arguments) -> Result<Verdict, Failure> {
    let pack = convert(&arguments.checkpoint, arguments.weights.into()).map_err(|reason| {
        Failure::Checkpoint {
            path: arguments.checkpoint.clone(),
            reason,
        }
    })?;
    write_whole(&arguments.output, &pack).map_err(|reason| Failure::Write {
        path: arguments.output.clone(),
        reason,
    })?;
    let (path, size) = (arguments.output.display(), pack.len() as f64 / 1e6);
    output::text(&format!("{path}: {size:.1} MB\n"))?;
    Ok(Verdict::Complete)
}

fn convert(path: &Path, weight_type: WeightType) -> Result<Vec<u8>, WeightsError> {
    let files = CheckpointFiles::read(path)?;
    let checkpoint = Checkpoint {
        name: &files.name,
        license: None,
        config: &files.config,
        preprocessor: files.preprocessor.as_deref(),
        weights: &files.weights,
        merges: &files.merges,
    };
    read_hugging_face(&checkpoint, weight_type)
}

/// Writes beside the file and renames, so that a full disk leaves no half of a model.
fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    fs::write(&partial, bytes)
        .and_then(|()| fs::rename(&partial, path))
        .inspect_err(|_| {
            // The error that counts is the first; a leftover does no harm.
            let _ = fs::remove_file(&partial);
        })
}
