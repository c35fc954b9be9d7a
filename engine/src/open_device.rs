//! The device that a network gets, opened.

use crate::compute::ComputeError;
use crate::compute::gpu::Gpu;
use crate::model::{Measured, choose_tile, measure};
use crate::{ClipConfig, DeviceChoice, DeviceKind, DeviceReason};

/// Opens the GPU, and lets it share out its work as it is measured to be fastest at such a network.
/// One that software imitates has nothing to choose.
///
/// # Errors
/// Those of the GPU.
pub(crate) async fn open_gpu(config: &ClipConfig) -> Result<Gpu, ComputeError> {
    let gpu = Gpu::new().await?;
    if !gpu.rivals().is_empty() {
        choose_tile(&gpu, config).await?;
    }
    Ok(gpu)
}

/// Opens the device that is faster at such a network where nobody chose one, as it was `measured`
/// before or is measured now, and returns that too; the processor needs no opening. A GPU that
/// software imitates needs no measuring.
pub(crate) async fn open_fastest(
    config: &ClipConfig,
    measured: Option<Measured>,
) -> (Option<Gpu>, DeviceChoice, Option<Measured>) {
    let cpu = |reason| (None, DeviceChoice::cpu(reason), None);
    let gpu = match Gpu::new().await {
        Err(_) => return cpu(DeviceReason::NoGpu),
        Ok(gpu) if gpu.adapter().software => return cpu(DeviceReason::SoftwareGpu),
        Ok(gpu) => gpu,
    };
    let measured = match measured {
        Some(measured) => measured,
        None => match measure(&gpu, config).await {
            Ok(measured) => measured,
            Err(reason) => {
                log::warn!("{reason}");
                return cpu(DeviceReason::GpuFailed);
            }
        },
    };
    gpu.set_tile(measured.tile);
    let choice = DeviceChoice::faster(measured.speeds);
    let gpu = (choice.device == DeviceKind::Gpu).then_some(gpu);
    (gpu, choice, Some(measured))
}
