//! Attention, and independence of the batch.

use glance_engine::compute::gpu::Gpu;
use glance_engine::compute::{Compute, Epilogue, Linear};

use super::{Case, Random, RandomMatrix, STORED, agree, assert_close};

struct AttentionCase {
    /// Batch, sequence, 3 × width.
    shape: [usize; 3],
    qkv: Vec<f32>,
    heads: usize,
    causal: bool,
}

impl AttentionCase {
    fn new(shape: [usize; 3], heads: usize, causal: bool, size: f32) -> Self {
        let qkv = Random(shape[1] as u64).floats(shape.iter().product());
        let qkv = qkv.into_iter().map(|value| value * size).collect();
        Self {
            shape,
            qkv,
            heads,
            causal,
        }
    }
}

impl Case for AttentionCase {
    fn run<C: Compute>(&self, compute: &C) -> C::Tensor {
        let qkv = compute.tensor(&self.shape, &self.qkv);
        compute.attention(&qkv, self.heads, self.causal)
    }
}

pub async fn attentions(gpu: &Gpu) {
    // Batch, sequence, heads, channels of a head.
    let cases = [
        [1, 1, 1, 4],
        [2, 50, 2, 64],
        [1, 77, 2, 20],
        [3, 33, 1, 80],
        [1, 17, 3, 7],
        [2, 9, 2, 1],
        [1, 70, 1, 128],
    ];
    for [batch, sequence, heads, head] in cases {
        for causal in [false, true] {
            let shape = [batch, sequence, 3 * heads * head];
            let what = format!("attention of {heads} heads over {shape:?}, causal {causal}");
            let case = AttentionCase::new(shape, heads, causal, 2.0);
            agree(gpu, &what, 1e-5, &case).await;
        }
    }
}

/// Scores of several thousand: the softmax picks one position, and is never NaN.
pub async fn attention_of_extreme_scores(gpu: &Gpu) {
    for causal in [false, true] {
        let case = AttentionCase::new([1, 40, 3 * 16], 2, causal, 60.0);
        agree(gpu, "attention of large values", 1e-4, &case).await;
        let case = AttentionCase::new([1, 40, 3 * 16], 2, causal, 0.0);
        agree(gpu, "attention of zeros", 1e-6, &case).await;
    }
}

/// One element alone gives the same bits as the same element in a batch.
pub async fn nothing_depends_on_the_batch(gpu: &Gpu) {
    const BATCH: usize = 7;
    const SEQUENCE: usize = 13;
    const WIDTH: usize = 24;
    let mut random = Random(7);
    let weights: Vec<_> = STORED
        .into_iter()
        .map(|stored| RandomMatrix::new(&mut random, 3 * WIDTH, WIDTH, stored))
        .collect();
    let x = random.floats(BATCH * SEQUENCE * WIDTH);
    for weight in weights {
        let linear = Linear {
            weight: weight.on(gpu),
            bias: None,
        };
        let run = async |batch: usize, x: &[f32]| {
            let x = gpu.tensor(&[batch, SEQUENCE, WIDTH], x);
            let qkv = gpu.linear(&x, &linear, Epilogue::Gelu, None);
            let mixed = gpu.attention(&qkv, 3, true);
            let unit = gpu.l2_normalize(&mixed);
            gpu.read(&unit).await.expect("small operations run")
        };
        let together = run(BATCH, &x).await;
        let each = x.chunks_exact(SEQUENCE * WIDTH);
        for (alone, together) in each.zip(together.chunks_exact(SEQUENCE * WIDTH)) {
            let alone = run(1, alone).await;
            assert_close("one of a batch", &alone, together, 0.0);
        }
    }
}
