//! What the demo model asks of a GPU. These numbers do not depend on the machine.

#![cfg(not(target_arch = "wasm32"))]

use std::fs;
use std::path::Path;

use glance_engine::compute::gpu::{Counts, Gpu};
use glance_engine::{Clip, Pack};
use pollster::block_on;

/// Buffers and bind groups are those of the runs before from then on.
const RUNS_BEFORE: usize = 3;

/// The demo model on this machine's GPU; `None` without one.
fn demo() -> Option<Clip> {
    let gpu = block_on(Gpu::new());
    let gpu = gpu.map_err(|reason| eprintln!("SKIPPED on the GPU: {reason}"));
    let gpu = gpu.ok()?;
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../static/models/demo.safetensors");
    let demo = fs::read(demo).expect("the demo model is part of the repository");
    let demo = Pack::parse(demo).expect("the demo model is whole");
    Some(block_on(Clip::load_on(&demo, gpu)).expect("the model loads"))
}

/// What the last of several runs of `work` asks for, and what it gives.
fn last_run<T>(clip: &Clip, mut work: impl AsyncFnMut(&Clip) -> T) -> (Counts, T) {
    for _ in 0..RUNS_BEFORE {
        block_on(work(clip));
    }
    let gpu = clip.gpu().expect("it is on the GPU");
    let before = gpu.counts();
    let result = block_on(work(clip));
    (gpu.counts().since(before), result)
}

/// Texts that share their first words, as labels do.
fn texts(count: usize) -> Vec<String> {
    let text = |number| format!("a photo of a {number:04}");
    (0..count).map(text).collect()
}

#[test]
fn sixty_four_texts_are_one_submission() {
    let Some(clip) = demo() else { return };
    for (count, batches) in [(1, 1), (16, 1), (64, 1), (100, 2), (200, 4)] {
        let texts = texts(count);
        let encode = async |clip: &Clip| clip.encode_texts(&texts).await.expect("it runs").len();
        let (counts, encoded) = last_run(&clip, encode);
        println!("{count} texts: {counts:?}");
        assert_eq!(encoded, count);
        assert_eq!((counts.submissions, counts.waits), (batches, batches));
        // The values are read through a buffer of their own.
        assert_eq!(
            (counts.buffers, counts.bind_groups),
            (batches, 0),
            "{count}"
        );
    }
}

#[test]
fn a_batch_of_pictures_is_one_submission() {
    let Some(clip) = demo() else { return };
    let size = clip.config().vision.image_size();
    for count in [1, 4] {
        let levels = vec![90; count * size * size * 3];
        let encode = async |clip: &Clip| clip.submit_levels(&levels).await.expect("it runs").len();
        let (counts, encoded) = last_run(&clip, encode);
        println!("{count} pictures: {counts:?}");
        assert_eq!(encoded, count);
        assert_eq!((counts.submissions, counts.waits), (1, 1));
        assert_eq!((counts.buffers, counts.bind_groups), (1, 0));
        // The levels, their table, and the sizes of the dispatches.
        assert_eq!(counts.uploads, 3);
    }
}
