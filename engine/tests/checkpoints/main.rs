//! Checkpoints in all formats (`tests/fixtures/make_checkpoint_fixtures.py`): every format gives
//! the same pack, and every fault is reported.

#![cfg(not(target_arch = "wasm32"))]

#[allow(dead_code)]
#[path = "../common/mod.rs"]
mod common;
mod descriptions;
mod folders;
mod other_models;

use std::borrow::Cow;
use std::cell::RefCell;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use common::FIXTURES;
use common::memory_files::MemoryFiles;
use glance_engine::weights::{Checkpoint, PackIndex, PackSource, WeightType, WeightsError};
use glance_engine::{Clip, DeviceKind, Pack};
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use safetensors::SafeTensors;
use safetensors::tensor::TensorView;

const HUGGING_FACE: [&str; 2] = ["config.json", "merges.txt"];
const OPEN_CLIP: [&str; 2] = ["open_clip_config.json", "merges.txt"];

fn folder(network: &str) -> PathBuf {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/checkpoints");
    fixtures.join(network)
}

fn read(network: &str, file: &str) -> Vec<u8> {
    let path = folder(network).join(file);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Files of a network. `from=to` gives a file another name.
fn files(network: &str, names: &[&str]) -> Vec<(String, Vec<u8>)> {
    let file = |name: &&str| {
        let (from, to) = name.split_once('=').unwrap_or((name, name));
        (to.to_owned(), read(network, from))
    };
    names.iter().map(file).collect()
}

fn pack(files: &[(String, Vec<u8>)]) -> Result<Pack, WeightsError> {
    let files = files
        .iter()
        .map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
    let files: Vec<(&str, &[u8])> = files.collect();
    pollster::block_on(async {
        let checkpoint = Checkpoint::open(MemoryFiles::new(&files)).await?;
        checkpoint.pack("", None, WeightType::F32, |_| {}).await
    })
}

fn refusal(files: &[(String, Vec<u8>)]) -> String {
    match pack(files) {
        Err(error) => error.to_string(),
        Ok(_) => panic!("the checkpoint was taken"),
    }
}

#[track_caller]
fn assert_same(network: &str, configuration: &[&str], measure: &str, others: &[&[&str]]) {
    let of = |weights: &[&str]| {
        let files = files(network, &[configuration, weights].concat());
        pack(&files).unwrap_or_else(|error| panic!("{network}, {weights:?}: {error}"))
    };
    let expected = of(&[measure]);
    for weights in others {
        let found = of(weights);
        assert_eq!(expected.header(), found.header(), "{network}, {weights:?}");
        assert!(expected.file() == found.file(), "{network}, {weights:?}");
    }
}

#[test]
fn every_kind_of_file_gives_the_same_pack() {
    let parts = [
        "parts.index.json=model.safetensors.index.json",
        "part-0.safetensors",
        "part-1.safetensors",
    ];
    let others: [&[&str]; 6] = [
        &["half.safetensors"],
        &["legacy.bin"],
        &["state_dict.bin"],
        &["half.bin=pytorch_model.bin"],
        &["views.bin"],
        &parts,
    ];
    assert_same("hugging-face", &HUGGING_FACE, "model.safetensors", &others);
    let others: [&[&str]; 1] = [&["bfloat.bin"]];
    assert_same("hugging-face", &HUGGING_FACE, "bfloat.safetensors", &others);
    let others: [&[&str]; 2] = [&["torchscript.pt"], &["training.pt"]];
    assert_same("openai-vit", &OPEN_CLIP, "half.safetensors", &others);
    let others: [&[&str]; 1] = [&["torchscript.pt"]];
    assert_same("openai-resnet", &OPEN_CLIP, "half.safetensors", &others);
}

#[test]
fn an_archive_of_openai_says_all_about_itself() {
    for network in ["openai-vit", "openai-resnet"] {
        let configured = pack(&files(
            network,
            &["half.safetensors", OPEN_CLIP[0], OPEN_CLIP[1]],
        ));
        let alone = pack(&files(network, &["torchscript.pt", "merges.txt"]));
        let [configured, alone] = [configured, alone].map(|pack| pack.expect("it is sound"));
        assert_eq!(configured.header(), alone.header(), "{network}");
    }
}

#[test]
fn what_no_shape_shows_is_never_guessed() {
    let error = refusal(&files("openai-vit", &["half.safetensors", "merges.txt"]));
    assert!(error.contains("open_clip_config.json"), "{error}");
    let error = refusal(&files("hugging-face", &["model.safetensors", "merges.txt"]));
    assert!(error.contains("config.json"), "{error}");
    for (field, reason) in [
        (
            "\"quick_gelu\": true, \"timm_model_name\": \"x\"",
            "timm_model_name",
        ),
        ("\"quick_gelu\": true, \"custom_text\": true", "text tower"),
        ("\"quick_gelu\": true, \"init_logit_bias\": -10", "bias"),
    ] {
        let mut files = files(
            "openai-vit",
            &["half.safetensors", OPEN_CLIP[0], OPEN_CLIP[1]],
        );
        let config = String::from_utf8(files[1].1.clone()).expect("JSON is UTF-8");
        files[1].1 = config.replace("\"quick_gelu\": true", field).into_bytes();
        let error = refusal(&files);
        assert!(error.contains(reason), "{error}");
    }
}

#[test]
fn a_tensor_that_the_network_has_no_place_for_is_named() {
    let mut files = files(
        "hugging-face",
        &["model.safetensors", "config.json", "merges.txt"],
    );
    let extra = "text_model.encoder.layers.0.adapter.weight";
    files[0].1 = {
        let tensors = SafeTensors::deserialize(&files[0].1).expect("the fixture is whole");
        let mut views = tensors.tensors();
        let zeros = [0; 16];
        let view = TensorView::new(safetensors::Dtype::F32, vec![2, 2], &zeros);
        views.push((extra.to_owned(), view.expect("the size fits")));
        safetensors::serialize(views, None).expect("names differ")
    };
    let error = refusal(&files);
    assert!(error.contains(extra), "{error}");
}

#[test]
fn files_of_no_use_are_refused_in_a_sentence() {
    for (name, bytes, reason) in [
        ("notes.bin", b"no weights".to_vec(), "no archive of PyTorch"),
        ("empty.pt", Vec::new(), "no archive of PyTorch"),
        ("empty.safetensors", Vec::new(), "cut short"),
        ("huge.safetensors", vec![0xff; 64], "cut short"),
        (
            "other.zip.pt",
            zip_of(&[("word/document.xml", b"<w/>")]),
            "none that PyTorch wrote",
        ),
    ] {
        let mut files = files("hugging-face", &HUGGING_FACE);
        files.push((name.to_owned(), bytes));
        let error = refusal(&files);
        assert!(error.contains(reason), "{name}: {error}");
    }
    let error = refusal(&files("hugging-face", &HUGGING_FACE));
    assert!(error.contains("no weight file"), "{error}");
}

#[test]
fn nothing_that_a_pickle_asks_for_is_run() {
    // os.system("…") beside a tensor, as an exploit would have it.
    let pickle = b"\x80\x02}(X\x01\x00\x00\x00acos\nsystem\nX\x04\x00\x00\x00true\x85Ru.";
    let mut files = files("hugging-face", &HUGGING_FACE);
    files.push((
        "evil.pt".to_owned(),
        zip_of(&[("archive/data.pkl", pickle)]),
    ));
    let error = refusal(&files);
    assert!(error.contains("no CLIP"), "{error}");
}

/// A pickled text.
fn text(text: &str) -> Vec<u8> {
    let length = (text.len() as u32).to_le_bytes();
    [b"X", &length[..], text.as_bytes()].concat()
}

/// A pickled tensor: a view into the whole storage `0`.
fn tensor(shape: &[u64]) -> Vec<u8> {
    let storage = [b"(", &text("storage")[..], b"ctorch\nFloatStorage\n"];
    let storage = [&storage.concat()[..], &text("0"), &text("cpu"), b"K\x01tQ"].concat();
    let mut stride = 1u64;
    let mut strides = Vec::new();
    for side in shape.iter().rev() {
        strides.push(stride);
        stride = stride.saturating_mul(*side);
    }
    strides.reverse();
    let sizes = |sizes: &[u64]| {
        let sizes = sizes.iter();
        let sizes: Vec<_> = sizes
            .map(|size| [&[0x8a, 8][..], &size.to_le_bytes()].concat())
            .collect();
        [b"(", &sizes.concat()[..], b"t"].concat()
    };
    [
        b"ctorch._utils\n_rebuild_tensor_v2\n(",
        &storage[..],
        b"K\x00",
        &sizes(shape),
        &sizes(&strides),
        b"tR",
    ]
    .concat()
}

/// The refusal of a checkpoint with this pickle and no storages.
fn refusal_of_pickle(pickle: &[u8]) -> String {
    let mut files = files("hugging-face", &HUGGING_FACE);
    let pickle = [b"\x80\x02", pickle, b"."].concat();
    let archive = zip_of(&[("archive/data.pkl", &pickle)]);
    files.push(("small.pt".to_owned(), archive));
    refusal(&files)
}

/// A value of a pickle can be used any number of times, but its copies are counted.
#[test]
fn a_small_pickle_that_describes_very_much_is_refused() {
    let long = text(&"a".repeat(1 << 20));
    let names = [&long[..], b"q\x00", &b"h\x00\x93h\x00".repeat(100)].concat();
    // Two names for whatever is below, sixteen times.
    let mut tree = [&tensor(&[1])[..], b"q\x00"].concat();
    for _ in 0..16 {
        let [left, right] = ["a", "b"].map(|name| text(&name.repeat(1_000)));
        let entries = [b"}(", &left[..], b"h\x00", &right, b"h\x00uq\x00"];
        tree.extend(entries.concat());
    }
    // Entries without names, which are skipped each time.
    let numbers = [b"}(", &b"K\x00N".repeat(5_000)[..], b"uq\x00"].concat();
    let entries = [&text("a")[..], b"h\x00"].concat().repeat(5_000);
    let skipped = [&numbers[..], b"}(", &entries, b"u"].concat();
    for pickle in [names, tree, skipped] {
        let error = refusal_of_pickle(&pickle);
        assert!(error.contains("too large"), "{error}");
    }
}

/// Otherwise a pack of any size could be asked for by a small file.
#[test]
fn tensors_that_share_their_bytes_are_refused() {
    let shapes: [(&str, &[u64]); 9] = [
        ("logit_scale", &[]),
        ("token_embedding.weight", &[534, 64]),
        ("positional_embedding", &[8, 64]),
        ("text_projection", &[64, 8]),
        ("visual.conv1.weight", &[64, 3, 8, 8]),
        ("visual.positional_embedding", &[5, 64]),
        ("transformer.resblocks.0.ln_1.weight", &[1 << 40, 1 << 20]),
        ("transformer.resblocks.0.mlp.c_fc.weight", &[64, 64]),
        ("visual.transformer.resblocks.0.mlp.c_fc.weight", &[64, 64]),
    ];
    let entries = shapes.map(|(name, shape)| [text(name), tensor(shape)].concat());
    let more = [
        text("visual.transformer.resblocks.0.ln_1.weight"),
        tensor(&[64]),
    ]
    .concat();
    let pickle = [b"\x80\x02}(", &entries.concat()[..], &more, b"u."].concat();
    let archive = zip_of(&[("a/data.pkl", &pickle), ("a/data/0", &[0; 4])]);
    let mut files = files("openai-vit", &OPEN_CLIP);
    files.push(("small.pt".to_owned(), archive));
    let error = refusal(&files);
    assert!(error.contains("larger than its files"), "{error}");
}

#[test]
fn a_tensor_of_many_rows_and_no_columns_is_refused() {
    let mut files = files(
        "hugging-face",
        &["model.safetensors", "config.json", "merges.txt"],
    );
    let tensors = SafeTensors::deserialize(&files[0].1).expect("the fixture is whole");
    let mut views = tensors.tensors();
    let empty = TensorView::new(safetensors::Dtype::F32, vec![1 << 62, 0], &[]);
    views.push(("empty".to_owned(), empty.expect("it has no bytes")));
    files[0].1 = safetensors::serialize(views, None).expect("names differ");
    let error = refusal(&files);
    assert!(error.contains("empty"), "{error}");
}

/// Any cut or change gives an error or a pack, at once and without a panic.
#[test]
fn damage_anywhere_is_survived() {
    let mut random = SmallRng::seed_from_u64(20_210_226);
    for (network, configuration, weights) in [
        ("hugging-face", HUGGING_FACE, "model.safetensors"),
        ("hugging-face", HUGGING_FACE, "views.bin"),
        ("hugging-face", HUGGING_FACE, "legacy.bin"),
        ("openai-resnet", OPEN_CLIP, "torchscript.pt"),
        ("openai-vit", OPEN_CLIP, "training.pt"),
    ] {
        let names = [configuration.as_slice(), &[weights]].concat();
        let mut files = files(network, &names);
        let whole = files[2].1.clone();
        for _ in 0..40 {
            files[2].1 = whole[..random.random_range(0..whole.len())].to_vec();
            assert!(pack(&files).is_err(), "{network}, {weights} cut");
        }
        // The descriptions: a safetensors header, a pickle, a zip directory.
        let described = describing_ranges(&whole);
        for _ in 0..150 {
            files[2].1.clone_from(&whole);
            for _ in 0..random.random_range(1..4) {
                let range = described[random.random_range(0..described.len())].clone();
                let at = random.random_range(range);
                files[2].1[at] = random.random();
            }
            // Some changes hit padding or unused numbers.
            let _ = pack(&files);
        }
    }
}

fn describing_ranges(file: &[u8]) -> [std::ops::Range<usize>; 2] {
    match file.starts_with(b"PK") {
        // In the older format the pickles come first.
        false if file.starts_with(b"\x80") => [0..2_000, 2_000..6_000],
        // torch writes the pickle first and the directory last.
        true => [0..4_000, file.len() - 3_000..file.len()],
        false => [0..1_000, 1_000..2_000],
    }
}

/// A zip archive of stored files, laid out by hand.
fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut directory = Vec::new();
    for (name, bytes) in files {
        let header = (file.len() as u32).to_le_bytes();
        let length = (name.len() as u16).to_le_bytes();
        let sizes = [(bytes.len() as u32).to_le_bytes(); 2].concat();
        file.extend(b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0");
        file.extend([&sizes[..], &length, &[0; 2], name.as_bytes(), bytes].concat());
        directory.extend(b"PK\x01\x02\x14\0\x14\0\0\0\0\0\0\0\0\0\0\0\0\0");
        directory.extend([&sizes[..], &length, &[0; 12], &header, name.as_bytes()].concat());
    }
    let [start, length] = [file.len(), directory.len()].map(|at| (at as u32).to_le_bytes());
    let count = [(files.len() as u16).to_le_bytes(); 2].concat();
    file.extend(directory);
    file.extend([b"PK\x05\x06\0\0\0\0", &count[..], &length, &start, &[0; 2]].concat());
    file
}

/// A pack that records which ranges are read.
struct Watched {
    pack: Pack,
    read: RefCell<Vec<Range<usize>>>,
}

impl PackSource for Watched {
    fn index(&self) -> &PackIndex {
        self.pack.index()
    }

    async fn read(&self, range: Range<usize>) -> Result<Cow<'_, [u8]>, WeightsError> {
        self.read.borrow_mut().push(range.clone());
        self.pack.read(range).await
    }
}

#[test]
fn a_network_is_loaded_in_the_order_in_which_it_is_stored() {
    let checkpoints = [
        ("hugging-face", HUGGING_FACE, "model.safetensors"),
        ("openai-vit", OPEN_CLIP, "half.safetensors"),
        ("openai-resnet", OPEN_CLIP, "half.safetensors"),
    ];
    let packs = checkpoints.map(|(network, configuration, weights)| {
        let files = files(network, &[configuration.as_slice(), &[weights]].concat());
        let pack = pack(&files).unwrap_or_else(|error| panic!("{network}: {error}"));
        (network, pack)
    });
    let fixtures = FIXTURES.iter().map(|fixture| {
        let pack = pollster::block_on(fixture.pack(WeightType::F32));
        (fixture.name, pack)
    });
    for (network, pack) in packs.into_iter().chain(fixtures) {
        let size = pack.index().data_length();
        let read = RefCell::default();
        let watched = Watched { pack, read };
        let loaded = pollster::block_on(Clip::load(&watched, DeviceKind::Cpu));
        assert!(loaded.is_ok(), "{network} runs");
        let mut end = 0;
        for range in watched.read.into_inner() {
            if range.is_empty() {
                // An f32 matrix has no scales.
                continue;
            }
            assert_eq!(range.start, end, "{network}");
            end = range.end;
        }
        assert_eq!(end, size, "{network}");
    }
}
