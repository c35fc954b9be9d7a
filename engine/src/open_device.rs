//! The device that a network gets, opened.

use glance_compute::gpu::Gpu;
use glance_compute::{ComputeError, DeviceChoice, DeviceKind, DeviceReason};

use crate::config::ClipConfig;
use crate::model::{Measured, choose_tile, measure};

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

/// Why there is nothing to choose: the processor is all there is, or what software imitates a GPU on.
pub(crate) async fn only_choice() -> Option<DeviceChoice> {
    match Gpu::find().await {
        Err(_) => Some(DeviceChoice::cpu(DeviceReason::NoGpu)),
        Ok(adapter) => adapter
            .software
            .then(|| DeviceChoice::cpu(DeviceReason::SoftwareGpu)),
    }
}

/// Opens the device that is faster at such a network where nobody chose one, as it was `measured`
/// before or is measured now, and returns that too; the processor needs no opening. A GPU that
/// software imitates needs no measuring.
pub(crate) async fn open_fastest(
    config: &ClipConfig,
    measured: Option<Measured>,
) -> (Option<Gpu>, DeviceChoice, Option<Measured>) {
    if let Some(choice) = only_choice().await {
        return (None, choice, None);
    }
    let cpu = |reason| (None, DeviceChoice::cpu(reason), None);
    let Ok(gpu) = Gpu::new().await else {
        return cpu(DeviceReason::NoGpu);
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
