//! What a classifier learns from: pictures, texts, and where both lie.

use super::error::FewShotError;
use super::rows::{Rows, add, dot};
use crate::embedding::Embedding;

/// Most texts of other labels that are kept, evenly taken: enough to see what examples do to them, and few
/// enough for thousands of labels.
const MOST_OTHERS: usize = 64;

/// A picture that shows a label.
#[derive(Clone, Debug, PartialEq)]
pub struct Example {
    /// Its embedding.
    pub embedding: Embedding,
    /// Index of the label.
    pub label: usize,
}

/// Examples and texts, ready to learn from.
///
/// Texts are examples too (Lin et al. 2023, “Multimodality Helps Unimodality”). A model's texts lie apart
/// from its pictures by much the same vector everywhere (Liang et al. 2022, arXiv 2203.02053). So each text is
/// moved by the mean difference between the examples and the texts of their labels.
pub struct Lesson {
    /// The texts as they are, `[labels, width]`.
    pub texts: Rows,
    /// The examples, each once, then the moved texts of the labels that have any. Less `centre`.
    pub rows: Rows,
    /// The label of each row.
    pub label_of: Vec<usize>,
    /// The examples whose label has another one, so that they can be left out.
    pub left_out: Vec<usize>,
    /// The texts of the other labels, each moved by the difference between one example and its text, so that they
    /// scatter as pictures do. Less `centre`.
    pub others: Rows,
    /// The label of each of those.
    pub other_labels: Vec<usize>,
    /// The labels that have examples, in order.
    pub taught: Vec<usize>,
    /// The mean of the moved texts before they are scaled: what pictures of all labels have in common, even
    /// if only some have examples.
    pub centre: Vec<f64>,
}

impl Lesson {
    /// Checks and arranges the examples. Equal ones of a label count once.
    ///
    /// # Errors
    /// [`FewShotError::NoLabels`], [`FewShotError::NoExamples`], [`FewShotError::UnknownLabel`],
    /// [`FewShotError::Widths`], [`FewShotError::NotFinite`].
    pub fn new(texts: &[Embedding], examples: &[Example]) -> Result<Self, FewShotError> {
        if texts.is_empty() {
            return Err(FewShotError::NoLabels);
        }
        if examples.is_empty() {
            return Err(FewShotError::NoExamples);
        }
        if examples.iter().any(|example| example.label >= texts.len()) {
            return Err(FewShotError::UnknownLabel);
        }
        let examples = once(examples);
        let embeddings = examples.iter().map(|example| &example.embedding);
        // Together, so that their widths are compared.
        let all = Rows::new(texts.iter().chain(embeddings))?;
        let (width, labels) = (all.width(), texts.len());
        let (texts, pictures) = all.split(labels);

        let gap_of = |index: usize| {
            let mut gap = pictures.row(index).to_vec();
            add(&mut gap, -1.0, texts.row(examples[index].label));
            gap
        };
        let mut gap = vec![0.0; width];
        for index in 0..examples.len() {
            add(&mut gap, 1.0 / examples.len() as f64, &gap_of(index));
        }
        let mut centre = gap.clone();
        for text in texts.iter() {
            add(&mut centre, 1.0 / labels as f64, text);
        }
        let centred = |row: &[f64]| -> Vec<f64> {
            let pairs = row.iter().zip(&centre);
            pairs.map(|(value, centre)| value - centre).collect()
        };
        let moved = |label: usize, gap: &[f64]| {
            let mut row = texts.row(label).to_vec();
            add(&mut row, 1.0, gap);
            centred(&unit(row))
        };

        let has_examples = |label: &usize| examples.iter().any(|example| example.label == *label);
        let (taught, other_labels): (Vec<_>, Vec<_>) = (0..labels).partition(has_examples);
        let rows = pictures.iter().flat_map(centred);
        let rows = rows.chain(taught.iter().flat_map(|label| moved(*label, &gap)));
        let step = other_labels.len().div_ceil(MOST_OTHERS).max(1);
        let other_labels: Vec<usize> = other_labels.into_iter().step_by(step).collect();
        let others = other_labels.iter().enumerate();
        let others = others.flat_map(|(at, label)| moved(*label, &gap_of(at % examples.len())));
        let shows = |label: usize| {
            examples
                .iter()
                .filter(move |example| example.label == label)
        };
        let left_out = 0..examples.len();
        let left_out = left_out.filter(|at| shows(examples[*at].label).nth(1).is_some());
        let left_out = left_out.collect();
        let label_of = examples.iter().map(|example| example.label);
        Ok(Self {
            rows: Rows::of(rows.collect(), width),
            label_of: label_of.chain(taught.iter().copied()).collect(),
            others: Rows::of(others.collect(), width),
            left_out,
            other_labels,
            taught,
            texts,
            centre,
        })
    }

    /// What each row should be: `[rows, taught]`. A row's own label has 1, less every label's share, so
    /// that labels with and without examples have the same mean.
    pub fn targets(&self) -> Vec<f64> {
        let share = 1.0 / self.texts.count() as f64;
        let target = |own: usize, label: usize| f64::from(u8::from(label == own)) - share;
        let row = |own: &usize| {
            let own = *own;
            self.taught.iter().map(move |label| target(own, *label))
        };
        self.label_of.iter().flat_map(row).collect()
    }
}

/// The examples, each once.
fn once(examples: &[Example]) -> Vec<&Example> {
    let mut once: Vec<&Example> = Vec::with_capacity(examples.len());
    for example in examples {
        if !once.contains(&example) {
            once.push(example);
        }
    }
    once
}

/// A vector at length 1; zeros stay as they are.
fn unit(mut row: Vec<f64>) -> Vec<f64> {
    let length = dot(&row, &row).sqrt();
    if length > 0.0 {
        row.iter_mut().for_each(|value| *value /= length);
    }
    row
}
