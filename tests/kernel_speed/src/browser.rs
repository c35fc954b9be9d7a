//! The cases for JavaScript, which times them.

use glance_engine::compute::cpu::Cpu;
use glance_engine::compute::gpu::Gpu;
use glance_engine::compute::{Compute, ComputeError};
use glance_engine::image::{Picture, Preprocessing};
use wasm_bindgen::JsError;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::{Case, cases};

/// Reads a picture file, and resizes it for ViT-B/32 to 8-bit RGB `[224, 224, 3]`.
///
/// # Errors
/// If it cannot be read.
#[wasm_bindgen]
pub fn prepare(file: &[u8]) -> Result<Vec<u8>, JsError> {
    Ok(Picture::decode(file)?.levels(224, &Preprocessing::openai()))
}

/// All cases on one device.
#[wasm_bindgen]
pub struct Kernels(Device);

enum Device {
    Cpu(On<Cpu>),
    Gpu(Box<On<Gpu>>),
}

struct On<C: Compute> {
    compute: C,
    cases: Vec<Case<C>>,
}

impl<C: Compute + 'static> On<C> {
    fn new(compute: C) -> Result<Self, ComputeError> {
        let cases = cases(&compute)?;
        Ok(Self { compute, cases })
    }
}

#[wasm_bindgen]
impl Kernels {
    /// Opens the device `cpu` or `gpu`.
    ///
    /// # Errors
    /// If there is no such device.
    pub async fn open(device: String) -> Result<Self, JsError> {
        Ok(Self(match device.as_str() {
            "gpu" => Device::Gpu(Box::new(On::new(Gpu::new().await?)?)),
            _ => Device::Cpu(On::new(Cpu::new())?),
        }))
    }

    /// The names of the cases.
    pub fn names(&self) -> Vec<String> {
        match &self.0 {
            Device::Cpu(on) => on.cases.iter().map(|case| case.name.clone()).collect(),
            Device::Gpu(on) => on.cases.iter().map(|case| case.name.clone()).collect(),
        }
    }

    /// Multiplications and additions in one run of each case.
    pub fn operations(&self) -> Vec<f64> {
        match &self.0 {
            Device::Cpu(on) => on.cases.iter().map(|case| case.operations).collect(),
            Device::Gpu(on) => on.cases.iter().map(|case| case.operations).collect(),
        }
    }

    /// Runs a case `repeats` times and waits for the last run.
    ///
    /// # Errors
    /// Whatever the device reports.
    pub async fn run(&self, index: usize, repeats: usize) -> Result<(), JsError> {
        match &self.0 {
            Device::Cpu(on) => on.cases[index].run(&on.compute, repeats).await?,
            Device::Gpu(on) => on.cases[index].run(&on.compute, repeats).await?,
        }
        Ok(())
    }
}
