//! `glance pack`: converts a checkpoint into one file for every device.

use std::fs::{self, File};
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use glance_engine::weights::{Checkpoint, Folder, Progress, WeightType, WeightsError};
use glance_engine::{Clip, DeviceKind, Error, Pack, Picture};

use crate::failure::Failure;
use crate::output;
use crate::verdict::Verdict;

/// Turns a checkpoint into a model file for Glance
///
/// The checkpoint is a folder as on the Hugging Face Hub, of transformers' CLIPModel (config.json)
/// or of open_clip (open_clip_config.json), or one of OpenAI's own .pt files. Weights are read from
/// safetensors files, also in parts, and from PyTorch's .pt and .bin files. Nothing in them is
/// executed.
#[derive(Args)]
pub struct Arguments {
    /// The checkpoint's folder, or its weight file
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
    let (path, size) = (arguments.output.display(), pack.size() as f64 / 1e6);
    output::text(&format!("{path}: {size:.1} MB\n"))?;
    Ok(Verdict::Complete)
}

fn convert(path: &Path, weight_type: WeightType) -> Result<Pack, Error> {
    let folder = Folder::open(path)?;
    let name = folder.name();
    pollster::block_on(async {
        let checkpoint = Checkpoint::open(folder).await?;
        let pack = checkpoint
            .pack(&name, None, weight_type, progress())
            .await?;
        try_out(&pack).await?;
        Ok(pack)
    })
}

/// Runs the network once on a grey picture and a text, so that no unusable file is written.
async fn try_out(pack: &Pack) -> Result<(), Error> {
    let clip = Clip::load(pack, DeviceKind::Cpu).await?;
    let grey = Picture::from_rgb(2, 2, vec![128; 12])?;
    let mut embeddings = clip.encode_images(&[grey]).await?;
    embeddings.extend(clip.encode_texts(&["a photo"]).await?);
    let mut values = embeddings.iter().flat_map(|embedding| &embedding.0);
    match values.all(|value| value.is_finite()) {
        true => Ok(()),
        false => Err(WeightsError::Checkpoint(
            "its network gives values that are not finite numbers".to_owned(),
        )
        .into()),
    }
}

/// Shows the progress, on a terminal only.
fn progress() -> impl FnMut(Progress) {
    let shown = io::stderr().is_terminal();
    let mut last = None;
    move |Progress { done, total }| {
        let percent = (done as f64 / total.max(1) as f64 * 100.0) as u64;
        if shown && last != Some(percent) {
            last = Some(percent);
            eprint!("\r{percent} %");
            if done == total {
                eprintln!();
            }
        }
    }
}

/// Writes to a temporary file and renames it, so that a full disk leaves no partial model.
fn write_whole(path: &Path, pack: &Pack) -> io::Result<()> {
    let mut partial = path.as_os_str().to_owned();
    partial.push(".partial");
    let write = || {
        let mut file = File::create(&partial)?;
        for part in pack.file() {
            file.write_all(part)?;
        }
        file.sync_all()
    };
    write()
        .and_then(|()| fs::rename(&partial, path))
        .inspect_err(|_| {
            // The first error is the one to report; a leftover file does no harm.
            let _ = fs::remove_file(&partial);
        })
}
