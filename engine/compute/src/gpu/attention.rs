//! Attention: one kernel on graphics hardware, two on software adapters.

use super::kernel::{Head, Kernel, WIDEST_HEAD};
use super::kernel_strategy::RowParallelism;
use super::{Gpu, GpuTensor, dimensions};
use crate::ComputeError;

/// Queries per workgroup, `QUERIES` in `attention.wgsl`.
const QUERIES: usize = 16;
/// Queries per invocation, `TILE_QUERIES` in `attention_tile.wgsl`.
const TILE_QUERIES: usize = 10;
/// Channels per invocation of `attention_mixture.wgsl`.
const TILE_CHANNELS: usize = 8;
/// Invocations per workgroup, `LANES` in `attention_tile.wgsl`.
const LANES: u64 = 4;

impl Gpu {
    /// As [`Compute::attention`](crate::Compute::attention).
    pub(super) fn record_attention(
        &self,
        qkv: &GpuTensor,
        heads: usize,
        causal: bool,
    ) -> GpuTensor {
        let [batch, sequence, width] = dimensions(qkv);
        let channels = width / 3 / heads;
        if channels > WIDEST_HEAD {
            let reason = format!("an attention head of {channels} channels is too wide for it");
            self.device.record(ComputeError::Refused(reason));
        }
        let head = Head {
            channels: channels as u32,
        };
        let output = self.output(&[batch, sequence, width / 3]);
        let sizes = [batch, sequence, heads, usize::from(causal)];
        let multiply_adds = (batch * sequence * sequence) as u64 * (width as u64 / 3);
        let run = |kernel, inputs: &[_], output: &_, invocations: usize, lanes| {
            let workgroups = self.in_a_row((invocations as u64).div_ceil(lanes));
            self.run(kernel, inputs, output, &sizes, workgroups, multiply_adds);
        };
        match self.strategy.get().row_parallelism() {
            RowParallelism::Workgroup => {
                let tiles = batch * heads * sequence.div_ceil(QUERIES);
                run(Kernel::Attention(head), &[qkv.buffer()], &output, tiles, 1);
            }
            RowParallelism::Invocation => {
                let shares = self.output(&[batch, heads, sequence, sequence]);
                let kernel = Kernel::AttentionShares(head);
                let tiles = batch * heads * sequence.div_ceil(TILE_QUERIES);
                run(kernel, &[qkv.buffer()], &shares, tiles, LANES);
                let inputs = [qkv.buffer(), shares.buffer()];
                let kernel = Kernel::AttentionMixture(head);
                let slices = tiles * channels.div_ceil(TILE_CHANNELS);
                run(kernel, &inputs, &output, slices, LANES);
            }
        }
        output
    }
}
