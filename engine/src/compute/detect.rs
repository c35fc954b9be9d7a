//! Which device to use when nobody chose one.

use super::DeviceKind;
use super::gpu::Gpu;

impl DeviceKind {
    /// The faster device here: the GPU where an adapter opens that is more than software, which
    /// on this processor loses to the engine's own code by far.
    pub async fn detect() -> Self {
        match Gpu::new().await {
            Ok(gpu) if !gpu.adapter().software => Self::Gpu,
            _ => Self::Cpu,
        }
    }
}
