//! The operations on WebGPU, one WGSL file a kernel.
//!
//! An operation takes a buffer for its result, records a dispatch and returns, without checks or
//! waits. [`Compute::submit`](super::Compute::submit) submits everything recorded; its future waits and
//! returns the first error since the previous submission. Between an error and that submission,
//! operations do nothing.

/// A WGSL file without its comments, which nobody who downloads it needs (`build.rs`).
macro_rules! wgsl {
    ($name:literal) => {
        include_str!(concat!(env!("OUT_DIR"), "/", $name, ".wgsl"))
    };
}

mod attention;
mod counts;
mod device;
mod kernel;
mod kernel_strategy;
mod memory;
mod operations;
mod product;
mod read;
mod recorder;
mod upload;
mod weight_kind;

#[cfg(test)]
mod arithmetic;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

pub use counts::Counts;
pub use device::{Adapter, AdapterSummary};
pub use kernel_strategy::KernelStrategy;

use super::ComputeError;
use counts::Counter;
use device::{Device, Scopes};
use kernel::Kernel;
use memory::{Memory, Storage};
use recorder::{Dispatch, Recorder};
use weight_kind::WeightKind;

/// A GPU: WebGPU in browsers; Vulkan, Metal or DX12 natively. It stays on the thread that made it.
pub struct Gpu {
    // Declared before `device`, so that its error scopes are dropped first.
    scopes: RefCell<Option<Scopes>>,
    recorder: Rc<Recorder>,
    memory: Rc<Memory>,
    counter: Rc<Counter>,
    strategy: Cell<KernelStrategy>,
    /// Whether operations only compile their kernels.
    warming_up: Cell<bool>,
    placeholder: wgpu::Buffer,
    device: Rc<Device>,
}

/// f32 values on the device, row-major.
#[derive(Clone)]
pub struct GpuTensor {
    /// `None` during warm-up, or if allocation failed, which [`super::Compute::read`] reports.
    storage: Option<Rc<Storage>>,
    shape: Vec<usize>,
}

/// A weight matrix on the device, in its stored type.
pub struct GpuMatrix {
    kind: WeightKind,
    rows: usize,
    columns: usize,
    values: Storage,
    /// One per row, for int8.
    scales: Option<Storage>,
}

/// Row indices on the device.
pub struct GpuRows {
    /// `None` as in [`GpuTensor`].
    storage: Option<Storage>,
    count: usize,
}

impl GpuTensor {
    fn buffer(&self) -> Option<&wgpu::Buffer> {
        self.storage.as_deref().map(Storage::buffer)
    }

    fn count(&self) -> usize {
        self.shape
            .iter()
            .fold(1, |count: usize, length| count.saturating_mul(*length))
    }
}

impl Gpu {
    /// Opens the machine's fastest adapter.
    ///
    /// # Errors
    /// [`ComputeError::NoAdapter`] or [`ComputeError::Refused`].
    pub async fn new() -> Result<Self, ComputeError> {
        Self::open(Adapter::request().await?).await
    }

    /// Opens an adapter with the default strategy for its kind.
    ///
    /// # Errors
    /// [`ComputeError::Refused`].
    pub async fn open(adapter: Adapter) -> Result<Self, ComputeError> {
        let strategy = match adapter.summary().software {
            true => KernelStrategy::Register,
            false => KernelStrategy::Shared,
        };
        Ok(Self::on(adapter.open().await?, strategy))
    }

    /// Every strategy that the machine's fastest adapter can run.
    ///
    /// # Errors
    /// [`ComputeError::NoAdapter`].
    pub async fn strategies() -> Result<Vec<KernelStrategy>, ComputeError> {
        let offer = Adapter::request().await?.offer;
        let all = KernelStrategy::ALL.into_iter();
        Ok(all.filter(|strategy| strategy.runs_with(&offer)).collect())
    }

    /// As [`Gpu::new`], with the given strategy.
    ///
    /// # Errors
    /// As [`Gpu::new`]; [`ComputeError::Refused`] if [`Gpu::strategies`] does not list `strategy`.
    pub async fn with_strategy(strategy: KernelStrategy) -> Result<Self, ComputeError> {
        let adapter = Adapter::request().await?;
        if !strategy.runs_with(&adapter.offer) {
            return Err(ComputeError::Refused(
                "it lacks the arithmetic that was asked for".to_owned(),
            ));
        }
        Ok(Self::on(adapter.open().await?, strategy))
    }

    fn on(device: Device, strategy: KernelStrategy) -> Self {
        let scopes = RefCell::new(Some(Scopes::open(&device.device)));
        let placeholder = device.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("placeholder"),
            size: 16,
            usage: wgpu::BufferUsages::STORAGE,
            mapped_at_creation: false,
        });
        let counter = Rc::<Counter>::default();
        let memory = Memory::new(&device.device, device.largest_buffer, &counter);
        let recorder = Rc::new(Recorder::new(&device.device, &counter));
        Self {
            scopes,
            recorder,
            memory,
            counter,
            strategy: Cell::new(strategy),
            warming_up: Cell::new(false),
            placeholder,
            device: Rc::new(device),
        }
    }

    /// What the adapter says about itself.
    pub fn adapter(&self) -> &AdapterSummary {
        &self.device.adapter
    }

    /// The strategy in use.
    pub fn strategy(&self) -> KernelStrategy {
        self.strategy.get()
    }

    /// Changes the strategy. Does nothing if the adapter cannot run it.
    pub fn set_strategy(&self, strategy: KernelStrategy) {
        if strategy.runs_with(&self.device.offer) {
            self.strategy.set(strategy);
        }
    }

    /// Other strategies that may be faster here; only a benchmark can tell.
    pub fn candidates(&self) -> Vec<KernelStrategy> {
        if self.strategy() == KernelStrategy::Register {
            return Vec::new();
        }
        let others = [KernelStrategy::SharedInteger, KernelStrategy::SharedF16].into_iter();
        others
            .filter(|strategy| strategy.runs_with(&self.device.offer))
            .collect()
    }

    /// The number of compiled kernels. A driver may need a tenth of a second for each.
    pub fn pipelines(&self) -> usize {
        self.recorder.pipelines()
    }

    /// What the device was asked to do since it was opened.
    pub fn counts(&self) -> Counts {
        self.counter.counts()
    }

    /// Waits until every upload has finished.
    ///
    /// # Errors
    /// [`ComputeError::OutOfMemory`] if the weights of a network did not fit, or
    /// [`ComputeError::Lost`].
    pub async fn wait_for_uploads(&self) -> Result<(), ComputeError> {
        self.submit(None);
        self.ran().await
    }

    /// Records a kernel, unless an operand has no memory.
    fn run(
        &self,
        kernel: Kernel,
        inputs: &[Option<&wgpu::Buffer>],
        output: &GpuTensor,
        sizes: &[usize],
        workgroups: [u32; 3],
        multiply_adds: u64,
    ) {
        if self.device.faulted() || output.shape.contains(&0) {
            return;
        }
        if self.warming_up.get() {
            self.recorder.build(&self.device.device, kernel);
            return;
        }
        let inputs: Option<Vec<_>> = inputs.iter().copied().collect();
        let (Some(inputs), Some(output)) = (inputs, &output.storage) else {
            // The error was returned before, but a tensor without memory is still in use.
            self.device.record(ComputeError::OutOfMemory);
            return;
        };
        // Each fits u32: it is a factor of the size of an existing buffer.
        let sizes: Vec<u32> = sizes.iter().map(|size| *size as u32).collect();
        self.counter.add(|counts| counts.dispatches += 1);
        let full = self.recorder.record(
            &self.device.device,
            &Dispatch {
                kernel,
                inputs: &inputs,
                output: output.buffer(),
                sizes: &sizes,
                workgroups,
                multiply_adds,
            },
        );
        if full {
            self.submit(None);
        }
    }

    /// Bound in place of an input that a kernel's variant does not read.
    fn placeholder(&self) -> Option<&wgpu::Buffer> {
        Some(&self.placeholder)
    }

    /// The dispatch for a count of workgroups; a long one continues in the second dimension.
    fn in_a_row(&self, workgroups: u64) -> [u32; 3] {
        let longest = u64::from(self.device.longest_dispatch);
        let x = workgroups.clamp(1, longest);
        [x as u32, workgroups.div_ceil(x) as u32, 1]
    }

    fn submit(&self, copy: Option<(&wgpu::Buffer, &wgpu::Buffer, u64)>) -> wgpu::SubmissionIndex {
        let (index, sizes) = self.recorder.submit(&self.device, copy);
        self.counter.add(|counts| {
            counts.submissions += 1;
            counts.uploads += u64::from(sizes > 0);
            counts.uploaded_bytes += sizes;
        });
        if self.memory.submitted() {
            self.recorder.clear_bind_groups();
        }
        index
    }
}

/// Saturates if a shape is larger than any memory.
fn float_bytes(shape: &[usize]) -> u64 {
    shape
        .iter()
        .fold(4, |bytes: u64, length| bytes.saturating_mul(*length as u64))
}

/// The shape of a tensor, of the rank that the operation expects.
fn dimensions<const N: usize>(x: &GpuTensor) -> [usize; N] {
    x.shape
        .as_slice()
        .try_into()
        .expect("the network gives each operation the rank it states")
}
