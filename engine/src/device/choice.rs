//! Where a network runs, and why.

use glance_protocol::{DeviceKind, DeviceReason, Speeds};
use serde::{Deserialize, Serialize};

/// Where a network runs, and why.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeviceChoice {
    /// The device.
    pub device: DeviceKind,
    /// The reason.
    pub reason: DeviceReason,
}

impl DeviceChoice {
    /// A device that was chosen explicitly.
    pub fn chosen(device: DeviceKind) -> Self {
        let reason = DeviceReason::Chosen;
        Self { device, reason }
    }

    /// The CPU, because the GPU cannot be used.
    pub fn cpu(reason: DeviceReason) -> Self {
        let device = DeviceKind::Cpu;
        Self { device, reason }
    }

    /// The faster device. On a tie it is the CPU, whose work does not slow down the screen.
    pub fn faster(speeds: Speeds) -> Self {
        let reason = DeviceReason::Measured(speeds);
        let device = match speeds.gpu < speeds.cpu {
            true => DeviceKind::Gpu,
            false => DeviceKind::Cpu,
        };
        Self { device, reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_faster_device_is_taken_and_told() {
        let speeds = |cpu, gpu| Speeds { cpu, gpu };
        let gpu = DeviceChoice::faster(speeds(200.0, 50.0));
        assert_eq!(gpu.device, DeviceKind::Gpu);
        assert_eq!(gpu.reason, DeviceReason::Measured(speeds(200.0, 50.0)));
        assert_eq!(
            DeviceChoice::faster(speeds(50.0, 200.0)).device,
            DeviceKind::Cpu
        );
        assert_eq!(
            DeviceChoice::faster(speeds(50.0, 50.0)).device,
            DeviceKind::Cpu
        );
    }

    #[test]
    fn what_could_not_be_measured_is_not_taken() {
        let never = Speeds {
            cpu: 50.0,
            gpu: f64::INFINITY,
        };
        assert_eq!(DeviceChoice::faster(never).device, DeviceKind::Cpu);
        let nonsense = Speeds {
            cpu: 50.0,
            gpu: f64::NAN,
        };
        assert_eq!(DeviceChoice::faster(nonsense).device, DeviceKind::Cpu);
    }
}
