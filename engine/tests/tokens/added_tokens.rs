//! Added tokens of every kind, against the `tokenizers` library itself.

use glance_engine::text::{Tokenizer, VocabularyFiles, tokenizer_json};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use serde_json::{Value, json};

use super::{TOKENIZER_JSON, config, merges, vocabulary};

const CONTENTS: [&str; 9] = [
    "<cat>",
    "<cat",
    "Dog",
    "dog house",
    " end ",
    "'s",
    "é",
    "<|endoftext|>",
    "cat",
];

const SNIPPETS: [&str; 22] = [
    "<cat>",
    "<cat",
    "<CAT>",
    "dog",
    "DOG house",
    " end ",
    "end",
    "'s",
    "'S",
    "e\u{301}",
    "É",
    "<|endoftext|>",
    "<|startoftext|>",
    "<|EndOfText|>",
    "cat",
    " ",
    "\u{a0}\t",
    "_",
    "9",
    "Ж",
    "!",
    "\u{200d}",
];

/// Folders without tokenizer.json, and what transformers makes of them
/// (`tests/fixtures/make_added_tokens_fixture.py`).
#[test]
fn folders_that_add_tokens_equal_transformers() {
    let fixture = include_str!("../../../tests/fixtures/added_tokens.json");
    let fixture: Value = serde_json::from_str(fixture).unwrap();
    let (vocabulary, merges) = (vocabulary(300), merges(300));
    let folders = fixture["folders"].as_array().unwrap();
    assert_eq!(folders.len(), 18);
    for folder in folders {
        let file = |name: &str| {
            folder["files"]
                .get(name)
                .map(|json| json.to_string().into_bytes())
        };
        let [special_tokens_map, tokenizer_config, added_tokens] = [
            "special_tokens_map.json",
            "tokenizer_config.json",
            "added_tokens.json",
        ]
        .map(file);
        let json = tokenizer_json(&VocabularyFiles {
            special_tokens_map: special_tokens_map.as_deref(),
            tokenizer_config: tokenizer_config.as_deref(),
            added_tokens: added_tokens.as_deref(),
            ..VocabularyFiles::new(&vocabulary, &merges)
        });
        let tokenizer = Tokenizer::hugging_face(&json.unwrap(), 813, &config(820, 77)).unwrap();
        let texts = fixture["texts"].as_array().unwrap();
        for (text, ids) in texts.iter().zip(folder["ids"].as_array().unwrap()) {
            let found = tokenizer.sequence(text.as_str().unwrap()).unwrap();
            assert_eq!(json!(found), *ids, "{text} with {}", folder["files"]);
        }
    }
}

#[test]
fn texts_with_added_tokens_get_the_ids_of_the_library() {
    let seed = rand::random();
    let mut random = StdRng::seed_from_u64(seed);
    let mut compared = 0;
    for _ in 0..200 {
        let mut file: Value = serde_json::from_str(TOKENIZER_JSON).unwrap();
        let added: Vec<Value> = (0..random.random_range(0..5))
            .map(|_| {
                let [single_word, lstrip, rstrip, normalized, special] =
                    std::array::from_fn(|_| random.random_bool(0.4));
                json!({
                    "id": 900, "content": CONTENTS.choose(&mut random).unwrap(),
                    "single_word": single_word, "lstrip": lstrip, "rstrip": rstrip,
                    "normalized": normalized, "special": special,
                })
            })
            .collect();
        file["added_tokens"] = json!(added);
        file["truncation"] = Value::Null;
        let ours = Tokenizer::hugging_face(file.to_string().as_bytes(), 813, &config(900, 512));
        // The library ignores the ids of a file only if the tokens are added by a call.
        file["added_tokens"] = json!([]);
        let mut library: tokenizers::Tokenizer = file.to_string().parse().unwrap();
        let added = added
            .into_iter()
            .map(|token| serde_json::from_value(token).unwrap());
        // It refuses two tokens that are equal after cleaning.
        if library.add_tokens(added).is_err() {
            continue;
        }
        compared += 1;
        let ours = ours.unwrap();
        for _ in 0..100 {
            let text: String = (0..random.random_range(0..10))
                .map(|_| *SNIPPETS.choose(&mut random).unwrap())
                .collect();
            let expected = library.encode_fast(text.as_str(), true).unwrap();
            assert_eq!(
                ours.sequence(&text).unwrap(),
                expected.get_ids(),
                "{text:?} with {}, seed {seed}",
                json!(library.get_added_vocabulary())
            );
        }
    }
    assert!(compared > 50, "{compared} tokenizers, seed {seed}");
}
