//! Classifies embeddings by examples: what `tests/fixtures/check_few_shot.py` compares with scikit-learn.
//!
//! Reads JSON with the fields of [`Question`], and writes the logits of each picture in both ways.

use std::error::Error;
use std::io::{stdin, stdout};

use glance_engine::Embedding;
use glance_engine::few_shot::{Classifier, Example, FewShotError, Logistic, Rows};
use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
struct Question {
    /// `[labels, width]`.
    texts: Vec<Embedding>,
    /// `[examples, width]`.
    examples: Vec<Embedding>,
    /// The label of each example.
    label_of: Vec<usize>,
    /// `[pictures, width]`.
    pictures: Vec<Embedding>,
    /// The model's factor from cosine to logit.
    logit_scale: f32,
    /// Of the logistic regression.
    strength: f64,
}

/// Logits, `[pictures, labels]`.
#[derive(Serialize)]
struct Answer {
    few_shot: Vec<Vec<f32>>,
    logistic: Vec<Vec<f32>>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let question: Question = serde_json::from_reader(stdin().lock())?;
    let examples = question.examples.iter().zip(&question.label_of);
    let examples: Vec<Example> = examples
        .map(|(embedding, label)| Example {
            embedding: embedding.clone(),
            label: *label,
        })
        .collect();
    let taught = Classifier::teach(&question.texts, &examples, question.logit_scale)?;
    let rows = Rows::new(&question.examples)?;
    let labels = question.texts.len();
    let probe = Logistic::fit(&rows, &question.label_of, labels, question.strength)?;
    let logits = |logits: &dyn Fn(&Embedding) -> Result<Vec<f32>, FewShotError>| {
        let rows = question.pictures.iter().map(logits);
        rows.collect::<Result<Vec<_>, _>>()
    };
    let answer = Answer {
        few_shot: logits(&|picture| taught.logits(picture))?,
        logistic: logits(&|picture| probe.logits(picture))?,
    };
    Ok(serde_json::to_writer(stdout().lock(), &answer)?)
}
