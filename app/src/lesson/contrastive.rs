//! The matrix that CLIP was trained on: pictures in rows, their texts in columns, pairs on the
//! diagonal (paper section 2.3 and figure 3).

use super::temperature::shares;

/// Which way the matrix is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Each picture looks for its text: softmax over a row.
    Rows,
    /// Each text looks for its picture: softmax over a column.
    Columns,
}

/// The loss of a matrix, in nats.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Loss {
    /// From pictures to texts.
    pub rows: f32,
    /// From texts to pictures.
    pub columns: f32,
}

impl Loss {
    /// Of a square matrix of cosines.
    pub fn of(cosines: &[Vec<f32>], scale: f32) -> Self {
        Self {
            rows: cross_entropy(cosines, scale),
            columns: cross_entropy(&transposed(cosines), scale),
        }
    }

    /// What training reduces: the mean of both.
    pub fn mean(self) -> f32 {
        f32::midpoint(self.rows, self.columns)
    }
}

/// The share of each cell, read in one direction.
pub fn cell_shares(cosines: &[Vec<f32>], scale: f32, direction: Direction) -> Vec<Vec<f32>> {
    let by_row = |matrix: &[Vec<f32>]| -> Vec<Vec<f32>> {
        matrix.iter().map(|row| shares(row, scale)).collect()
    };
    match direction {
        Direction::Rows => by_row(cosines),
        Direction::Columns => transposed(&by_row(&transposed(cosines))),
    }
}

/// The mean of −ln(share of the diagonal) over the rows, from the logits, so that a share that f32
/// cannot hold costs no infinity.
fn cross_entropy(cosines: &[Vec<f32>], scale: f32) -> f32 {
    let losses = cosines.iter().enumerate().map(|(index, row)| {
        let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let powers = row.iter().map(|cosine| (scale * (cosine - largest)).exp());
        powers.sum::<f32>().ln() - scale * (row[index] - largest)
    });
    losses.sum::<f32>() / cosines.len() as f32
}

fn transposed(matrix: &[Vec<f32>]) -> Vec<Vec<f32>> {
    (0..matrix.len())
        .map(|column| matrix.iter().map(|row| row[column]).collect())
        .collect()
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn equal_cosines_cost_what_guessing_costs() {
        let loss = Loss::of(&vec![vec![0.2; 4]; 4], 100.0);
        assert!((loss.rows - 4f32.ln()).abs() < 1e-6, "{loss:?}");
        assert!((loss.mean() - 4f32.ln()).abs() < 1e-6, "{loss:?}");
    }

    #[wasm_bindgen_test]
    fn the_loss_is_the_mean_of_two_cross_entropies() {
        let cosines = [vec![0.3, 0.1], vec![0.25, 0.2]];
        let loss = Loss::of(&cosines, 10.0);
        let of = |direction| {
            let shares = cell_shares(&cosines, 10.0, direction);
            -(shares[0][0].ln() + shares[1][1].ln()) / 2.0
        };
        assert!((loss.rows - of(Direction::Rows)).abs() < 1e-5, "{loss:?}");
        assert!((loss.columns - of(Direction::Columns)).abs() < 1e-5);
        let mean = (loss.rows + loss.columns) / 2.0;
        assert!((loss.mean() - mean).abs() < 1e-6 && loss.rows != loss.columns);
    }

    #[wasm_bindgen_test]
    fn a_hopeless_pair_costs_a_finite_loss() {
        let loss = Loss::of(&[vec![-1.0, 1.0], vec![1.0, -1.0]], 100.0);
        assert!((loss.mean() - 200.0).abs() < 1e-3, "{loss:?}");
    }

    #[wasm_bindgen_test]
    fn columns_add_up_when_texts_look_for_pictures() {
        let cosines = [vec![0.3, 0.1], vec![0.25, 0.2]];
        let shares = cell_shares(&cosines, 50.0, Direction::Columns);
        for column in 0..2 {
            let sum = shares[0][column] + shares[1][column];
            assert!((sum - 1.0).abs() < 1e-6, "{shares:?}");
        }
    }
}
