//! Which device to use when nobody chose one: the one that was measured to be faster.

use serde::{Deserialize, Serialize};

use super::DeviceKind;

/// Where a network runs, and why there.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeviceChoice {
    /// Where.
    pub device: DeviceKind,
    /// Why.
    pub reason: DeviceReason,
}

/// Why a network runs where it runs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum DeviceReason {
    /// Somebody chose it.
    Chosen,
    /// There is no GPU, or none that opens.
    NoGpu,
    /// The only GPU is one that software imitates on this processor, which loses by far to the
    /// engine's own code there.
    SoftwareGpu,
    /// Both were measured.
    Measured(Speeds),
    /// The GPU failed or was lost at this network.
    GpuFailed,
}

/// How long the same work takes on either device, in milliseconds: about one picture through a
/// network.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Speeds {
    /// On the processor.
    pub cpu: f64,
    /// On the GPU.
    pub gpu: f64,
}

impl DeviceChoice {
    /// What somebody chose.
    pub fn chosen(device: DeviceKind) -> Self {
        let reason = DeviceReason::Chosen;
        Self { device, reason }
    }

    /// The processor, for want of another device.
    pub fn cpu(reason: DeviceReason) -> Self {
        let device = DeviceKind::Cpu;
        Self { device, reason }
    }

    /// The faster device. Where it makes no difference that is the processor, which shares its
    /// work with nothing on the screen.
    pub fn faster(speeds: Speeds) -> Self {
        let reason = DeviceReason::Measured(speeds);
        let device = match speeds.gpu < speeds.cpu {
            true => DeviceKind::Gpu,
            false => DeviceKind::Cpu,
        };
        Self { device, reason }
    }
}

impl Speeds {
    /// How many times as long the slower device takes, 1 or more.
    pub fn ratio(self) -> f64 {
        let (shorter, longer) = (self.cpu.min(self.gpu), self.cpu.max(self.gpu));
        (longer / shorter).max(1.0)
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

    #[test]
    fn the_ratio_is_that_of_the_slower_to_the_faster() {
        assert_eq!(
            Speeds {
                cpu: 200.0,
                gpu: 50.0
            }
            .ratio(),
            4.0
        );
        assert_eq!(
            Speeds {
                cpu: 50.0,
                gpu: 200.0
            }
            .ratio(),
            4.0
        );
    }
}
