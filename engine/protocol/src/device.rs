//! Where a network runs, and why.

use serde::{Deserialize, Serialize};

/// Where a network runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeviceKind {
    /// SIMD on this processor.
    Cpu,
    /// WebGPU, or Vulkan, Metal and DX12 natively.
    Gpu,
}

/// Why a network runs on its device.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum DeviceReason {
    /// It was chosen explicitly.
    Chosen,
    /// There is no GPU, or none that opens.
    NoGpu,
    /// The only adapter is software, and far slower than the engine's code on the CPU.
    SoftwareGpu,
    /// Both were benchmarked.
    Measured(Speeds),
    /// The GPU failed or was lost with this network.
    GpuFailed,
}

/// Estimated milliseconds for one picture on each device.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Speeds {
    /// On the CPU.
    pub cpu: f64,
    /// On the GPU.
    pub gpu: f64,
}

impl Speeds {
    /// The slower device's time divided by the faster one's, 1 or more.
    pub fn ratio(self) -> f64 {
        let (shorter, longer) = (self.cpu.min(self.gpu), self.cpu.max(self.gpu));
        (longer / shorter).max(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ratio_is_that_of_the_slower_to_the_faster() {
        for (cpu, gpu) in [(200.0, 50.0), (50.0, 200.0)] {
            assert_eq!(Speeds { cpu, gpu }.ratio(), 4.0);
        }
    }
}
