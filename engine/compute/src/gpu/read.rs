//! Submits what is recorded, and reads values back. Both happen at once; only the future that is
//! returned waits. It needs no [`Gpu`], so the next batch is recorded while the device works.

use std::rc::Rc;

use futures_channel::oneshot;

use super::device::Scopes;
use super::{Gpu, GpuTensor, float_bytes};
use crate::ComputeError;

impl Gpu {
    /// Submits what is recorded, with a copy of `x` for the host.
    pub(super) fn submit_and_read(
        &self,
        x: &GpuTensor,
    ) -> impl Future<Output = Result<Vec<f32>, ComputeError>> + use<> {
        let bytes = float_bytes(&x.shape);
        let storage = x.storage.as_ref();
        let storage = storage.filter(|_| bytes > 0 && !self.device.faulted());
        let copy = storage.map(|storage| (storage, Staging::new(&self.device.device, bytes)));
        let index = self.submit(
            copy.as_ref()
                .map(|(storage, staging)| (storage.buffer(), &staging.0, bytes)),
        );
        let staging = copy.map(|(_, staging)| {
            let (sender, receiver) = oneshot::channel();
            staging.0.map_async(wgpu::MapMode::Read, .., move |result| {
                // The read may have been cancelled.
                let _ = sender.send(result);
            });
            (staging, receiver)
        });
        if staging.is_some() {
            self.counter.add(|counts| counts.buffers += 1);
        }
        let ran = self.ran();
        let device = Rc::clone(&self.device);
        async move {
            if staging.is_some() {
                let wait = wgpu::PollType::Wait {
                    submission_index: Some(index),
                    timeout: None,
                };
                // In a browser this does nothing: the event loop polls.
                if let Err(error) = device.device.poll(wait) {
                    device.record(ComputeError::Refused(error.to_string()));
                }
            }
            ran.await?;
            let Some((staging, receiver)) = staging else {
                return match bytes {
                    0 => Ok(Vec::new()),
                    _ => Err(ComputeError::OutOfMemory),
                };
            };
            let mapped = receiver.await;
            device.check()?;
            match mapped {
                Ok(Ok(())) => {
                    let view = staging
                        .0
                        .get_mapped_range(..)
                        .map_err(|error| ComputeError::Refused(error.to_string()))?;
                    Ok(bytemuck::pod_collect_to_vec(&view))
                }
                _ => Err(ComputeError::Lost),
            }
        }
    }

    /// Closes the error scopes of what was submitted, and opens new ones. The future waits, and returns
    /// the first error of what was submitted, so that each batch reports its own.
    pub(super) fn ran(&self) -> impl Future<Output = Result<(), ComputeError>> + use<> {
        let caught = self.scopes.take().map(Scopes::close);
        self.scopes.replace(Some(Scopes::open(&self.device.device)));
        let fault = self.device.take_fault();
        let device = Rc::clone(&self.device);
        let (memory, recorder) = (Rc::clone(&self.memory), Rc::clone(&self.recorder));
        let counter = Rc::clone(&self.counter);
        async move {
            counter.add(|counts| counts.waits += 1);
            if let Some(fault) = fault {
                device.record(fault);
            }
            if let Some(caught) = caught
                && let Some(error) = caught.await
            {
                device.record(error);
            }
            device.check().inspect_err(|_| {
                memory.invalidate();
                recorder.invalidate();
            })
        }
    }
}

/// A buffer that the host can read.
struct Staging(wgpu::Buffer);

impl Staging {
    fn new(device: &wgpu::Device, bytes: u64) -> Self {
        Self(device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("staging"),
            size: bytes,
            usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        }))
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        self.0.destroy();
    }
}
