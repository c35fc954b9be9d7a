//! Labels ranked for pictures, as the steps read them.

use glance_protocol::{PictureId, Scores};

use super::asked::Wording;
use crate::lesson::temperature;
use crate::order;
use crate::texts;

/// Cosines and shares of labels.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    /// Rows.
    pub pictures: Vec<PictureId>,
    /// Columns; labels that the model refused have none.
    pub names: Vec<String>,
    /// Whether the last column is "none of these".
    pub none_of_these: bool,
    /// A row for each picture.
    pub cosines: Vec<Vec<f32>>,
    /// The model's own factor from cosines to logits, if it can be inferred.
    pub scale: Option<f32>,
}

impl Ranked {
    /// From the worker's scores.
    pub fn new(pictures: Vec<PictureId>, wording: &Wording, scores: &Scores) -> Self {
        let name = |label: &Option<u32>| {
            let label = label.and_then(|label| wording.labels.get(label as usize));
            label.map_or_else(|| texts::none_of_these().to_owned(), Clone::clone)
        };
        let columns = scores.labels.len();
        let rows = |values: &[f32]| -> Vec<Vec<f32>> {
            // There may be no column.
            let rows = values.chunks_exact(columns.max(1));
            rows.map(<[f32]>::to_vec).collect()
        };
        let cosines = rows(&scores.cosines.0);
        let scale = rows(&scores.probabilities.0)
            .iter()
            .zip(&cosines)
            .find_map(|(shares, cosines)| temperature::scale_of(shares, cosines));
        Self {
            pictures,
            names: scores.labels.iter().map(name).collect(),
            none_of_these: scores.labels.last() == Some(&None),
            cosines,
            scale,
        }
    }

    /// The columns of a picture, the nearest first.
    pub fn order(&self, row: usize) -> Vec<usize> {
        let Some(cosines) = self.cosines.get(row) else {
            return Vec::new();
        };
        order::places(cosines.len(), &|one, other| {
            cosines[other].total_cmp(&cosines[one])
        })
    }

    /// The labels of a picture, the nearest first, without "none of these".
    pub fn labels(&self, row: usize) -> impl Iterator<Item = &String> {
        let labels = self.names.len() - usize::from(self.none_of_these);
        let order = self.order(row).into_iter();
        order
            .filter(move |&at| at < labels)
            .map(|at| &self.names[at])
    }
}

#[cfg(test)]
mod tests {
    use glance_protocol::Floats;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    fn wording() -> Wording {
        Wording {
            labels: ["cat", "", "dog"].map(str::to_owned).to_vec(),
            templates: vec!["{}".to_owned()],
            none_of_these: true,
        }
    }

    #[wasm_bindgen_test]
    fn refused_labels_have_no_column_and_the_factor_is_inferred() {
        let cosines = [0.2f32, 0.3, 0.25];
        let scores = Scores {
            labels: vec![Some(0), Some(2), None],
            probabilities: Floats(temperature::shares(&cosines, 20.0)),
            cosines: Floats(cosines.to_vec()),
        };
        let ranked = Ranked::new(vec![7], &wording(), &scores);
        assert_eq!(ranked.names, ["cat", "dog", texts::none_of_these()]);
        assert_eq!(ranked.order(0), [1, 2, 0]);
        assert_eq!(ranked.labels(0).collect::<Vec<_>>(), ["dog", "cat"]);
        let scale = ranked.scale.expect("the cosines differ");
        assert!((scale - 20.0).abs() < 0.02, "{scale}");
    }

    #[wasm_bindgen_test]
    fn nothing_ranked_is_no_row() {
        let ranked = Ranked::new(vec![7], &wording(), &Scores::default());
        assert!(ranked.cosines.is_empty() && ranked.order(0).is_empty());
        assert_eq!((ranked.labels(0).count(), ranked.scale), (0, None));
    }
}
