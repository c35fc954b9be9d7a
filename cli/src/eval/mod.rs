//! `glance eval`: zero-shot accuracy on a folder of class folders (paper section 3.1).
//!
//! ```text
//! samples   finds classes and pictures
//! report    counts what fits best
//! table     prints the counts for people
//! ```

pub mod report;
pub mod samples;
pub mod table;

use std::path::PathBuf;

use clap::Args;
use glance_engine::{Embedding, score};

use crate::failure::Failure;
use crate::model::{Model, ModelOptions};
use crate::output;
use crate::prompts::PromptOptions;
use crate::verdict::Verdict;
use report::{measure, usable};
use samples::Samples;
use table::table;

const JSON: &str = r#"JSON:
  {"top1": 0.31, "top1_interval": [0.29, 0.33], "top5": 0.56, "top5_interval": [0.54, 0.58],
   "n": 1955, "classes": 120,
   "per_class": [{"label": "bee", "n": 12, "top1": 0.08, "top5": 0.5}],
   "confusions": [{"label": "bee", "taken_for": "fly", "n": 9}],
   "errors": [{"path": "cat/notes.txt", "error": "This file is not a picture; …"}]}
"top1" and "top5" are shares, from 0 to 1, of the "n" usable pictures: those whose own class came
first, or among the first five. The intervals are Wilson's at 95 %.
"per_class" has each class with a usable picture, worst first. "confusions" counts, for each pair,
the pictures of class "label" whose first class was "taken_for", most frequent first. Without --json
ten of each are printed. "errors" lists the pictures and the empty class folders that were left out."#;

/// Measures how often a picture's own class fits it best
///
/// Each subfolder is a class: its name, with spaces for underscores, is the label, and every file
/// in it is a picture of that class. Names that begin with a dot, Thumbs.db, desktop.ini and
/// __MACOSX are left out. Class folders must not hold folders.
#[derive(Args)]
#[command(after_help = JSON)]
pub struct Arguments {
    /// A folder of class folders
    #[arg(long, value_name = "FOLDER")]
    images: PathBuf,
    #[command(flatten)]
    prompts: PromptOptions,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    model: ModelOptions,
}

pub fn run(arguments: &Arguments) -> Result<Verdict, Failure> {
    let samples = Samples::find(&arguments.images)?;
    let templates = arguments.prompts.templates()?;
    let model = Model::load(&arguments.model)?;
    let classes = model.encode_labels(&samples.classes, &templates)?;
    let classes: Vec<Embedding> = classes.into_iter().map(|class| class.embedding).collect();
    let pictures = model.encode_pictures(&samples.pictures)?;
    let (pictures, errors) = usable(&samples, pictures);
    let fits = |(class, picture)| (class, score::cosines(&picture, &classes));
    let report = measure(&samples.classes, pictures.into_iter().map(fits), errors);
    match arguments.json {
        true => output::json(&report)?,
        false => output::text(&table(&report))?,
    }
    Ok(Verdict::of(!report.errors.is_empty()))
}
