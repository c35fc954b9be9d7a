//! `glance classify`: which label fits each picture best.

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;
use glance_engine::Embedding;
use glance_engine::text::pasted;
use serde::Serialize;

use crate::failure::Failure;
use crate::model::{Model, ModelOptions};
use crate::output;
use crate::prompts::PromptOptions;
use crate::verdict::Verdict;

const JSON: &str = r#"JSON, one entry a picture, in the order given:
  {"pictures": [
    {"path": "cat.jpg", "ranking": [
      {"label": "cat", "probability": 0.93, "cosine": 0.28, "truncated": false}, …]},
    {"path": "notes.txt", "error": "This file is not a picture; …"}
  ]}
Rankings go from best to worst. "probability" is the softmax of the cosines over the labels given,
times the model's temperature: it says which of these labels fits best, not whether any does.
"truncated" says that the model read only the beginning of the label, in one template at least."#;

/// Ranks labels for pictures, best first
#[derive(Args)]
#[command(after_help = JSON)]
pub struct Arguments {
    /// Picture files: JPEG, PNG, WebP, GIF, BMP or TIFF
    #[arg(required = true, value_name = "PICTURE")]
    pictures: Vec<PathBuf>,
    /// Labels to choose from, with commas, tabs or line breaks between them. Double quotes keep
    /// a comma within a label
    #[arg(long, required = true, value_parser = labels)]
    labels: Vec<Labels>,
    #[command(flatten)]
    prompts: PromptOptions,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    model: ModelOptions,
}

#[derive(Serialize)]
struct Report {
    pictures: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    path: String,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Ranking(Vec<Fit>),
    Error(String),
}

#[derive(Serialize)]
struct Fit {
    label: String,
    probability: f32,
    cosine: f32,
    truncated: bool,
}

/// The labels in one value of `--labels`.
#[derive(Clone)]
struct Labels(Vec<String>);

fn labels(value: &str) -> Result<Labels, &'static str> {
    let found = pasted::pieces(value, &[',', '\t', '\n', '\r']);
    let shown: String = pasted::visible(value)
        .chars()
        .filter(|character| *character != ' ')
        .collect();
    // Empty lines and cells are no fault, but a comma stands between two labels.
    let lacks_one = shown.starts_with(',') || shown.ends_with(',') || shown.contains(",,");
    match found.is_empty() || lacks_one {
        true => Err("a label is empty; name labels as in --labels cat,dog"),
        false => Ok(Labels(found)),
    }
}

pub fn run(arguments: &Arguments) -> Result<Verdict, Failure> {
    let templates = arguments.prompts.templates()?;
    let model = Model::load(&arguments.model)?;
    let labels: Vec<String> = arguments
        .labels
        .iter()
        .flat_map(|Labels(labels)| labels.iter().cloned())
        .collect();
    let encoded = model.encode_labels(&labels, &templates)?;
    let (texts, truncated): (Vec<Embedding>, Vec<bool>) = encoded
        .into_iter()
        .map(|text| (text.embedding, text.truncated))
        .unzip();
    let fits = |picture: &Embedding| {
        let ranked = model.rank(picture, &texts).into_iter();
        let fit = ranked.map(|ranked| Fit {
            label: labels[ranked.label].clone(),
            probability: ranked.probability,
            cosine: ranked.cosine,
            truncated: truncated[ranked.label],
        });
        fit.collect()
    };
    let pictures = model.encode_pictures(&arguments.pictures)?;
    let entries = arguments
        .pictures
        .iter()
        .zip(pictures)
        .map(|(path, picture)| Entry {
            path: path.display().to_string(),
            outcome: match picture {
                Ok(picture) => Outcome::Ranking(fits(&picture)),
                Err(failure) => Outcome::Error(failure.to_string()),
            },
        });
    let report = Report {
        pictures: entries.collect(),
    };
    match arguments.json {
        true => output::json(&report)?,
        false => output::text(&table(&report))?,
    }
    let failed = |entry: &Entry| matches!(entry.outcome, Outcome::Error(_));
    Ok(Verdict::of(report.pictures.iter().any(failed)))
}

fn table(report: &Report) -> String {
    let mut table = String::new();
    for Entry { path, outcome } in &report.pictures {
        match outcome {
            Outcome::Ranking(fits) => {
                writeln!(table, "{path}").expect(output::TO_MEMORY);
                for Fit {
                    label,
                    probability,
                    cosine,
                    truncated,
                } in fits
                {
                    let percent = probability * 100.0;
                    let note = if *truncated {
                        " (cut: too long for the model)"
                    } else {
                        ""
                    };
                    writeln!(table, "{percent:7.1} %  {cosine:6.3}  {label}{note}")
                        .expect(output::TO_MEMORY);
                }
            }
            Outcome::Error(error) => writeln!(table, "{path}: {error}").expect(output::TO_MEMORY),
        }
    }
    table
}
