//! What a network asks of the device. These numbers do not depend on the machine.

use glance_engine::compute::gpu::{Counts, Gpu, KernelStrategy};
use glance_engine::{Clip, Pack};
use glance_tests::model::random_pack;
use pollster::block_on;

/// Texts that have one length and share their first words, as labels do.
fn texts(count: usize) -> Vec<String> {
    (0..count)
        .map(|number| format!("a photo of {number:03}"))
        .collect()
}

/// What `work` asks of a GPU that has its model and its buffers; `None` without one.
fn counts(work: impl AsyncFn(&Clip)) -> Option<Counts> {
    let pack = Pack::parse(random_pack()).expect("the pack is whole");
    let after = |repeats: usize| {
        let gpu = block_on(Gpu::with_strategy(KernelStrategy::Register));
        let gpu = gpu.map_err(|reason| eprintln!("SKIPPED on the GPU: {reason}"));
        let clip = block_on(Clip::load_on(&pack, gpu.ok()?)).expect("the model loads");
        for _ in 0..repeats {
            block_on(work(&clip));
        }
        Some(clip.into_gpu().expect("it is on the GPU").counts())
    };
    Some(after(2)?.since(after(1)?))
}

#[test]
fn texts_are_one_submission_for_sixty_four() {
    for (count, batches) in [(1, 1), (16, 1), (64, 1), (100, 2), (1000, 16)] {
        let encode = async |clip: &Clip| {
            let texts = texts(count);
            let encoded = clip.encode_texts(&texts).await.expect("it runs");
            assert_eq!(encoded.len(), count);
        };
        let Some(counts) = counts(encode) else { return };
        println!("{count} texts: {counts:?}");
        assert_eq!(counts.submissions, batches, "{count} texts");
        assert_eq!(counts.waits, batches, "{count} texts");
    }
}

#[test]
fn pictures_are_one_submission() {
    for count in [1, 16] {
        let encode = async |clip: &Clip| {
            let size = clip.config().vision.image_size();
            let levels = vec![90; count * size * size * 3];
            let encoded = clip.submit_levels(&levels).await.expect("it runs");
            assert_eq!(encoded.len(), count);
        };
        let Some(counts) = counts(encode) else { return };
        println!("{count} pictures: {counts:?}");
        assert_eq!((counts.submissions, counts.waits), (1, 1));
        // The levels, their table and the sizes of the dispatches.
        assert_eq!(counts.uploads, 3, "{count} pictures");
    }
}
