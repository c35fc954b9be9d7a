//! Tokenizers that are refused.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

#[test]
fn a_tokenizer_of_another_kind_is_refused_by_name() {
    let change = |path: &str, value: Value| {
        let mut json: Value = serde_json::from_str(TOKENIZER_JSON).unwrap();
        *json.pointer_mut(path).unwrap() = value;
        let json = serde_json::to_vec(&json).unwrap();
        Tokenizer::hugging_face(&json, 813, &config(814, 77)).map(drop)
    };
    assert!(change("/version", json!("1.0")).is_ok());
    let bert = json!({"type": "BertNormalizer", "lowercase": true});
    let template = json!({"type": "TemplateProcessing", "single": [], "pair": []});
    let groups = json!({"Regex": r"(a+)+b"});
    for (path, value, named) in [
        ("/model/type", json!("WordPiece"), "WordPiece"),
        ("/model/dropout", json!(0.5), "dropout"),
        ("/model/unk_token", json!("<unk>"), "<unk>"),
        (
            "/model/continuing_subword_prefix",
            json!("prefix"),
            "prefix",
        ),
        ("/model/end_of_word_suffix", json!("x".repeat(65)), "mark"),
        ("/model/vocab", json!({}), "tokenizer"),
        ("/model/merges", json!([["q", "xyz"]]), "xyz"),
        (
            "/model/merges",
            json!([["<|startoftext|>", "!"]]),
            "text|>!",
        ),
        ("/model/vocab", json!({"x".repeat(257): 0}), "256 bytes"),
        ("/normalizer/normalizers/1", bert, "BertNormalizer"),
        (
            "/normalizer/normalizers/1/pattern",
            groups.clone(),
            "Replace",
        ),
        ("/normalizer/normalizers/1/content", json!("x"), "Replace"),
        (
            "/normalizer/normalizers",
            json!(vec![json!({"type": "NFC"}); 9]),
            "steps",
        ),
        ("/normalizer/normalizers", json!(3), "tokenizer"),
        (
            "/pre_tokenizer",
            json!({"type": "Whitespace"}),
            "Whitespace",
        ),
        ("/pre_tokenizer", Value::Null, "pre-tokenizer"),
        ("/pre_tokenizer/pretokenizers/0/pattern", groups, "(a+)+b"),
        (
            "/pre_tokenizer/pretokenizers/0/pattern",
            json!({"Regex": "["}),
            "tokenizer",
        ),
        ("/post_processor", template, "TemplateProcessing"),
        ("/post_processor", Value::Null, "post-processor"),
        ("/post_processor/sep/1", json!(814), "vocabulary_size"),
        ("/added_tokens/0", json!({"content": "<new>"}), "tokenizer"),
    ] {
        let error = change(path, value).expect_err(path).to_string();
        assert!(
            error.contains(named) && error.ends_with('.'),
            "{path}: {error}"
        );
    }
    for end in [0, 1, 100, 5_000, TOKENIZER_JSON.len() - 1] {
        let json = &TOKENIZER_JSON.as_bytes()[..end];
        assert!(Tokenizer::hugging_face(json, 813, &config(814, 77)).is_err());
    }
}

/// Every token is compared with a text at every place.
#[test]
fn added_tokens_without_end_are_refused() {
    let refused = |count: usize| {
        let mut json: Value = serde_json::from_str(TOKENIZER_JSON).unwrap();
        let mut token = json["added_tokens"][1].clone();
        let tokens = json["added_tokens"].as_array_mut().unwrap();
        for index in 0..count {
            token["content"] = json!(format!("{}{index}", "a".repeat(1_000)));
            tokens.push(token.clone());
        }
        let json = serde_json::to_vec(&json).unwrap();
        Tokenizer::hugging_face(&json, 813, &config(2_048, 77)).err()
    };
    assert!(refused(60).is_none());
    let error = refused(70).expect("they are too long").to_string();
    assert!(error.contains("bytes"), "{error}");
}

/// White space between tokens is passed once, not once for each of them.
#[test]
fn tokens_that_strip_white_space_take_no_time_in_it() {
    let mut json: Value = serde_json::from_str(TOKENIZER_JSON).unwrap();
    let mut token = json["added_tokens"][1].clone();
    let tokens = json["added_tokens"].as_array_mut().unwrap();
    for (content, left) in [(" ", true), ("\u{a0}", false)] {
        token["content"] = json!(content);
        token["lstrip"] = json!(left);
        token["rstrip"] = json!(!left);
        tokens.push(token.clone());
    }
    let json = serde_json::to_vec(&json).unwrap();
    let tokenizer = Tokenizer::hugging_face(&json, 813, &config(2_048, 77)).unwrap();
    for text in [
        " ".repeat(MAX_CHARACTERS),
        " \u{a0}".repeat(MAX_CHARACTERS / 2),
    ] {
        assert!(tokenizer.encode(&text).unwrap().truncated);
    }
}

#[test]
fn files_that_are_no_vocabulary_are_refused() {
    let vocabulary = vocabulary(2);
    let plain = VocabularyFiles::new(&vocabulary, "i n\nt h\n");
    assert!(tokenizer_json(&plain).is_ok());
    let refused = |files: VocabularyFiles<'_>| tokenizer_json(&files).unwrap_err().to_string();
    refused(VocabularyFiles::new(b"[]", "i n"));
    refused(VocabularyFiles::new(b"{}", "i n"));
    refused(VocabularyFiles::new(&vocabulary, "in"));
    for (special_tokens_map, tokenizer_config, added_tokens) in [
        ("3", "{}", "{}"),
        (r#"{"eos_token": "<eos>"}"#, "{}", "{}"),
        (r#"{"pad_token": {"special": true}}"#, "{}", "{}"),
        ("{}", r#"{"bos_token": "<bos>"}"#, "{}"),
        (
            "{}",
            r#"{"added_tokens_decoder": {"x": {"content": "<x>"}}}"#,
            "{}",
        ),
        (
            "{}",
            r#"{"added_tokens_decoder": {"7": {"special": true}}}"#,
            "{}",
        ),
        ("{}", "{}", r#"{"<x>": "814"}"#),
        ("{}", "{}", "[]"),
    ] {
        let reason = refused(VocabularyFiles {
            special_tokens_map: Some(special_tokens_map.as_bytes()),
            tokenizer_config: Some(tokenizer_config.as_bytes()),
            added_tokens: Some(added_tokens.as_bytes()),
            ..plain
        });
        assert!(reason.ends_with('.'), "{reason}");
    }
}

#[test]
fn an_unknown_token_must_be_of_the_model() {
    let mut json: Value = serde_json::from_str(TOKENIZER_JSON).unwrap();
    json["model"]["unk_token"] = json!("<new>");
    let mut token = json["added_tokens"][0].clone();
    token["content"] = json!("<new>");
    json["added_tokens"][0] = token;
    let json = serde_json::to_vec(&json).unwrap();
    assert!(Tokenizer::hugging_face(&json, 813, &config(815, 77)).is_err());
}
