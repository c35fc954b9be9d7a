//! How many kernels a network has to compile before its first label.

use std::fs;
use std::path::Path;

use glance_engine::compute::gpu::{Gpu, KernelStrategy};
use glance_engine::{Clip, Pack, Picture};
use glance_tests::model::vit_b32_pack;
use pollster::block_on;

/// The choice of a strategy compiles a product of another one as well.
const OF_OTHER_STRATEGIES: usize = 1;
#[test]
fn the_first_label_needs_few_kernels() {
    let strategies = match block_on(Gpu::strategies()) {
        Ok(strategies) => strategies,
        Err(reason) => return eprintln!("SKIPPED on the GPU: {reason}"),
    };
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../static/models/demo.safetensors");
    let demo = fs::read(demo).expect("the demo model is part of the repository");
    for (name, pack, most) in [("demo", demo, 14), ("ViT-B/32", vit_b32_pack(), 11)] {
        let pack = Pack::parse(pack).expect("the pack is whole");
        // Hardware alone has a choice; software runs one strategy.
        let of_hardware = strategies
            .iter()
            .filter(|strategy| **strategy != KernelStrategy::Register);
        for strategy in of_hardware {
            let gpu = block_on(Gpu::with_strategy(*strategy)).expect("the adapter opens");
            let clip = block_on(Clip::load_on(&pack, gpu)).expect("the model loads");
            let picture = Picture::from_rgb(20, 30, vec![90; 1800]).expect("it has its length");
            block_on(clip.classify(&[picture], &["cat", "dog"], &["a {}"])).expect("it runs");
            let compiled = clip.into_gpu().expect("it is on the GPU").pipelines();
            assert!(
                compiled + OF_OTHER_STRATEGIES <= most,
                "{name}, {strategy:?}: {compiled}"
            );
        }
    }
}
