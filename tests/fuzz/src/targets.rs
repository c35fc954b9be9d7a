//! What is fuzzed. Each target reads its bytes as the engine's callers would, and goes on with
//! whatever is accepted.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use glance_engine::image::MAX_DECODER_BYTES;
use glance_engine::text::{
    Tokenizer, VocabularyFiles, compact_tokenizer_json, mistaken_placeholder,
    openai_tokenizer_json, pasted, prompts, tokenizer_json, without_byte_order_mark,
};
use glance_engine::weights::{
    Checkpoint, EfficientnetLiteCheckpoint, Manifest, Preprocessing, WeightType, WeightsError,
};
use glance_engine::{
    Clip, DeviceKind, EfficientnetLiteConfig, EfficientnetStage, Pack, Picture, TextConfig,
};
use pollster::block_on;

use crate::archive;
use crate::files::MemoryFiles;
use crate::fixtures;

/// Side of the prepared pictures.
const SIDE: usize = 32;
/// Between the files of an input that has several. No UTF-8 text contains it.
pub const SEPARATOR: u8 = 0xff;
/// Pieces of a pasted text that are encoded.
const ENCODED_PIECES: usize = 2;
/// Bytes that any target may hold beside what its input explains: tables that are built once.
const BASE_BYTES: usize = 16 << 20;
/// Bytes that a parsed file may hold for each of its own. A parsed JSON value is the largest.
const BYTES_PER_INPUT_BYTE: usize = 512;
/// Bytes that the tensors of a pickle may hold: names and shapes of as many bytes as the engine
/// allows, in the few copies that renaming needs.
const PICKLE_BYTES: usize = 128 << 20;

/// A parser and what it reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A picture file.
    Pictures,
    /// A pack.
    Packs,
    /// The weights of a checkpoint, as safetensors.
    Safetensors,
    /// The weights of a checkpoint, as PyTorch writes them; or the pickle inside.
    PyTorch,
    /// A tokenizer's files, and a text.
    Tokenizers,
    /// A configuration in a folder that is sound otherwise.
    Configurations,
    /// A file of labels or templates.
    Texts,
}

impl Target {
    /// Every target.
    pub const ALL: [Self; 7] = [
        Self::Pictures,
        Self::Packs,
        Self::Safetensors,
        Self::PyTorch,
        Self::Tokenizers,
        Self::Configurations,
        Self::Texts,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pictures => "pictures",
            Self::Packs => "packs",
            Self::Safetensors => "safetensors",
            Self::PyTorch => "pytorch",
            Self::Tokenizers => "tokenizers",
            Self::Configurations => "configurations",
            Self::Texts => "texts",
        }
    }

    /// Bytes that the target may hold for an input of this length.
    pub fn bound(self, length: usize) -> usize {
        let input = BYTES_PER_INPUT_BYTE.saturating_mul(length);
        BASE_BYTES
            + match self {
                Self::Pictures => MAX_DECODER_BYTES as usize + 2 * length,
                Self::PyTorch => input + PICKLE_BYTES,
                _ => input,
            }
    }

    /// Reads `bytes`. Every error is fine.
    pub fn run(self, bytes: &[u8]) {
        match self {
            Self::Pictures => picture(bytes),
            Self::Packs => pack(bytes),
            Self::Safetensors => weights("model.safetensors", Cow::Borrowed(bytes)),
            Self::PyTorch => pytorch(bytes),
            Self::Tokenizers => tokenizer(bytes),
            Self::Configurations => configuration(bytes),
            Self::Texts => text(bytes),
        }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for Target {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|target| target.name() == name);
        found.ok_or_else(|| format!("there is no target {name}"))
    }
}

fn picture(bytes: &[u8]) {
    let Ok(picture) = Picture::decode(bytes) else {
        return;
    };
    let hub = Preprocessing::default();
    for preprocessing in [&Preprocessing::openai(), &hub] {
        let prepared = picture.prepare(SIDE, preprocessing);
        assert_eq!(prepared.len(), 3 * SIDE * SIDE);
        assert!(prepared.iter().all(|value| value.is_finite()));
    }
}

fn pack(bytes: &[u8]) {
    let Ok(pack) = Pack::parse(bytes.to_vec()) else {
        return;
    };
    for name in pack.tensor_names() {
        let _ = pack.vector(&name, &[1]);
    }
    // Encodes nothing: how much that computes is for the pack to say.
    let _ = block_on(Clip::load(&pack, DeviceKind::Cpu));
}

/// A folder with the configurations of both families, and these weights.
fn folder<'a>(name: &'static str, weights: Cow<'a, [u8]>) -> MemoryFiles<'a> {
    static FILES: LazyLock<[(&str, Vec<u8>); 2]> = LazyLock::new(|| {
        let config = fixtures::narrow_config();
        // Heads as narrow as those of the corpus.
        let open_clip = r#"{"model_cfg": {"embed_dim": 2, "quick_gelu": true,
            "text_cfg": {"heads": 1}, "vision_cfg": {"head_width": 2}}}"#;
        [
            ("config.json", config),
            ("open_clip_config.json", open_clip.into()),
        ]
    });
    let others = FILES
        .iter()
        .map(|(name, bytes)| (*name, Cow::Borrowed(bytes.as_slice())));
    MemoryFiles::new(others.chain([(name, weights)]))
}

fn weights(name: &'static str, bytes: Cow<'_, [u8]>) {
    let is_mobile = bytes.windows(MOBILE.len()).any(|part| part == MOBILE);
    let files = folder(name, bytes);
    if is_mobile {
        return mobile(&files);
    }
    let packed: Result<(), WeightsError> = block_on(async {
        let checkpoint = Checkpoint::open(files).await?;
        let _ = (checkpoint.parameters(), checkpoint.size());
        let pack = checkpoint.pack("", None, WeightType::Int8, |_| {}).await?;
        let [head, data] = pack.file();
        let read = Pack::parse([head, data].concat());
        assert!(read.is_ok(), "what is written can be read");
        Ok(())
    });
    let _ = packed;
}

/// The classifier of an EfficientNet-lite, which no CLIP has.
const MOBILE: &[u8] = b"_fc.bias";

/// The weights of an EfficientNet-lite of one block, to start an image tower from.
fn mobile(files: &MemoryFiles<'_>) {
    let stage = EfficientnetStage {
        blocks: 1,
        channels: 2,
        kernel: 3,
        stride: 2,
        expansion: 1,
    };
    let config = EfficientnetLiteConfig {
        image_size: 8,
        stem: 2,
        stages: vec![stage],
        head: 2,
    };
    if let Ok(checkpoint) = block_on(EfficientnetLiteCheckpoint::read(files, config)) {
        let _ = checkpoint.image_pack("", WeightType::Int8);
    }
}

fn pytorch(bytes: &[u8]) {
    const STORAGES: usize = 64;
    const STORAGE_BYTES: usize = 512;
    let is_file = bytes.starts_with(b"PK") || bytes.starts_with(b"\x80\x02\x8a");
    if is_file {
        return weights("pytorch_model.bin", Cow::Borrowed(bytes));
    }
    // A pickle alone, which gets an archive around it.
    let names: Vec<String> = (0..STORAGES).map(|key| format!("a/data/{key}")).collect();
    let storage = [0; STORAGE_BYTES];
    let storages = names.iter().map(|name| (name.as_str(), &storage[..]));
    let file = archive::write([("a/data.pkl", bytes)].into_iter().chain(storages));
    weights("pytorch_model.bin", Cow::Owned(file));
}

/// The configuration of a text tower with this vocabulary.
fn text_config(vocabulary_size: usize) -> TextConfig {
    TextConfig {
        context_length: 16,
        vocabulary_size,
        width: 1,
        layers: 1,
        heads: 1,
        mlp_width: 1,
    }
}

/// The first byte chooses what the files are. The last is a text.
fn tokenizer(bytes: &[u8]) {
    let Some((kind, files)) = bytes.split_first() else {
        return;
    };
    let mut files = files.split(|byte| *byte == SEPARATOR);
    let mut next = || files.next().unwrap_or_default();
    let config = text_config(1024);
    let made = match kind % 3 {
        0 => compact_tokenizer_json(next())
            .and_then(|json| Tokenizer::hugging_face(&json, 2, &config)),
        1 => {
            let merges = String::from_utf8_lossy(next());
            let _ = openai_tokenizer_json(&merges);
            Tokenizer::new(&merges, &text_config(514 + merges.lines().count()))
        }
        _ => {
            let merges = String::from_utf8_lossy(next());
            let vocabulary = next();
            let mut optional = || Some(next()).filter(|file| !file.is_empty());
            let files = VocabularyFiles {
                special_tokens_map: optional(),
                tokenizer_config: optional(),
                added_tokens: optional(),
                ..VocabularyFiles::new(vocabulary, &merges)
            };
            tokenizer_json(&files).and_then(|json| Tokenizer::hugging_face(&json, 49407, &config))
        }
    };
    let Ok(tokenizer) = made else {
        return;
    };
    let text = String::from_utf8_lossy(next());
    for text in [&text, "A <|startoftext|> photo's  of 2 cats &amp; ünï"] {
        let tokens = tokenizer.encode(text).expect("it is short");
        assert!((1..=config.context_length).contains(&tokens.ids.len()));
        assert!(tokens.ids.iter().all(|id| (*id as usize) < 1 << 20));
    }
}

/// Files of a checkpoint's folder that the first byte of an input chooses from.
const CONFIGURATIONS: [&str; 8] = [
    "config.json",
    "open_clip_config.json",
    "preprocessor_config.json",
    "processor_config.json",
    "model.safetensors.index.json",
    "special_tokens_map.json",
    "tokenizer_config.json",
    "added_tokens.json",
];

fn configuration(bytes: &[u8]) {
    static WEIGHTS: LazyLock<[Vec<u8>; 2]> = LazyLock::new(|| {
        ["hugging-face", "openai-vit"]
            .map(|family| fixtures::narrow(&format!("checkpoints/{family}/half.safetensors")))
    });
    static VOCABULARY: LazyLock<Vec<u8>> = LazyLock::new(fixtures::vocabulary);
    static CONFIG: LazyLock<Vec<u8>> = LazyLock::new(fixtures::narrow_config);
    let Some((kind, json)) = bytes.split_first() else {
        return;
    };
    let kind = usize::from(*kind) % (CONFIGURATIONS.len() + 2);
    let Some(name) = CONFIGURATIONS.get(kind).copied() else {
        if kind == CONFIGURATIONS.len() {
            return manifest(json);
        }
        return preprocessing(json);
    };
    let weights = match name {
        "open_clip_config.json" => &WEIGHTS[1],
        _ => &WEIGHTS[0],
    };
    let mut files = vec![
        (name, Cow::Borrowed(json)),
        ("model.safetensors", Cow::Borrowed(weights.as_slice())),
    ];
    match name {
        "config.json" => {}
        "model.safetensors.index.json" => files.swap(0, 1),
        _ => files.push(("config.json", Cow::Borrowed(CONFIG.as_slice()))),
    }
    if kind > 4 {
        files.push(("vocab.json", Cow::Borrowed(VOCABULARY.as_slice())));
        files.push(("merges.txt", Cow::Borrowed(&b""[..])));
    }
    if name == "model.safetensors.index.json" {
        files[0].0 = "part.safetensors";
    }
    let checked: Result<(), WeightsError> = block_on(async {
        let checkpoint = Checkpoint::open(MemoryFiles::new(files)).await?;
        let _ = (checkpoint.parameters(), checkpoint.size());
        checkpoint.check().await
    });
    let _ = checked;
}

/// Preprocessing as packs and the files of both families describe it.
fn preprocessing(json: &[u8]) {
    static PICTURE: LazyLock<Picture> = LazyLock::new(|| {
        let pixels = (0..=255).cycle().take(7 * 5 * 4).collect();
        Picture::from_rgba(7, 5, pixels).expect("there are as many pixels")
    });
    let open_clip = serde_json::from_slice(json).map(|json| Preprocessing::from_open_clip(&json));
    let found = [
        serde_json::from_slice(json).ok(),
        Preprocessing::from_hugging_face(json, SIDE).ok(),
        open_clip.ok().and_then(Result::ok),
    ];
    for preprocessing in found.into_iter().flatten() {
        let prepared = PICTURE.prepare(SIDE, &preprocessing);
        assert!(prepared.iter().all(|value| value.is_finite()));
    }
}

fn manifest(json: &[u8]) {
    if let Ok(manifest) = Manifest::parse(json) {
        for index in 0..=manifest.pieces.len() {
            let range = manifest.piece(index);
            assert!(range.start <= range.end && range.end <= manifest.size);
        }
        assert_eq!(
            Manifest::parse(manifest.json().as_bytes()).ok(),
            Some(manifest)
        );
    }
}

fn text(bytes: &[u8]) {
    thread_local! {
        static TOKENIZERS: [Tokenizer; 2] = {
            let json = openai_tokenizer_json("i n\nt h\n").expect("the merges are sound");
            let config = text_config(516);
            [
                Tokenizer::new("i n\nt h\n", &config).expect("the merges are sound"),
                Tokenizer::hugging_face(&json, 2, &config).expect("the file is sound"),
            ]
        };
    }
    let Ok(text) = without_byte_order_mark(bytes) else {
        return;
    };
    let text = String::from_utf8_lossy(text);
    let _ = pasted::is_open(&text);
    let labels = pasted::pieces(&text, &['\n', '\r', ',', ';', '\t']);
    let _ = pasted::rows(&text, ';');
    let templates = pasted::pieces(&text, &['\n', '\r']);
    assert!(labels.iter().all(|label| !label.trim().is_empty()));
    let _ = templates
        .iter()
        .filter_map(|template| mistaken_placeholder(template))
        .count();
    let templates = &templates[..templates.len().min(2)];
    TOKENIZERS.with(|tokenizers| {
        for tokenizer in tokenizers {
            let _ = tokenizer.encode(&text);
            for label in labels.iter().take(ENCODED_PIECES) {
                for prompt in prompts(label, templates) {
                    let _ = tokenizer.encode(&prompt);
                }
            }
        }
    });
}
