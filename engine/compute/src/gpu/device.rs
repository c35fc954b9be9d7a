//! Opens an adapter, and stores its errors for the next wait.
//!
//! WebGPU reports most errors late: through error scopes, an uncaptured-error event or the loss
//! of the device. None of them may panic, so each becomes a [`ComputeError`] here.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::ComputeError;

/// Names of software drivers, for adapters that do not report their type.
const SOFTWARE_ADAPTERS: [&str; 4] = [
    "swiftshader",
    "llvmpipe",
    "lavapipe",
    "microsoft basic render driver",
];

/// Features that kernels use if the adapter has them.
const OPTIONAL_FEATURES: wgpu::Features = wgpu::Features::SHADER_F16;

/// What an adapter offers to kernels beyond WebGPU's core.
#[derive(Clone, Copy, Debug)]
pub(super) struct OptionalFeatures {
    /// Arithmetic in f16.
    pub(super) half_precision: bool,
    /// `dot4I8Packed` in WGSL: a hardware instruction, or an emulation.
    pub(super) packed_products: bool,
}

/// What an adapter says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdapterSummary {
    /// The driver's name for it. A browser may leave it empty.
    pub name: String,
    /// Whether it is emulated on the CPU. [`super::super::cpu`] is faster then.
    pub software: bool,
}

/// The machine's fastest adapter, not open yet.
pub struct Adapter {
    adapter: wgpu::Adapter,
    summary: AdapterSummary,
    pub(super) offer: OptionalFeatures,
}

/// An open device, its queue and its errors.
pub(super) struct Device {
    pub(super) device: wgpu::Device,
    pub(super) queue: wgpu::Queue,
    pub(super) adapter: AdapterSummary,
    pub(super) offer: OptionalFeatures,
    /// Bytes of the largest buffer that can be bound whole.
    pub(super) largest_buffer: u64,
    /// Most workgroups along one dimension of a dispatch.
    pub(super) longest_dispatch: u32,
    faults: Arc<Faults>,
}

#[derive(Default)]
struct Faults {
    lost: AtomicBool,
    /// The first error that was not returned yet. Later ones are mostly its consequences.
    first: Mutex<Option<ComputeError>>,
}

impl Faults {
    fn record(&self, error: ComputeError) {
        let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert(error);
    }
}

impl Adapter {
    /// Requests the adapter from the system or the browser.
    ///
    /// # Errors
    /// [`ComputeError::NoAdapter`].
    pub async fn request() -> Result<Self, ComputeError> {
        let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
        let options = wgpu::RequestAdapterOptions {
            power_preference: wgpu::PowerPreference::HighPerformance,
            ..Default::default()
        };
        let adapter = instance
            .request_adapter(&options)
            .await
            .map_err(|_| ComputeError::NoAdapter)?;
        let language = instance.wgsl_language_features();
        let packed_products = wgpu::WgslLanguageFeatures::Packed4x8IntegerDotProduct;
        Ok(Self {
            summary: summarise(&adapter.get_info()),
            offer: OptionalFeatures {
                half_precision: adapter.features().contains(OPTIONAL_FEATURES),
                packed_products: language.contains(packed_products),
            },
            adapter,
        })
    }

    /// Its name and kind.
    pub fn summary(&self) -> &AdapterSummary {
        &self.summary
    }

    /// Opens it with its own limits, which may exceed WebGPU's defaults.
    ///
    /// # Errors
    /// [`ComputeError::Refused`].
    pub(super) async fn open(self) -> Result<Device, ComputeError> {
        let Self {
            adapter,
            summary,
            offer,
        } = self;
        let limits = adapter.limits();
        let descriptor = wgpu::DeviceDescriptor {
            label: Some("glance"),
            required_features: adapter.features() & OPTIONAL_FEATURES,
            required_limits: limits.clone(),
            ..Default::default()
        };
        let (device, queue) = adapter
            .request_device(&descriptor)
            .await
            .map_err(|error| ComputeError::Refused(error.to_string()))?;

        let faults = Arc::new(Faults::default());
        let recorder = Arc::clone(&faults);
        device.on_uncaptured_error(Arc::new(move |error| {
            recorder.record(compute_error(&error))
        }));
        let recorder = Arc::clone(&faults);
        device.set_device_lost_callback(move |reason, message| {
            log::warn!("the graphics device was lost ({reason:?}): {message}");
            recorder.lost.store(true, Ordering::Relaxed);
        });
        Ok(Device {
            device,
            queue,
            adapter: summary,
            offer,
            largest_buffer: limits
                .max_buffer_size
                .min(limits.max_storage_buffer_binding_size),
            longest_dispatch: limits.max_compute_workgroups_per_dimension,
            faults,
        })
    }
}

impl Device {
    /// Stores an error for the next wait.
    pub(super) fn record(&self, error: ComputeError) {
        self.faults.record(error);
    }

    /// Whether an error is stored. Recording more is useless then.
    pub(super) fn faulted(&self) -> bool {
        self.lost()
            || self
                .faults
                .first
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .is_some()
    }

    pub(super) fn lost(&self) -> bool {
        self.faults.lost.load(Ordering::Relaxed)
    }

    /// Takes the stored error, if any. The loss of the device is reported every time.
    ///
    /// # Errors
    /// That error.
    pub(super) fn check(&self) -> Result<(), ComputeError> {
        if self.lost() {
            return Err(ComputeError::Lost);
        }
        self.take_fault().map_or(Ok(()), Err)
    }

    /// Takes the stored error, if any.
    pub(super) fn take_fault(&self) -> Option<ComputeError> {
        let first = self.faults.first.lock();
        first.unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Error scopes that are always open, so that a wait can return the errors raised before it.
pub(super) struct Scopes(Vec<wgpu::ErrorScopeGuard>);

impl Scopes {
    pub(super) fn open(device: &wgpu::Device) -> Self {
        // Out of memory is closed last and takes precedence: validation errors follow from it.
        let filters = [
            wgpu::ErrorFilter::OutOfMemory,
            wgpu::ErrorFilter::Internal,
            wgpu::ErrorFilter::Validation,
        ];
        Self(filters.map(|filter| device.push_error_scope(filter)).into())
    }

    /// Closes the scopes at once. The future returns the gravest error that they caught.
    pub(super) fn close(mut self) -> impl Future<Output = Option<ComputeError>> + use<> {
        let mut answers = Vec::with_capacity(self.0.len());
        while let Some(guard) = self.0.pop() {
            answers.push(guard.pop());
        }
        async move {
            let mut gravest = None;
            for answer in answers {
                if let Some(error) = answer.await {
                    gravest = Some(compute_error(&error));
                }
            }
            gravest
        }
    }
}

impl Drop for Scopes {
    fn drop(&mut self) {
        // wgpu requires the innermost to be closed first.
        while let Some(guard) = self.0.pop() {
            drop(guard);
        }
    }
}

fn compute_error(error: &wgpu::Error) -> ComputeError {
    match error {
        wgpu::Error::OutOfMemory { .. } => ComputeError::OutOfMemory,
        wgpu::Error::Validation { description, .. } | wgpu::Error::Internal { description, .. } => {
            log::error!("{description}");
            ComputeError::Refused(one_sentence(description))
        }
    }
}

/// Joins a driver's message of many lines into one, without its headings.
fn one_sentence(description: &str) -> String {
    const LONGEST: usize = 300;
    let lines = description.lines().map(str::trim);
    let lines = lines.filter(|line| !matches!(*line, "" | "Validation Error" | "Caused by:"));
    let text: String = lines
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(LONGEST)
        .collect();
    text.trim_end_matches('.').to_owned()
}

fn summarise(info: &wgpu::AdapterInfo) -> AdapterSummary {
    let name = info.name.to_lowercase();
    let software = info.device_type == wgpu::DeviceType::Cpu
        || SOFTWARE_ADAPTERS
            .iter()
            .any(|software| name.contains(software));
    AdapterSummary {
        name: info.name.clone(),
        software,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn software_adapters_are_known_by_type_or_name() {
        let adapter = |name: &str, device_type| {
            let backend = wgpu::Backend::BrowserWebGpu;
            let info = wgpu::AdapterInfo::new(device_type, backend);
            summarise(&wgpu::AdapterInfo {
                name: name.to_owned(),
                ..info
            })
            .software
        };
        assert!(adapter("", wgpu::DeviceType::Cpu));
        assert!(adapter(
            "Google SwiftShader Device",
            wgpu::DeviceType::Other
        ));
        assert!(adapter(
            "Microsoft Basic Render Driver",
            wgpu::DeviceType::Other
        ));
        assert!(!adapter("NVIDIA H100", wgpu::DeviceType::DiscreteGpu));
        assert!(!adapter("", wgpu::DeviceType::Other));
    }

    #[test]
    fn the_first_fault_is_told() {
        let faults = Faults::default();
        faults.record(ComputeError::OutOfMemory);
        faults.record(ComputeError::Refused("a consequence".to_owned()));
        let first = faults.first.lock().unwrap().take();
        assert!(matches!(first, Some(ComputeError::OutOfMemory)));
    }
}
