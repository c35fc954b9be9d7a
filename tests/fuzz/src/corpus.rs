//! The inputs that fuzzing starts from: the fixtures of the tests, made small.

use std::collections::HashMap;
use std::fs;
use std::io::{self, Cursor};
use std::path::Path;

use glance_engine::weights::{Checkpoint, Manifest, WeightType};
use image::{DynamicImage, ImageFormat};
use pollster::block_on;
use safetensors::Dtype;
use safetensors::tensor::TensorView;
use serde_json::{Value, json};

use crate::archive;
use crate::files::MemoryFiles;
use crate::fixtures::{self, fixture, narrow, narrow_config};
use crate::targets::{SEPARATOR, Target};

/// Largest picture of the corpus in bytes. Larger ones are mutated too seldom in the right place.
const MAX_PICTURE: usize = 4096;

/// Writes the first inputs of a target into a folder.
pub fn write(target: Target, folder: &Path) -> io::Result<()> {
    for (index, input) in inputs(target).iter().enumerate() {
        fs::write(folder.join(format!("{index:03}")), input)?;
    }
    Ok(())
}

/// The first inputs of a target.
pub fn inputs(target: Target) -> Vec<Vec<u8>> {
    match target {
        Target::Pictures => pictures(),
        Target::Packs => packs(),
        Target::Safetensors => {
            let clips = ["hugging-face", "openai-vit"]
                .map(|family| narrow(&format!("checkpoints/{family}/half.safetensors")));
            clips.into_iter().chain([mobile()]).collect()
        }
        Target::PyTorch => pytorch(),
        Target::Tokenizers => tokenizers(),
        Target::Configurations => configurations(),
        Target::Texts => texts(),
    }
}

fn pictures() -> Vec<Vec<u8>> {
    let entries =
        fs::read_dir(fixtures::folder().join("pictures")).expect("the fixtures are there");
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        // References are named after the picture, with a second extension.
        .filter(|name| name.matches('.').count() == 1 && !name.ends_with(".json"))
        .collect();
    names.sort();
    let mut pictures: Vec<Vec<u8>> = names
        .iter()
        .map(|name| fixture(&format!("pictures/{name}")))
        .filter(|bytes| bytes.len() <= MAX_PICTURE)
        .collect();
    let formats = [
        ImageFormat::Png,
        ImageFormat::Bmp,
        ImageFormat::Tiff,
        ImageFormat::WebP,
    ];
    let kinds = [
        DynamicImage::new_luma8(5, 3),
        DynamicImage::new_luma_a8(5, 3),
        DynamicImage::new_rgb8(5, 3),
        DynamicImage::new_rgba8(5, 3),
        DynamicImage::new_luma16(5, 3),
        DynamicImage::new_luma_a16(5, 3),
        DynamicImage::new_rgb16(5, 3),
        DynamicImage::new_rgba16(5, 3),
        DynamicImage::new_rgb32f(5, 3),
        DynamicImage::new_rgba32f(5, 3),
    ];
    for format in formats {
        for picture in &kinds {
            let mut bytes = Cursor::new(Vec::new());
            // Not every format has every kind.
            if picture.write_to(&mut bytes, format).is_ok() {
                pictures.push(bytes.into_inner());
            }
        }
    }
    pictures
}

/// The checkpoint of an EfficientNet-lite of one block and two channels.
fn mobile() -> Vec<u8> {
    let convolutions = [
        ("_conv_stem", "_bn0", vec![2, 3, 3, 3]),
        (
            "_blocks.0._depthwise_conv",
            "_blocks.0._bn1",
            vec![2, 1, 3, 3],
        ),
        (
            "_blocks.0._project_conv",
            "_blocks.0._bn2",
            vec![2, 2, 1, 1],
        ),
        ("_conv_head", "_bn1", vec![2, 2, 1, 1]),
    ];
    let parts = ["weight", "bias", "running_mean", "running_var"];
    let mut shapes = vec![
        ("_fc.weight".to_owned(), vec![3, 2]),
        ("_fc.bias".to_owned(), vec![3]),
    ];
    for (convolution, norm, shape) in convolutions {
        shapes.push((format!("{convolution}.weight"), shape));
        shapes.extend(parts.map(|part| (format!("{norm}.{part}"), vec![2])));
    }
    let ones = [1f32.to_le_bytes(); 64].concat();
    let views = shapes.into_iter().map(|(name, shape)| {
        let length = shape.iter().product::<usize>() * size_of::<f32>();
        let view = TensorView::new(Dtype::F32, shape, &ones[..length]);
        (name, view.expect("the size fits"))
    });
    safetensors::serialize(views, None).expect("names differ")
}

fn packs() -> Vec<Vec<u8>> {
    let config = narrow_config();
    let weights = narrow("checkpoints/hugging-face/half.safetensors");
    let types = [WeightType::Int8, WeightType::F16, WeightType::F32];
    let packs = types.map(|weight_type| {
        let files = [("config.json", &config), ("model.safetensors", &weights)];
        let files = files.map(|(name, bytes)| (name, bytes.as_slice().into()));
        let pack = block_on(async {
            let checkpoint = Checkpoint::open(MemoryFiles::new(files)).await?;
            checkpoint.pack("", None, weight_type, |_| {}).await
        });
        pack.expect("the checkpoint is sound").file().concat()
    });
    packs.to_vec()
}

fn pytorch() -> Vec<Vec<u8>> {
    let archives = [
        "hugging-face/bfloat.bin",
        "hugging-face/half.bin",
        "hugging-face/state_dict.bin",
        "hugging-face/views.bin",
        "openai-vit/torchscript.pt",
        "openai-vit/training.pt",
        "openai-resnet/torchscript.pt",
    ];
    let mut inputs = vec![fixture("checkpoints/hugging-face/legacy.bin")];
    for name in archives {
        let archive = fixture(&format!("checkpoints/{name}"));
        let files = archive::files(&archive).expect("the fixture is whole");
        let is_pickle = |name: &str| name.ends_with("/data.pkl");
        let pickle = files.iter().find(|(name, _)| is_pickle(name));
        inputs.push(pickle.expect("it has a description").1.clone());
        // The storages are cut, so that most of the archive is what is parsed.
        let cut = files.iter().map(|(name, bytes)| {
            let length = match is_pickle(name) {
                true => bytes.len(),
                false => bytes.len().min(16),
            };
            (name.as_str(), &bytes[..length])
        });
        inputs.push(archive::write(cut));
    }
    inputs
}

/// A vocabulary of a few tokens, and the end token for whatever else a text has.
fn few() -> Value {
    let tokens = [
        "a",
        "b",
        "a</w>",
        "b</w>",
        "ab",
        "ab</w>",
        "<s>",
        "<|startoftext|>",
        "<|endoftext|>",
    ];
    tokens.into_iter().zip((0..).map(Value::from)).collect()
}

fn tokenizers() -> Vec<Vec<u8>> {
    let file = fixture("tokenizer.json");
    let mut file: Value = serde_json::from_slice(&file).expect("it is JSON");
    file["model"]["vocab"] = few();
    file["model"]["unk_token"] = "<|endoftext|>".into();
    let processor = &mut file["post_processor"];
    processor["cls"] = json!(["<|startoftext|>", 7]);
    processor["sep"] = json!(["<|endoftext|>", 8]);
    let merges = [
        json!(["a b", "a b</w>"]),
        json!([["a", "b"], ["a", "b</w>"]]),
    ];
    let text = "A photo of 2 abs <s> <|endoftext|>\u{345} \u{130}";
    let mut inputs = Vec::new();
    for merges in merges {
        file["model"]["merges"] = merges;
        inputs.push(joined(0, &[&file.to_string(), text]));
    }
    inputs.push(joined(1, &["i n\nt h\nth e</w>\n", text]));
    let vocabulary = few().to_string();
    let fixture: Value = serde_json::from_slice(&fixture("added_tokens.json")).expect("it is JSON");
    for folder in fixture["folders"].as_array().into_iter().flatten() {
        let file = |name: &str| {
            let file = &folder["files"][name];
            file.as_object().map_or(String::new(), |_| file.to_string())
        };
        let files = [
            "a b\na b</w>",
            &vocabulary,
            &file("special_tokens_map.json"),
            &file("tokenizer_config.json"),
            &file("added_tokens.json"),
            text,
        ];
        inputs.push(joined(2, &files));
    }
    inputs
}

fn joined(kind: u8, files: &[&str]) -> Vec<u8> {
    let files: Vec<&[u8]> = files.iter().map(|file| file.as_bytes()).collect();
    [&[kind][..], &files.join(&SEPARATOR)].concat()
}

fn configurations() -> Vec<Vec<u8>> {
    let text = |path: &str| String::from_utf8(fixture(path)).expect("it is UTF-8");
    let found: Value =
        serde_json::from_slice(&fixture("pictures/configurations.json")).expect("it is JSON");
    let found = found.as_array().into_iter().flatten();
    let pack = Checkpoint::open(MemoryFiles::new(
        [
            ("config.json", narrow_config()),
            (
                "model.safetensors",
                narrow("checkpoints/hugging-face/half.safetensors"),
            ),
        ]
        .map(|(name, bytes)| (name, bytes.into())),
    ));
    let pack = block_on(async { pack.await?.pack("", None, WeightType::Int8, |_| {}).await });
    let pack = pack.expect("the checkpoint is sound");
    let index: HashMap<&str, &str> = HashMap::from([("logit_scale", "part.safetensors")]);
    let mut inputs = vec![
        (0, String::from_utf8(narrow_config()).expect("it is UTF-8")),
        (
            0,
            r#"{"text_config_dict": {"num_attention_heads": 2}}"#.to_owned(),
        ),
        (1, text("checkpoints/openai-vit/open_clip_config.json")),
        (1, text("checkpoints/openai-resnet/open_clip_config.json")),
        (4, json!({"weight_map": index}).to_string()),
        (8, Manifest::of(&pack, None).json()),
        (9, json!(pack.header().preprocessing).to_string()),
    ];
    for found in found {
        let config = found["config"].to_string();
        inputs.extend([(2, config.clone()), (9, config.clone())]);
        inputs.push((3, format!(r#"{{"image_processor": {config}}}"#)));
        let open_clip = json!({
            "model_cfg": {"embed_dim": 2, "quick_gelu": true, "text_cfg": {"heads": 1},
                "vision_cfg": {"head_width": 2}},
            "preprocess_cfg": found["config"],
        });
        inputs.push((1, open_clip.to_string()));
    }
    let fixture: Value = serde_json::from_slice(&fixture("added_tokens.json")).expect("it is JSON");
    for folder in fixture["folders"].as_array().into_iter().flatten() {
        let names = [
            (5, "special_tokens_map.json"),
            (6, "tokenizer_config.json"),
            (7, "added_tokens.json"),
        ];
        for (kind, name) in names {
            let file = &folder["files"][name];
            if file.is_object() {
                inputs.push((kind, file.to_string()));
            }
        }
    }
    let inputs = inputs.iter();
    inputs
        .map(|(kind, json)| [&[*kind], json.as_bytes()].concat())
        .collect()
}

fn texts() -> Vec<Vec<u8>> {
    let fixture: Value = serde_json::from_slice(&fixture("text_tokens.json")).expect("it is JSON");
    let mut found = Vec::new();
    collect_texts(&fixture, &mut found);
    found.truncate(400);
    let lists = [
        "cat\ndog, \"a, b\"\r\n\"x \"\"y\"\"\",\n",
        "\u{feff}a photo of a {}\n{c}\n%s\n",
        "\"open, cat",
        "a\tb\u{a0}c\u{200b};\u{202e}d",
    ];
    let texts = found.into_iter().chain(lists.map(str::to_owned));
    texts.map(String::into_bytes).collect()
}

/// The strings of a JSON value.
fn collect_texts(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.len() < 1024 => found.push(text.clone()),
        Value::Array(values) => values.iter().for_each(|value| collect_texts(value, found)),
        Value::Object(fields) => fields
            .values()
            .for_each(|value| collect_texts(value, found)),
        _ => {}
    }
}
