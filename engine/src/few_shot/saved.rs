//! A classifier as a file.

use serde::{Deserialize, Serialize};

use super::classifier::Classifier;
use super::error::FewShotError;

/// The version of the format.
const FORMAT: u32 = 1;

/// A classifier with the names of its labels and the model that it belongs to, as a JSON file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SavedClassifier {
    /// The version of the format.
    format: u32,
    /// Identifies the model whose embeddings it takes.
    model: String,
    /// The labels, in the order of the classifier's.
    labels: Vec<String>,
    /// Values of an embedding.
    width: usize,
    /// `[labels, width]`.
    weights: Vec<f32>,
    /// One a label.
    offsets: Vec<f32>,
}

/// What is read first, because the rest may change with it.
#[derive(Deserialize)]
struct Version {
    format: u32,
}

impl SavedClassifier {
    /// Names a classifier's labels and its model.
    ///
    /// # Errors
    /// [`FewShotError::LabelCount`] if there is not one name a label.
    pub fn new(
        classifier: Classifier,
        labels: Vec<String>,
        model: String,
    ) -> Result<Self, FewShotError> {
        let Classifier {
            weights,
            offsets,
            width,
        } = classifier;
        if offsets.len() != labels.len() {
            return Err(FewShotError::LabelCount(offsets.len(), labels.len()));
        }
        Ok(Self {
            format: FORMAT,
            model,
            labels,
            width,
            weights,
            offsets,
        })
    }

    /// Reads a file and checks all of it.
    ///
    /// # Errors
    /// [`FewShotError::Damaged`], [`FewShotError::Newer`], or [`FewShotError::OtherModel`] if it does not
    /// belong to `model`.
    pub fn parse(json: &[u8], model: &str) -> Result<Self, FewShotError> {
        let damaged = |reason: &str| FewShotError::Damaged(reason.to_owned());
        let unreadable = |_| damaged("it is cut short, or something else");
        let version: Version = serde_json::from_slice(json).map_err(unreadable)?;
        if version.format > FORMAT {
            return Err(FewShotError::Newer);
        }
        let saved: Self = serde_json::from_slice(json).map_err(unreadable)?;
        if saved.labels.is_empty() {
            return Err(damaged("it has no labels"));
        }
        let labels = saved.labels.len();
        let values = labels.checked_mul(saved.width);
        if saved.width == 0 || values != Some(saved.weights.len()) || saved.offsets.len() != labels
        {
            return Err(damaged("its numbers do not fit its labels"));
        }
        let finite = |values: &[f32]| values.iter().all(|value| value.is_finite());
        if !finite(&saved.weights) || !finite(&saved.offsets) {
            return Err(damaged("a number in it is too large"));
        }
        if saved.model != model {
            return Err(FewShotError::OtherModel {
                taught: saved.model,
                loaded: model.to_owned(),
            });
        }
        Ok(saved)
    }

    /// The file, which [`SavedClassifier::parse`] reads.
    ///
    /// # Panics
    /// Never: its parts are plain data.
    pub fn json(&self) -> String {
        let json = serde_json::to_string(self).expect("plain data become JSON");
        json + "\n"
    }

    /// The names of the labels.
    pub fn labels(&self) -> &[String] {
        &self.labels
    }

    /// The classifier.
    pub fn into_classifier(self) -> Classifier {
        Classifier {
            weights: self.weights,
            offsets: self.offsets,
            width: self.width,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedding::Embedding;

    fn saved() -> SavedClassifier {
        let texts = [vec![0.6, 0.8], vec![1.0, 0.0]].map(Embedding);
        let classifier = Classifier::teach(&texts, &[], 30.0).expect("texts are enough");
        let labels = ["cat", "dog"].map(str::to_owned).to_vec();
        SavedClassifier::new(classifier, labels, "a model".to_owned()).expect("each has a name")
    }

    fn refusal(json: &str) -> String {
        match SavedClassifier::parse(json.as_bytes(), "a model") {
            Ok(read) => format!("{read:?}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn a_file_gives_the_same_classifier() {
        let saved = saved();
        let read = SavedClassifier::parse(saved.json().as_bytes(), "a model");
        assert_eq!(read, Ok(saved.clone()));
        assert_eq!(saved.labels(), ["cat", "dog"]);
        let classifier = saved.clone().into_classifier();
        let fewer = SavedClassifier::new(classifier, vec!["cat".to_owned()], String::new());
        assert_eq!(fewer, Err(FewShotError::LabelCount(2, 1)));
    }

    #[test]
    fn a_file_that_misleads_is_refused_by_name() {
        let json = saved().json();
        for (replaced, by, reason) in [
            ("{", "[", "cut short, or something else"),
            ("30.0", "NaN", "cut short, or something else"),
            ("30.0", "1e39", "a number in it is too large"),
            ("30.0,", "", "its numbers do not fit its labels"),
            (
                "\"width\":2",
                "\"width\":0",
                "its numbers do not fit its labels",
            ),
            (
                "\"width\":2",
                "\"width\":9223372036854775808",
                "do not fit its labels",
            ),
            ("[\"cat\",\"dog\"]", "[\"cat\"]", "do not fit its labels"),
            ("[\"cat\",\"dog\"]", "[]", "it has no labels"),
            ("\"format\":1", "\"format\":2", "a later version"),
            (
                "a model",
                "another model",
                "taught with the model another model",
            ),
        ] {
            let changed = json.replacen(replaced, by, 1);
            assert_ne!(changed, json, "{replaced} is in it");
            assert!(
                refusal(&changed).contains(reason),
                "{by}: {}",
                refusal(&changed)
            );
        }
        assert!(refusal("").contains("cut short"));
    }
}
