//! The files beside the weights, and what is checked before any weight is read.

use glance_engine::weights::{Checkpoint, PackSource};
use safetensors::SafeTensors;
use safetensors::tensor::TensorView;

use super::common::memory_files::MemoryFiles;
use super::{files, pack, refusal};

#[test]
fn a_byte_order_mark_changes_nothing() {
    let names = ["model.safetensors", "config.json", "merges.txt"];
    let plain = files("hugging-face", &names);
    let expected = pack(&plain).expect("the fixture is sound");
    let mut marked = plain.clone();
    for (_, text) in &mut marked[1..] {
        text.splice(0..0, *b"\xEF\xBB\xBF");
    }
    let found = pack(&marked).expect("a mark is no reason to refuse");
    assert!(expected.file() == found.file());
    let text = String::from_utf8(plain[1].1.clone()).expect("JSON is UTF-8");
    let two = |mark: &[u16]| {
        let units = mark.iter().copied().chain(text.encode_utf16());
        units.flat_map(u16::to_le_bytes).collect()
    };
    let four = text
        .chars()
        .flat_map(|character| u32::from(character).to_be_bytes());
    for (bytes, name) in [
        (two(&[0xFEFF]), "UTF-16"),
        (two(&[]), "UTF-16"),
        (four.collect(), "UTF-32"),
    ] {
        let mut wide = plain.clone();
        wide[1].1 = bytes;
        let error = refusal(&wide);
        assert!(
            error.contains(&format!("config.json is in {name}")),
            "{error}"
        );
    }
}

/// As in transformers: `processor_config.json` with an `image_processor` comes before
/// `preprocessor_config.json`.
#[test]
fn a_nested_image_processor_comes_first() {
    let sound = files(
        "hugging-face",
        &["model.safetensors", "config.json", "merges.txt"],
    );
    let header = |extra: &[(&str, String)]| {
        let extra = extra
            .iter()
            .map(|(name, json)| ((*name).to_owned(), json.clone().into_bytes()));
        let files: Vec<_> = sound.iter().cloned().chain(extra).collect();
        pack(&files).map(|pack| pack.header().clone())
    };
    let plain = header(&[]).expect("the fixture is sound");
    let side = plain.config.vision.image_size();
    let processor = |mean: f32| {
        format!(
            r#"{{"crop_size": {side}, "size": {side}, "image_mean": [{mean}, {mean}, {mean}]}}"#
        )
    };
    let nested = |mean| format!(r#"{{"image_processor": {}}}"#, processor(mean));
    let mean = |extra: &[(&str, String)]| {
        let header = header(extra).expect("both describe the network");
        header.preprocessing.mean
    };
    let legacy = ("preprocessor_config.json", processor(0.25));
    let name = "processor_config.json";
    assert_eq!(mean(&[(name, nested(0.5))]), [0.5; 3]);
    assert_eq!(mean(&[legacy.clone(), (name, nested(0.5))]), [0.5; 3]);
    let other = r#"{"processor_class": "CLIPProcessor"}"#.to_owned();
    assert_eq!(mean(&[legacy.clone(), (name, other)]), [0.25; 3]);
    let null = r#"{"image_processor": null}"#.to_owned();
    assert_eq!(mean(&[legacy, (name, null)]), [0.25; 3]);
    let uncropped = r#"{"image_processor": {"do_center_crop": false}}"#.to_owned();
    let error = header(&[(name, uncropped)]).expect_err("its pictures have any shape");
    assert!(error.to_string().contains("any number of"), "{error}");
    let error = header(&[(name, "{".to_owned())]).expect_err("it is no JSON");
    assert!(error.to_string().contains(name), "{error}");
}

/// Refused before any weight is converted, because these would fail at every use.
#[test]
fn what_would_fail_at_every_use_is_refused() {
    let sound = files(
        "hugging-face",
        &["model.safetensors", "config.json", "merges.txt"],
    );
    let check = |files: &[(String, Vec<u8>)]| {
        let files = files
            .iter()
            .map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
        let files = MemoryFiles::new(&files.collect::<Vec<_>>());
        pollster::block_on(async { Checkpoint::open(files).await?.check().await })
    };
    check(&sound).expect("the fixture is sound");
    for (scale, kept) in [
        (4.6_f32, true),
        (100.0, false),
        (f32::NAN, false),
        (f32::NEG_INFINITY, false),
    ] {
        let mut files = sound.clone();
        files[0].1 = {
            let tensors = SafeTensors::deserialize(&files[0].1).expect("the fixture is whole");
            let mut views = tensors.tensors();
            views.retain(|(name, _)| name != "logit_scale");
            let bytes = scale.to_le_bytes();
            let view = TensorView::new(safetensors::Dtype::F32, vec![], &bytes);
            views.push(("logit_scale".to_owned(), view.expect("the size fits")));
            safetensors::serialize(views, None).expect("names differ")
        };
        assert_eq!(check(&files).is_ok(), kept, "{scale}");
        if !kept {
            assert!(refusal(&files).contains("logit_scale"));
        }
    }
    // A vocabulary with more tokens than the network has.
    let tokenizer = pack(&sound).expect("the fixture is sound");
    let index = tokenizer.index();
    let bytes = pollster::block_on(tokenizer.read(index.tokenizer().expect("it has one")));
    let mut json: serde_json::Value =
        serde_json::from_slice(&bytes.expect("it is in memory")).expect("it is JSON");
    json["added_tokens"] = serde_json::json!([{
        "id": 99_999, "content": "<sks>", "single_word": false, "lstrip": false,
        "rstrip": false, "normalized": false, "special": false,
    }]);
    let mut files = sound;
    files.push(("tokenizer.json".to_owned(), json.to_string().into_bytes()));
    let error = refusal(&files);
    assert!(error.contains("vocabulary_size"), "{error}");
}

/// Every text would get the embedding of its first token.
#[test]
fn an_end_token_that_no_text_has_is_refused() {
    let mut files = files(
        "hugging-face",
        &["model.safetensors", "config.json", "merges.txt"],
    );
    let config: serde_json::Value = serde_json::from_slice(&files[1].1).expect("it is JSON");
    for end in [5, 99_999] {
        let mut config = config.clone();
        config["text_config"]["eos_token_id"] = end.into();
        files[1].1 = config.to_string().into_bytes();
        let error = refusal(&files);
        assert!(error.contains(&format!("expects {end}")), "{error}");
    }
}

#[test]
fn a_configuration_is_an_object() {
    for name in ["config.json", "open_clip_config.json"] {
        for json in ["[]", "", "\"clip\"", "null"] {
            let mut files = files("hugging-face", &["model.safetensors", "merges.txt"]);
            files.push((name.to_owned(), json.as_bytes().to_vec()));
            let error = refusal(&files);
            let expected = format!("its {name} is no JSON object");
            assert!(error.contains(&expected), "{json}: {error}");
        }
    }
}

/// OpenAI's vocabulary is not put in the place of another.
#[test]
fn a_vocabulary_of_another_kind_is_named() {
    let mut bare = files("hugging-face", &["model.safetensors", "config.json"]);
    bare.push(("vocab.txt".to_owned(), b"[PAD]\n[CLS]\n".to_vec()));
    let error = refusal(&bare);
    assert!(error.contains("vocab.txt"), "{error}");
    let mut files = files(
        "openai-vit",
        &["half.safetensors", "open_clip_config.json", "merges.txt"],
    );
    let config = files[1].1.clone();
    for (tokenizer, kept) in [
        ("", true),
        ("openai/clip-vit-base-patch32", true),
        ("bert-base-uncased", false),
    ] {
        let mut config: serde_json::Value = serde_json::from_slice(&config).expect("it is JSON");
        config["model_cfg"]["text_cfg"]["hf_tokenizer_name"] = tokenizer.into();
        files[1].1 = config.to_string().into_bytes();
        match kept {
            true => assert!(pack(&files).is_ok(), "{tokenizer}"),
            false => {
                let error = refusal(&files);
                assert!(error.contains(tokenizer), "{error}");
            }
        }
    }
}

/// Without vocab.json, the vocabulary is made from the merges; the files beside it count as well.
#[test]
fn added_tokens_count_without_a_vocabulary_file() {
    let names = ["model.safetensors", "config.json", "merges.txt"];
    let mut files = files("hugging-face", &names);
    let word = serde_json::json!({"content": "sks", "lstrip": true, "normalized": true});
    let special = |content: &str| serde_json::json!({"content": content, "special": true});
    let config: serde_json::Value = serde_json::from_slice(&files[1].1).expect("it is JSON");
    let end = config["text_config"]["eos_token_id"].as_u64();
    let end = end.expect("the fixture gives it");
    let decoder = serde_json::json!({"added_tokens_decoder": {
        (end - 1).to_string(): special("<|startoftext|>"),
        end.to_string(): special("<|endoftext|>"),
        (end + 7).to_string(): word,
    }});
    files.push((
        "tokenizer_config.json".to_owned(),
        decoder.to_string().into_bytes(),
    ));
    // The network has no room for one more token, whatever gap its id leaves.
    let error = refusal(&files);
    assert!(error.contains("vocabulary_size"), "{error}");
}
