//! How much memory a conversion holds, and what a tokenizer leaves behind, counted by the
//! allocator.

#![cfg(not(target_arch = "wasm32"))]

use std::alloc::{GlobalAlloc, Layout, System};
use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use glance_engine::TextConfig;
use glance_engine::text::Tokenizer;
use glance_engine::weights::{Checkpoint, Folder, WeightType};
use safetensors::Dtype;
use safetensors::tensor::TensorView;

struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

/// Held by each test, because the counters are shared.
static COUNTING: Mutex<()> = Mutex::new(());

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: every call is passed to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let held = HELD.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(held, Ordering::Relaxed);
        // SAFETY: the caller upholds the contract.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        HELD.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller upholds the contract.
        unsafe { System.dealloc(pointer, layout) }
    }
}

/// A checkpoint whose token embedding is 48 MB.
fn write_checkpoint(folder: &Path) {
    const VOCABULARY: usize = 12_000;
    const WIDTH: usize = 1024;
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/checkpoints");
    let file =
        fs::read(fixtures.join("openai-vit/half.safetensors")).expect("the fixture is there");
    let tensors = safetensors::SafeTensors::deserialize(&file).expect("the fixture is whole");
    let ones = vec![1f32.to_le_bytes(); VOCABULARY * WIDTH].concat();
    let widened = |name: &str, shape: &[usize]| -> Vec<usize> {
        let text = !name.starts_with("visual.");
        let wide = |side: &usize| match (text, *side) {
            (true, 64) => WIDTH,
            (true, 192) => 3 * WIDTH,
            (true, 256) => 4 * WIDTH,
            (_, side) => side,
        };
        match name {
            "token_embedding.weight" => vec![VOCABULARY, WIDTH],
            _ => shape.iter().map(wide).collect(),
        }
    };
    let views = tensors.tensors().into_iter().map(|(name, tensor)| {
        let shape = widened(&name, tensor.shape());
        let bytes = &ones[..4 * shape.iter().product::<usize>()];
        let view = TensorView::new(Dtype::F32, shape, bytes).expect("the size fits");
        (name, view)
    });
    let file = safetensors::serialize(views, None).expect("names differ");
    fs::write(folder.join("model.safetensors"), file).expect("the disk has room");
    let config = fs::read_to_string(fixtures.join("openai-vit/open_clip_config.json"));
    let config = config.expect("the fixture is there");
    fs::write(folder.join("open_clip_config.json"), config).expect("the disk has room");
}

#[test]
fn a_conversion_holds_the_pack_and_less_than_the_largest_tensor() {
    let _counting = COUNTING.lock();
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("memory");
    fs::create_dir_all(&folder).expect("the folder can be made");
    write_checkpoint(&folder);
    let largest = 12_000 * 1024 * 4;

    let before = HELD.load(Ordering::Relaxed);
    PEAK.store(before, Ordering::Relaxed);
    let pack = pollster::block_on(async {
        let checkpoint = Checkpoint::open(Folder::open(&folder)?).await?;
        checkpoint.pack("", None, WeightType::Int8, |_| {}).await
    });
    let pack = pack.expect("the checkpoint is sound");
    let used = PEAK.load(Ordering::Relaxed) - before;
    let extra = used.saturating_sub(pack.size());
    println!("{used} bytes at most for a pack of {}", pack.size());
    assert!(pack.size() > largest / 4);
    assert!(extra < largest, "{extra} bytes beside the pack");
    fs::remove_dir_all(&folder).expect("the folder is ours");
}

#[test]
fn a_tokenizer_leaves_nothing_behind() {
    let _counting = COUNTING.lock();
    let config = TextConfig {
        context_length: 1 << 15,
        vocabulary_size: 514,
        width: 1,
        layers: 1,
        heads: 1,
        mlp_width: 1,
    };
    let words = ('a'..='z').flat_map(|first| {
        let pairs = ('a'..='z').map(move |second| format!("{first}{second} "));
        pairs.collect::<Vec<_>>()
    });
    let text: String = words.collect();
    let encode = || {
        let tokenizer = Tokenizer::new("", &config).expect("no merge is wrong");
        assert!(!tokenizer.encode(&text).expect("it is short").truncated);
    };
    // Builds the tables that all tokenizers share.
    encode();
    let before = HELD.load(Ordering::Relaxed);
    (0..10).for_each(|_| encode());
    let left = HELD.load(Ordering::Relaxed).saturating_sub(before);
    assert!(left < 100_000, "{left} bytes");
}
