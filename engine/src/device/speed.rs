//! Measures how fast a device runs vision transformers, to estimate those that are not here.

use glance_compute::ComputeError;
use glance_compute::gpu::Gpu;

use crate::config::{Activation, ClipConfig, TextConfig, VisionConfig, VisionTransformerConfig};
use crate::device::benchmark::{BUDGET_MILLISECONDS, OnCpu, gpu_milliseconds};
use crate::model::Sample;

/// The image tower of ViT-B/16. Smaller and larger ones run about as many multiply-adds a second.
const TOWER: VisionTransformerConfig = VisionTransformerConfig {
    image_size: 224,
    patch_size: 16,
    width: 768,
    layers: 12,
    heads: 12,
    mlp_width: 3072,
};

/// Multiply-adds a second of a vision transformer on a GPU, or on the CPU without one.
///
/// # Errors
/// Those of the GPU.
pub(crate) async fn transformer_speed(gpu: Option<&Gpu>) -> Result<f64, ComputeError> {
    let config = config();
    let milliseconds = match gpu {
        None => OnCpu::new(&config)?.milliseconds().await?,
        Some(gpu) => {
            let sample = Sample::new(gpu, &config, usize::MAX)?;
            gpu_milliseconds(gpu, &sample, BUDGET_MILLISECONDS).await?
        }
    };
    // Some browsers round times to whole milliseconds.
    Ok(multiply_adds(&TOWER) / milliseconds.max(1.0) * 1e3)
}

/// Multiply-adds of all blocks of a tower for one picture. Per position, a block's matrices are
/// `4 × width²` and `2 × width × mlp_width`; attention multiplies each position with each, twice.
fn multiply_adds(tower: &VisionTransformerConfig) -> f64 {
    let (width, mlp_width) = (tower.width as f64, tower.mlp_width as f64);
    let positions = tower.positions() as f64;
    let matrices = positions * (4.0 * width * width + 2.0 * width * mlp_width);
    let attention = 2.0 * positions * positions * width;
    tower.layers as f64 * (matrices + attention)
}

/// The tower, and texts of which nothing is measured.
fn config() -> ClipConfig {
    ClipConfig {
        vision: VisionConfig::VisionTransformer(TOWER),
        text: TextConfig {
            context_length: 1,
            vocabulary_size: 1,
            width: 1,
            layers: 1,
            heads: 1,
            mlp_width: 1,
        },
        projection: 1,
        activation: Activation::Gelu,
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use pollster::block_on;

    use super::*;

    #[test]
    fn blocks_of_vit_b_16_take_17_billion() {
        let billions = multiply_adds(&TOWER) / 1e9;
        assert!((billions - 17.45).abs() < 0.01, "{billions}");
    }

    #[test]
    fn a_speed_is_measured_on_each_device() {
        let cpu = block_on(transformer_speed(None)).expect("the processor never fails");
        assert!(cpu.is_finite() && cpu > 1e6, "{cpu}");
        let gpu = match block_on(Gpu::new()) {
            Ok(gpu) => gpu,
            Err(reason) => return eprintln!("SKIPPED on the GPU: {reason}"),
        };
        let gpu = block_on(transformer_speed(Some(&gpu))).expect("a layer runs");
        assert!(gpu.is_finite() && gpu > 1e6, "{gpu}");
    }
}
