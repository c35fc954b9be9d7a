//! `glance eval`: zero-shot accuracy on a folder of class folders (paper section 3.1).

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use glance_engine::{Clip, Embedding, score};
use serde::Serialize;

use crate::failure::Failure;
use crate::model::{Model, ModelOptions};
use crate::prompts::PromptOptions;
use crate::{Verdict, output};

const JSON: &str = r#"JSON:
  {"top1": 0.31, "top5": 0.56, "n": 1955, "classes": 1955,
   "errors": [{"path": "cat/notes.txt", "error": "This file is not a picture; …"}]}
"top1" and "top5" are shares of the "n" pictures that could be used, from 0 to 1: of those whose own
class came first, or among the first five. "errors" lists the pictures that were left out."#;

/// Measures how often a picture's own class fits it best
///
/// Each folder in the folder given is a class: its name, with spaces for underscores, is the label,
/// and every file in it is a picture of that class. Names that begin with a dot are left out.
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

/// Pictures with the index of their class.
struct Samples {
    classes: Vec<String>,
    pictures: Vec<PathBuf>,
    class_of: Vec<usize>,
}

#[derive(Serialize)]
struct Report {
    top1: f64,
    top5: f64,
    n: usize,
    classes: usize,
    errors: Vec<LeftOut>,
}

#[derive(Serialize)]
struct LeftOut {
    path: String,
    error: String,
}

pub fn run(arguments: &Arguments) -> Result<Verdict, Failure> {
    let samples = Samples::find(&arguments.images)?;
    let templates = arguments.prompts.templates()?;
    let model = Model::load(&arguments.model)?;
    let classes = model.encode_labels(&samples.classes, &templates)?;
    let classes: Vec<Embedding> = classes.into_iter().map(|class| class.embedding).collect();
    let pictures = model.encode_pictures(&samples.pictures)?;
    let report = measure(&samples, &classes, pictures);
    match arguments.json {
        true => output::json(&report)?,
        false => output::text(&table(&report))?,
    }
    Ok(Verdict::of(!report.errors.is_empty()))
}

fn measure<E: ToString>(
    samples: &Samples,
    classes: &[Embedding],
    pictures: Vec<Result<Embedding, E>>,
) -> Report {
    let (mut first, mut among_five, mut n) = (0, 0, 0);
    let mut errors = Vec::new();
    for ((path, class), picture) in samples.pictures.iter().zip(&samples.class_of).zip(pictures) {
        match picture {
            Ok(picture) => {
                let cosines = Clip::similarity(&[picture], classes).concat();
                let best = score::top_k(&cosines, 5);
                first += usize::from(best.first() == Some(class));
                among_five += usize::from(best.contains(class));
                n += 1;
            }
            Err(error) => errors.push(LeftOut {
                path: path.display().to_string(),
                error: error.to_string(),
            }),
        }
    }
    let share = |count: usize| if n == 0 { 0.0 } else { count as f64 / n as f64 };
    Report {
        top1: share(first),
        top5: share(among_five),
        n,
        classes: classes.len(),
        errors,
    }
}

impl Samples {
    /// Lists the class folders and their files by name, so that runs repeat.
    fn find(folder: &Path) -> Result<Self, Failure> {
        let mut samples = Self {
            classes: Vec::new(),
            pictures: Vec::new(),
            class_of: Vec::new(),
        };
        for class in visible(folder)?.into_iter().filter(|path| path.is_dir()) {
            let pictures: Vec<PathBuf> = visible(&class)?
                .into_iter()
                .filter(|path| !path.is_dir())
                .collect();
            if pictures.is_empty() {
                continue;
            }
            samples
                .class_of
                .extend(pictures.iter().map(|_| samples.classes.len()));
            samples.pictures.extend(pictures);
            let name = class.file_name().unwrap_or_default().to_string_lossy();
            samples.classes.push(name.replace('_', " "));
        }
        match samples.classes.is_empty() {
            true => Err(Failure::NoClasses(folder.to_owned())),
            false => Ok(samples),
        }
    }
}

fn visible(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let unreadable = |reason| Failure::Read {
        path: folder.to_owned(),
        reason,
    };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        if !entry.file_name().to_string_lossy().starts_with('.') {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
}

fn table(report: &Report) -> String {
    let Report {
        top1,
        top5,
        n,
        classes,
        errors,
    } = report;
    let (top1, top5) = (top1 * 100.0, top5 * 100.0);
    let mut table =
        format!("top-1 {top1:.1} %, top-5 {top5:.1} % of {n} pictures in {classes} classes\n");
    for LeftOut { path, error } in errors {
        writeln!(table, "left out {path}: {error}").expect(output::TO_MEMORY);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accuracies_count_usable_pictures_alone() {
        // Classes are the axes of a space of seven; a picture's cosines are its coordinates.
        let axis = |index: usize| {
            let mut values = vec![0.0; 7];
            values[index] = 1.0;
            Embedding(values)
        };
        let classes: Vec<Embedding> = (0..7).map(axis).collect();
        let samples = Samples {
            classes: (0..7).map(|class| class.to_string()).collect(),
            pictures: ["a", "b", "c", "d"].map(PathBuf::from).to_vec(),
            class_of: vec![2, 1, 6, 0],
        };
        // Its own class first; its own class second; last of seven; unusable.
        let pictures = vec![
            Ok(axis(2)),
            Ok(Embedding(vec![0.9, 0.4, 0.0, 0.0, 0.0, 0.0, 0.0])),
            Ok(Embedding(vec![0.5, 0.4, 0.3, 0.2, 0.1, 0.0, -0.6])),
            Err("no picture"),
        ];
        let report = measure(&samples, &classes, pictures);
        assert_eq!((report.n, report.classes, report.errors.len()), (3, 7, 1));
        assert_eq!((report.top1, report.top5), (1.0 / 3.0, 2.0 / 3.0));
        assert_eq!(report.errors[0].path, "d");
    }
}
