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
            zip_of("word/document.xml", b"<w/>"),
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
    files.push(("evil.pt".to_owned(), zip_of("archive/data.pkl", pickle)));
    let error = refusal(&files);
    assert!(error.contains("no CLIP"), "{error}");
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

/// A zip archive of one stored file, laid out by hand.
fn zip_of(name: &str, bytes: &[u8]) -> Vec<u8> {
    let (size, length) = (bytes.len() as u32, name.len() as u16);
    let sizes = [size.to_le_bytes(), size.to_le_bytes()].concat();
    let mut file = b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0".to_vec();
    file.extend(
        [
            &sizes[..],
            &length.to_le_bytes(),
            &[0; 2],
            name.as_bytes(),
            bytes,
        ]
        .concat(),
    );
    let start = file.len() as u32;
    file.extend(b"PK\x01\x02\x14\0\x14\0\0\0\0\0\0\0\0\0\0\0\0\0");
    file.extend([&sizes[..], &length.to_le_bytes(), &[0; 16], name.as_bytes()].concat());
    let directory = file.len() as u32 - start;
    file.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    file.extend([&directory.to_le_bytes()[..], &start.to_le_bytes(), &[0; 2]].concat());
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
