//! Records dispatches into one command buffer. It is submitted when a caller waits, or when it is
//! full.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use super::counts::Counter;
use super::device::Device;
use super::kernel::Kernel;
use super::memory::bind_groups::BindGroups;

/// Bytes of one dispatch's sizes: the largest alignment that a device requires of uniform offsets.
const SIZES_SLOT: usize = 256;
/// Bytes of a slot that a kernel may read.
const SIZES_BYTES: u64 = 64;
/// Most dispatches in one command buffer. No tower records as many for one batch.
const MOST_DISPATCHES: usize = 512;
/// Most multiply-adds in one command buffer. Systems reset a GPU that is busy with one command
/// buffer for about two seconds; this takes 0.2 s on a slow integrated GPU.
const MOST_MULTIPLY_ADDS: u64 = 16 << 30;

/// One run of a kernel.
pub(super) struct Dispatch<'a> {
    pub(super) kernel: Kernel,
    /// As many as [`Kernel::inputs`].
    pub(super) inputs: &'a [&'a wgpu::Buffer],
    pub(super) output: &'a wgpu::Buffer,
    /// The kernel's `Sizes`, in order.
    pub(super) sizes: &'a [u32],
    pub(super) workgroups: [u32; 3],
    pub(super) multiply_adds: u64,
}

pub(super) struct Recorder {
    /// The sizes of all dispatches of a submission. Each submission overwrites them; the queue
    /// runs that write after the earlier commands that read them.
    sizes: wgpu::Buffer,
    /// By number of inputs.
    layouts: RefCell<HashMap<usize, Rc<Layout>>>,
    pipelines: RefCell<HashMap<Kernel, Rc<Pipeline>>>,
    bind_groups: BindGroups,
    counter: Rc<Counter>,
    recording: RefCell<Option<Recording>>,
}

struct Layout {
    bindings: wgpu::BindGroupLayout,
    pipeline: wgpu::PipelineLayout,
}

struct Pipeline {
    layout: Rc<Layout>,
    pipeline: wgpu::ComputePipeline,
}

struct Recording {
    // Declared before `encoder`, because the pass must end first.
    pass: wgpu::ComputePass<'static>,
    encoder: wgpu::CommandEncoder,
    sizes: Vec<u8>,
    multiply_adds: u64,
}

impl Recorder {
    pub(super) fn new(device: &wgpu::Device, counter: &Rc<Counter>) -> Self {
        let sizes = device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("sizes"),
            size: (MOST_DISPATCHES * SIZES_SLOT) as u64,
            usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        Self {
            sizes,
            layouts: RefCell::default(),
            pipelines: RefCell::default(),
            bind_groups: BindGroups::default(),
            counter: Rc::clone(counter),
            recording: RefCell::default(),
        }
    }

    /// Compiles a kernel before its first use.
    pub(super) fn build(&self, device: &wgpu::Device, kernel: Kernel) {
        self.pipeline(device, kernel);
    }

    /// Records one dispatch. Returns whether the command buffer is full and should be submitted.
    pub(super) fn record(&self, device: &wgpu::Device, dispatch: &Dispatch<'_>) -> bool {
        let pipeline = self.pipeline(device, dispatch.kernel);
        let buffers = dispatch.inputs.iter().copied().chain([dispatch.output]);
        let bindings = self.bind_groups.get(buffers.cloned().collect(), |buffers| {
            self.bind(device, &pipeline.layout.bindings, buffers)
        });

        let mut recording = self.recording.borrow_mut();
        let recording = recording.get_or_insert_with(|| Recording::begin(device));
        let offset = recording.sizes.len();
        recording
            .sizes
            .extend_from_slice(bytemuck::cast_slice(dispatch.sizes));
        recording.sizes.resize(offset + SIZES_SLOT, 0);
        recording.multiply_adds += dispatch.multiply_adds;
        let [x, y, z] = dispatch.workgroups;
        recording.pass.set_pipeline(&pipeline.pipeline);
        recording
            .pass
            .set_bind_group(0, &bindings, &[offset as u32]);
        recording.pass.dispatch_workgroups(x, y, z);
        recording.sizes.len() == MOST_DISPATCHES * SIZES_SLOT
            || recording.multiply_adds >= MOST_MULTIPLY_ADDS
    }

    /// Makes a bind group of the sizes and of `buffers`.
    fn bind(
        &self,
        device: &wgpu::Device,
        layout: &wgpu::BindGroupLayout,
        buffers: &[wgpu::Buffer],
    ) -> wgpu::BindGroup {
        self.counter.add(|counts| counts.bind_groups += 1);
        let sizes = wgpu::BindGroupEntry {
            binding: 0,
            resource: wgpu::BindingResource::Buffer(wgpu::BufferBinding {
                buffer: &self.sizes,
                offset: 0,
                size: wgpu::BufferSize::new(SIZES_BYTES),
            }),
        };
        let storages = (1..)
            .zip(buffers)
            .map(|(binding, buffer)| wgpu::BindGroupEntry {
                binding,
                resource: buffer.as_entire_binding(),
            });
        let entries: Vec<_> = [sizes].into_iter().chain(storages).collect();
        device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout,
            entries: &entries,
        })
    }

    /// Submits what is recorded. With `copy` (source, destination, bytes), the same submission
    /// ends with that copy. Also returns the bytes of the sizes that were uploaded.
    pub(super) fn submit(
        &self,
        device: &Device,
        copy: Option<(&wgpu::Buffer, &wgpu::Buffer, u64)>,
    ) -> (wgpu::SubmissionIndex, u64) {
        let mut uploaded = 0;
        let mut encoder = match self.recording.take() {
            Some(Recording {
                pass,
                encoder,
                sizes,
                ..
            }) => {
                drop(pass);
                device.queue.write_buffer(&self.sizes, 0, &sizes);
                uploaded = sizes.len() as u64;
                encoder
            }
            None => device.device.create_command_encoder(&Default::default()),
        };
        if let Some((from, to, bytes)) = copy {
            encoder.copy_buffer_to_buffer(from, 0, to, 0, bytes);
        }
        (device.queue.submit([encoder.finish()]), uploaded)
    }

    pub(super) fn pipelines(&self) -> usize {
        self.pipelines.borrow().len()
    }

    /// Drops all pipelines and bind groups, because one may have failed when memory ran out.
    pub(super) fn invalidate(&self) {
        self.pipelines.borrow_mut().clear();
        self.clear_bind_groups();
    }

    /// Drops all bind groups, which hold their buffers.
    pub(super) fn clear_bind_groups(&self) {
        self.bind_groups.clear();
    }

    fn pipeline(&self, device: &wgpu::Device, kernel: Kernel) -> Rc<Pipeline> {
        let mut pipelines = self.pipelines.borrow_mut();
        let pipeline = pipelines.entry(kernel).or_insert_with(|| {
            let layout = self.layout(device, kernel.inputs());
            let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
                label: Some(kernel.name()),
                source: wgpu::ShaderSource::Wgsl(kernel.source().into()),
            });
            let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: Some(kernel.name()),
                layout: Some(&layout.pipeline),
                module: &module,
                entry_point: Some("main"),
                compilation_options: Default::default(),
                cache: None,
            });
            Rc::new(Pipeline { layout, pipeline })
        });
        Rc::clone(pipeline)
    }

    fn layout(&self, device: &wgpu::Device, inputs: usize) -> Rc<Layout> {
        let mut layouts = self.layouts.borrow_mut();
        let layout = layouts.entry(inputs).or_insert_with(|| {
            let entry = |binding, ty, has_dynamic_offset| wgpu::BindGroupLayoutEntry {
                binding,
                visibility: wgpu::ShaderStages::COMPUTE,
                ty: wgpu::BindingType::Buffer {
                    ty,
                    has_dynamic_offset,
                    min_binding_size: None,
                },
                count: None,
            };
            let storage = |read_only| wgpu::BufferBindingType::Storage { read_only };
            let output = inputs as u32 + 1;
            let mut entries = vec![entry(0, wgpu::BufferBindingType::Uniform, true)];
            entries.extend((1..output).map(|binding| entry(binding, storage(true), false)));
            entries.push(entry(output, storage(false), false));
            let bindings = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
                label: None,
                entries: &entries,
            });
            let pipeline = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
                label: None,
                bind_group_layouts: &[Some(&bindings)],
                ..Default::default()
            });
            Rc::new(Layout { bindings, pipeline })
        });
        Rc::clone(layout)
    }
}

impl Recording {
    fn begin(device: &wgpu::Device) -> Self {
        let mut encoder = device.create_command_encoder(&Default::default());
        let pass = encoder
            .begin_compute_pass(&Default::default())
            .forget_lifetime();
        Self {
            pass,
            encoder,
            sizes: Vec::new(),
            multiply_adds: 0,
        }
    }
}
