//! `glance embed`: pictures and texts as points of one space.

use std::fmt::Write;
use std::path::PathBuf;

use clap::Args;
use glance_engine::Embedding;
use serde::Serialize;

use crate::failure::Failure;
use crate::model::{Model, ModelOptions};
use crate::output;
use crate::verdict::Verdict;

const JSON: &str = r#"JSON, in the order given:
  {"images": [
    {"path": "cat.jpg", "embedding": [0.012, …]},
    {"path": "notes.txt", "error": "This file is not a picture; …"}
  ],
  "texts": [
    {"text": "a cat", "embedding": [0.034, …], "truncated": false}
  ]}
Embeddings have length 1, so the dot product of two is their cosine.
"truncated" says that the model read only the beginning of the text."#;

/// Values of an embedding that are printed without `--json`.
const SHOWN: usize = 4;

/// Prints the embeddings of pictures and texts, of length 1
#[derive(Args)]
#[command(after_help = JSON)]
pub struct Arguments {
    /// A picture file; may be repeated
    #[arg(
        long = "image",
        value_name = "PICTURE",
        required_unless_present = "texts"
    )]
    images: Vec<PathBuf>,
    /// A text, encoded without a template; may be repeated
    #[arg(long = "text", value_name = "TEXT")]
    texts: Vec<String>,
    /// Print JSON, with all values
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    model: ModelOptions,
}

#[derive(Serialize)]
struct Report {
    images: Vec<ImageEntry>,
    texts: Vec<TextEntry>,
}

#[derive(Serialize)]
struct ImageEntry {
    path: String,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Serialize)]
struct TextEntry {
    text: String,
    #[serde(flatten)]
    outcome: Outcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    truncated: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Outcome {
    Embedding(Embedding),
    Error(String),
}

impl<E: ToString> From<Result<Embedding, E>> for Outcome {
    fn from(result: Result<Embedding, E>) -> Self {
        match result {
            Ok(embedding) => Self::Embedding(embedding),
            Err(error) => Self::Error(error.to_string()),
        }
    }
}

pub fn run(arguments: &Arguments) -> Result<Verdict, Failure> {
    let model = Model::load(&arguments.model)?;
    let images = model.encode_pictures(&arguments.images)?;
    let images = arguments
        .images
        .iter()
        .zip(images)
        .map(|(path, image)| ImageEntry {
            path: path.display().to_string(),
            outcome: image.into(),
        });
    let texts = model.encode_texts(&arguments.texts)?;
    let texts = arguments
        .texts
        .iter()
        .zip(texts)
        .map(|(text, encoded)| TextEntry {
            text: text.clone(),
            truncated: encoded.as_ref().ok().map(|encoded| encoded.truncated),
            outcome: encoded.map(|encoded| encoded.embedding).into(),
        });
    let report = Report {
        images: images.collect(),
        texts: texts.collect(),
    };
    match arguments.json {
        true => output::json(&report)?,
        false => output::text(&table(&report))?,
    }
    let failed = report
        .outcomes()
        .any(|(_, outcome)| matches!(outcome, Outcome::Error(_)));
    Ok(Verdict::of(failed))
}

impl Report {
    fn outcomes(&self) -> impl Iterator<Item = (&str, &Outcome)> {
        let images = self
            .images
            .iter()
            .map(|entry| (entry.path.as_str(), &entry.outcome));
        let texts = self
            .texts
            .iter()
            .map(|entry| (entry.text.as_str(), &entry.outcome));
        images.chain(texts)
    }
}

fn table(report: &Report) -> String {
    let mut table = String::new();
    for (name, outcome) in report.outcomes() {
        match outcome {
            Outcome::Embedding(Embedding(values)) => {
                let first: Vec<String> = values
                    .iter()
                    .take(SHOWN)
                    .map(|value| format!("{value:.4}"))
                    .collect();
                let (first, count) = (first.join(" "), values.len());
                writeln!(
                    table,
                    "{name}: {first} … ({count} values; --json prints all)"
                )
            }
            Outcome::Error(error) => writeln!(table, "{name}: {error}"),
        }
        .expect(output::TO_MEMORY);
    }
    table
}
