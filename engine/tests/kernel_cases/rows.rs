//! Operations on rows, cells and tokens.

use glance_engine::compute::gpu::Gpu;
use glance_engine::compute::{Compute, LayerNorm, LeadingRow};

use super::{Case, Random, RandomMatrix, STORED, agree};

struct LayerNormCase {
    rows: usize,
    width: usize,
    x: Vec<f32>,
    gain: Vec<f32>,
    bias: Vec<f32>,
}

impl LayerNormCase {
    fn new(rows: usize, width: usize, mean: f32) -> Self {
        let mut random = Random(width as u64);
        let x = random
            .floats(rows * width)
            .into_iter()
            .map(|value| value + mean)
            .collect();
        Self {
            rows,
            width,
            x,
            gain: random.floats(width),
            bias: random.floats(width),
        }
    }
}

impl Case for LayerNormCase {
    fn run<C: Compute>(&self, compute: &C) -> C::Tensor {
        let norm = LayerNorm {
            gain: compute.tensor(&[self.width], &self.gain),
            bias: compute.tensor(&[self.width], &self.bias),
        };
        let x = compute.tensor(&[1, self.rows, self.width], &self.x);
        compute.layer_norm(&x, &norm)
    }
}

pub async fn layer_norms(gpu: &Gpu) {
    for (rows, width) in [(1, 1), (3, 5), (50, 64), (7, 100), (9, 768)] {
        let what = format!("layer norm of {rows} rows of {width}");
        agree(gpu, &what, 1e-5, &LayerNormCase::new(rows, width, 0.5)).await;
    }
    // A mean far from zero, where E[x²] − E[x]² would lose everything. One step of f32 at 1000 is
    // 6e-5 of a value of order one.
    agree(
        gpu,
        "layer norm far from zero",
        5e-4,
        &LayerNormCase::new(5, 96, 1000.0),
    )
    .await;
}

/// An operation on one tensor of random values.
struct OneTensor<'a, const RANK: usize> {
    shape: [usize; RANK],
    operation: Operation<'a>,
}

enum Operation<'a> {
    L2Normalize,
    AveragePool2d(usize),
    SelectRows(&'a [u32]),
}

impl<const RANK: usize> Case for OneTensor<'_, RANK> {
    fn run<C: Compute>(&self, compute: &C) -> C::Tensor {
        let values = Random(self.shape[0] as u64).floats(self.shape.iter().product());
        let x = compute.tensor(&self.shape, &values);
        match self.operation {
            Operation::L2Normalize => compute.l2_normalize(&x),
            Operation::AveragePool2d(size) => compute.average_pool2d(&x, size),
            Operation::SelectRows(rows) => compute.select_rows(&x, &compute.rows(rows)),
        }
    }
}

pub async fn l2_normals(gpu: &Gpu) {
    for shape in [[1, 1], [3, 5], [2, 64], [4, 513]] {
        let case = OneTensor {
            shape,
            operation: Operation::L2Normalize,
        };
        agree(gpu, &format!("unit rows of {shape:?}"), 1e-6, &case).await;
    }
    let zeros = gpu.tensor(&[2, 3], &[0.0; 6]);
    let zeros = gpu
        .read(&gpu.l2_normalize(&zeros))
        .await
        .expect("a small operation runs");
    assert_eq!(zeros, [0.0; 6], "a row of zeros stays");
}

pub async fn average_pools(gpu: &Gpu) {
    for (shape, size) in [([1, 4, 4, 3], 2), ([2, 6, 9, 5], 3), ([3, 4, 2, 8], 1)] {
        let case = OneTensor {
            shape,
            operation: Operation::AveragePool2d(size),
        };
        agree(gpu, &format!("pool of {size} over {shape:?}"), 1e-6, &case).await;
    }
}

pub async fn selected_rows(gpu: &Gpu) {
    let case = OneTensor {
        shape: [3, 5, 7],
        operation: Operation::SelectRows(&[4, 14, 0, 4]),
    };
    agree(gpu, "selected rows", 0.0, &case).await;
    let case = OneTensor {
        shape: [1, 1, 64],
        operation: Operation::SelectRows(&[0]),
    };
    agree(gpu, "the only row", 0.0, &case).await;
}

struct TokenCase {
    table: RandomMatrix,
    batch: usize,
    ids: Vec<u32>,
    positions: Vec<f32>,
}

impl Case for TokenCase {
    fn run<C: Compute>(&self, compute: &C) -> C::Tensor {
        let table = self.table.on(compute);
        let width = self.table.columns;
        let positions = compute.tensor(&[self.positions.len() / width, width], &self.positions);
        compute.embed_tokens(&self.ids, self.batch, &table, &positions)
    }
}

pub async fn token_embeddings(gpu: &Gpu) {
    // Batch, sequence, positions learned, width.
    for [batch, sequence, context, width] in [[1, 1, 1, 4], [3, 5, 9, 10], [2, 7, 7, 64]] {
        for stored in STORED {
            let mut random = Random(width as u64);
            let case = TokenCase {
                table: RandomMatrix::new(&mut random, 100, width, stored),
                batch,
                ids: (0..batch * sequence).map(|_| random.below(100)).collect(),
                positions: random.floats(context * width),
            };
            let what = format!("{batch} × {sequence} tokens of {width}, {stored:?}");
            agree(gpu, &what, 1e-6, &case).await;
        }
    }
}

struct LevelsCase {
    /// Batch, height, width, channels.
    shape: [usize; 4],
}

impl Case for LevelsCase {
    fn run<C: Compute>(&self, compute: &C) -> C::Tensor {
        let channels = self.shape[3];
        let mut random = Random(channels as u64);
        let count = self.shape.iter().product();
        let levels: Vec<u8> = (0..count).map(|_| random.below(256) as u8).collect();
        let table = compute.tensor(&[channels, 256], &random.floats(channels * 256));
        compute.look_up(&self.shape, &levels, &table)
    }
}

pub async fn looked_up_levels(gpu: &Gpu) {
    for shape in [[1, 1, 1, 3], [2, 5, 7, 3], [1, 9, 9, 1], [3, 224, 224, 3]] {
        let case = LevelsCase { shape };
        agree(gpu, &format!("levels of {shape:?}"), 0.0, &case).await;
    }
}

struct PrependCase {
    /// Batch, sequence, width.
    shape: [usize; 3],
    mean: bool,
}

impl Case for PrependCase {
    fn run<C: Compute>(&self, compute: &C) -> C::Tensor {
        let [batch, sequence, width] = self.shape;
        let mut random = Random(width as u64);
        let x = compute.tensor(&self.shape, &random.floats(batch * sequence * width));
        let learned = compute.tensor(&[width], &random.floats(width));
        let positions = random.floats((sequence + 1) * width);
        let positions = compute.tensor(&[sequence + 1, width], &positions);
        let row = if self.mean {
            LeadingRow::Mean
        } else {
            LeadingRow::Learned(&learned)
        };
        compute.prepend(&x, row, &positions)
    }
}

pub async fn prepended_rows(gpu: &Gpu) {
    for shape in [[1, 1, 1], [3, 49, 10], [2, 4, 64]] {
        for mean in [false, true] {
            let what = format!("a row before {shape:?}, mean {mean}");
            agree(gpu, &what, 1e-6, &PrependCase { shape, mean }).await;
        }
    }
}

/// More workgroups than one dimension of a dispatch allows.
pub async fn long_dispatches(gpu: &Gpu) {
    let shape = [1, 2101, 2003, 1];
    let case = OneTensor {
        shape,
        operation: Operation::AveragePool2d(1),
    };
    agree(gpu, "4.2 million cells", 1e-6, &case).await;
    let case = OneTensor {
        shape: [66_001, 2],
        operation: Operation::L2Normalize,
    };
    agree(gpu, "66,001 rows", 1e-6, &case).await;
}
