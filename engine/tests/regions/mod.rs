//! Regions of pictures against PyTorch (`tests/fixtures/make_region_fixtures.py`).

use glance_engine::compute::gpu::KernelStrategy;
use glance_engine::weights::WeightType;
use glance_engine::{Embedding, score};

use crate::common::{FIXTURES, Loader, TestDevice, assert_close};

/// Smallest cosine of a region with the reference's if products are in f16. Errors are larger than in a
/// picture's embedding, which is the mean of many regions; the same is true for int8.
const F16_COSINE: f32 = 0.9995;
/// Smallest cosine of a region of an int8 network with the f32 one's.
const QUANTISED_COSINE: f32 = 0.995;

/// Regions of f32 networks equal the reference's. Those of int8 networks point the same way.
pub async fn assert_region_parity(on: TestDevice) {
    let mut loader = Loader::new(on).await;
    for fixture in &FIXTURES {
        let reference = fixture.regions();
        let clip = loader.load(fixture, WeightType::F32).await;
        let exact = clip.encode_regions(&reference.pixels).await;
        let exact = exact.expect("the device answers");
        loader.give_back(clip);
        let what = format!("{}, regions", fixture.name);
        let values: Vec<f32> = exact.iter().flat_map(|region| region.0.clone()).collect();
        if on == TestDevice::Gpu(KernelStrategy::SharedF16) {
            assert_alike(&exact, &reference.regions, F16_COSINE, &what);
        } else {
            assert_close(&values, &reference.regions, &what);
        }

        let clip = loader.load(fixture, WeightType::Int8).await;
        let quantised = clip.encode_regions(&reference.pixels).await;
        loader.give_back(clip);
        let quantised = quantised.expect("the device answers");
        assert_alike(&quantised, &values, QUANTISED_COSINE, &what);
    }
}

#[track_caller]
fn assert_alike(found: &[Embedding], expected: &[f32], least: f32, what: &str) {
    let width = expected.len() / found.len();
    for (found, expected) in found.iter().zip(expected.chunks_exact(width)) {
        let cosine = score::cosine(&found.0, expected);
        assert!(cosine >= least, "{what}: cosine {cosine}");
    }
}
