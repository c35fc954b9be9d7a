//! The device that a network gets when nobody chose one, opened.

use crate::compute::gpu::Gpu;
use crate::model::speeds;
use crate::{ClipConfig, DeviceChoice, DeviceKind, DeviceReason, Speeds};

/// Opens the device that is faster at such a network, as it was `measured` before or is measured
/// now; the processor needs no opening. A GPU that software imitates needs no measuring.
pub(crate) async fn open_fastest(
    config: &ClipConfig,
    measured: Option<Speeds>,
) -> (Option<Gpu>, DeviceChoice) {
    let cpu = |reason| (None, DeviceChoice::cpu(reason));
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
        Ok(choice) => ((choice.device == DeviceKind::Gpu).then_some(gpu), choice),
    }
}
