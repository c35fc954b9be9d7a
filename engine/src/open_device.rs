//! A device that is ready for a network.

use crate::compute::gpu::Gpu;
use crate::model::speeds;
use crate::{ClipConfig, DeviceChoice, DeviceKind, DeviceReason, Speeds};

/// A device that is ready for a network.
pub(crate) enum OpenDevice {
    /// The processor, which always is.
    Cpu,
    /// A GPU.
    Gpu(Gpu),
}

impl OpenDevice {
    /// The device that is faster at such a network, as it was `measured` before or is measured
    /// now. A GPU that software imitates needs no measuring.
    pub(crate) async fn fastest(
        config: &ClipConfig,
        measured: Option<Speeds>,
    ) -> (Self, DeviceChoice) {
        let cpu = |reason| (Self::Cpu, DeviceChoice::cpu(reason));
        let gpu = match Gpu::new().await {
            Err(_) => return cpu(DeviceReason::NoGpu),
            Ok(gpu) if gpu.adapter().software => return cpu(DeviceReason::SoftwareGpu),
            Ok(gpu) => gpu,
        };
        let measured = match measured {
            Some(speeds) => Ok(speeds),
            None => speeds(&gpu, config).await,
        };
        match measured.map(DeviceChoice::faster) {
            Err(reason) => {
                log::warn!("{reason}");
                cpu(DeviceReason::GpuFailed)
            }
            Ok(choice) if choice.device == DeviceKind::Cpu => (Self::Cpu, choice),
            Ok(choice) => (Self::Gpu(gpu), choice),
        }
    }
}
