//! Where burn computes.

use burn::tensor::Device;
use clap::ValueEnum;

/// A device of burn.
#[derive(Clone, Copy, ValueEnum)]
pub enum Backend {
    /// burn-flex: this processor.
    Flex,
    /// burn-tch: libtorch's kernels on this processor.
    #[cfg(feature = "libtorch")]
    Libtorch,
    /// burn-wgpu: the default graphics device.
    #[cfg(feature = "wgpu")]
    Wgpu,
}

impl Backend {
    /// Opens the device.
    ///
    /// # Errors
    /// If there is no such device.
    pub fn device(self) -> Result<Device, Box<dyn std::error::Error>> {
        Ok(match self {
            Self::Flex => Device::flex(),
            #[cfg(feature = "libtorch")]
            #[allow(deprecated)] // still burn's fastest on a processor
            Self::Libtorch => Device::libtorch(),
            #[cfg(feature = "wgpu")]
            Self::Wgpu => Device::wgpu_options().init()?,
        })
    }
}
