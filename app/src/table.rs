//! The table of pictures and captions.

use glance_protocol::{PictureId, TextNote};

use crate::order;

/// Cosines of pictures (rows) with captions (columns).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Rows.
    pub pictures: Vec<PictureId>,
    /// Columns.
    pub captions: Vec<String>,
    /// The note on each caption.
    pub notes: Vec<TextNote>,
    /// One row a picture; `None` if the caption was refused.
    pub cosines: Vec<Vec<Option<f32>>>,
}

impl Table {
    /// The column of a row's largest cosine; the first of equals.
    pub fn best_of_row(&self, row: usize) -> Option<usize> {
        best(self.cosines.get(row)?.iter().copied())
    }

    /// The row of a column's largest cosine; the first of equals.
    pub fn best_of_column(&self, column: usize) -> Option<usize> {
        best(
            self.cosines
                .iter()
                .map(|row| row.get(column).copied().flatten()),
        )
    }

    /// A cosine; `None` if there is none.
    pub fn cosine(&self, row: usize, column: usize) -> Option<f32> {
        self.cosines.get(row)?.get(column).copied().flatten()
    }

    /// The rows of a column's largest cosines, the largest first.
    pub fn best_rows(&self, column: usize, count: usize) -> Vec<usize> {
        let rows = (0..self.cosines.len()).filter_map(|row| Some((row, self.cosine(row, column)?)));
        let rows: Vec<(usize, f32)> = rows.collect();
        let rows = order::sorted(rows, |(_, one), (_, other)| other.total_cmp(one));
        rows.into_iter().take(count).map(|(row, _)| row).collect()
    }

    /// Drops a picture's row.
    pub fn remove(&mut self, picture: PictureId) {
        if let Some(row) = self.pictures.iter().position(|&id| id == picture) {
            self.pictures.remove(row);
            self.cosines.remove(row);
        }
    }
}

fn best(values: impl Iterator<Item = Option<f32>>) -> Option<usize> {
    let mut best: Option<(usize, f32)> = None;
    for (index, value) in values.enumerate() {
        if let Some(value) = value
            && best.is_none_or(|(_, largest)| value > largest)
        {
            best = Some((index, value));
        }
    }
    best.map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn best_of_rows_and_columns_skip_what_was_refused() {
        let table = Table {
            pictures: vec![7, 9],
            captions: vec!["a".into(), "b".into(), "c".into()],
            notes: Vec::new(),
            cosines: vec![
                vec![Some(0.1), None, Some(0.3)],
                vec![Some(-0.2), None, Some(0.3)],
            ],
        };
        assert_eq!(table.best_of_row(0), Some(2));
        assert_eq!(table.best_of_row(1), Some(2));
        assert_eq!(table.best_of_row(2), None);
        assert_eq!(table.best_of_column(0), Some(0));
        assert_eq!(table.best_of_column(1), None);
        assert_eq!(table.best_of_column(2), Some(0));
        assert_eq!(table.best_rows(0, 5), [0, 1]);
        assert_eq!(table.best_rows(1, 5), [0; 0]);
    }

    #[wasm_bindgen_test]
    fn a_removed_picture_takes_its_row_along() {
        let mut table = Table {
            pictures: vec![7, 9],
            captions: vec!["a".into()],
            notes: Vec::new(),
            cosines: vec![vec![Some(0.1)], vec![Some(0.2)]],
        };
        table.remove(7);
        table.remove(8);
        assert_eq!(
            (table.pictures.as_slice(), table.best_of_column(0)),
            ([9].as_slice(), Some(0))
        );
    }
}
