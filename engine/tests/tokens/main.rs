//! Token ids against open_clip's `SimpleTokenizer` and Hugging Face's `CLIPTokenizer`
//! (`tests/fixtures/make_text_fixtures.py`).

#![cfg(not(target_arch = "wasm32"))]

mod random_strings;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use glance_engine::TextConfig;
use glance_engine::text::{Tokenizer, openai_merges, tokenizer_json};
use random_strings::Strings;
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

/// Of OpenAI's and Hugging Face's checkpoints.
const EOS_TOKEN_ID: u32 = 49407;

/// A tokenizer that transformers saved; its vocabulary begins with the symbols of all bytes.
const TOKENIZER_JSON: &str = include_str!("../../../tests/fixtures/tokenizer.json");

#[derive(Deserialize)]
struct HardStrings {
    tables: Vec<Table>,
    folders: Vec<Folder>,
}

#[derive(Deserialize)]
struct Table {
    merges: usize,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    text: String,
    open_clip: Vec<u32>,
    /// Absent where it is the same.
    hugging_face: Option<Vec<u32>>,
}

/// Files of a checkpoint without tokenizer.json, and the ids of every fourth hard string.
#[derive(Deserialize)]
struct Folder {
    special_tokens: Option<Value>,
    ids: Vec<Vec<u32>>,
}

#[derive(Deserialize)]
struct RandomStrings {
    block: u64,
    /// Strings with characters newer than the reference's tables.
    skipped: Vec<u64>,
    /// A digest a block.
    open_clip: Vec<String>,
    hugging_face: Vec<String>,
    charmaps: Vec<String>,
    entities: Vec<String>,
    ranges: Vec<(u32, u32)>,
    snippets: Vec<String>,
}

fn hard_strings() -> HardStrings {
    let json = include_str!("../../../tests/fixtures/text_tokens.json");
    serde_json::from_str(json).unwrap()
}

fn config(vocabulary_size: usize, context_length: usize) -> TextConfig {
    TextConfig {
        context_length,
        vocabulary_size,
        width: 64,
        layers: 1,
        heads: 1,
        mlp_width: 256,
    }
}

fn open_clip(merges: usize, context_length: usize) -> Tokenizer {
    let config = config(merges + 514, context_length);
    Tokenizer::new(openai_merges(merges), &config).unwrap()
}

/// OpenAI's vocabulary of that many merges, as a vocab.json.
fn vocabulary(merges: usize) -> Vec<u8> {
    let small: Value = serde_json::from_str(TOKENIZER_JSON).unwrap();
    let small: BTreeMap<String, usize> =
        serde_json::from_value(small["model"]["vocab"].clone()).unwrap();
    let symbols = small.into_iter().filter(|(_, id)| *id < 512);
    let merged = openai_merges(merges)
        .lines()
        .map(|line| line.replace(' ', ""));
    let ends = ["<|startoftext|>", "<|endoftext|>"].map(String::from);
    let vocabulary: BTreeMap<String, usize> =
        symbols.chain(merged.chain(ends).zip(512..)).collect();
    serde_json::to_vec(&vocabulary).unwrap()
}

fn hugging_face(merges: usize, context_length: usize) -> Tokenizer {
    let json = tokenizer_json(&vocabulary(merges), openai_merges(merges), None).unwrap();
    let config = config(merges + 514, context_length);
    Tokenizer::hugging_face(&json, EOS_TOKEN_ID, &config).unwrap()
}

#[test]
fn hard_strings_get_the_ids_of_both_references() {
    let tables = hard_strings().tables;
    assert_eq!(tables.len(), 2);
    assert!(tables[0].cases.len() >= 300);
    let mut wrong = String::new();
    for table in tables {
        let open_clip = open_clip(table.merges, 77);
        let hugging_face = hugging_face(table.merges, 77);
        for case in &table.cases {
            let expected = case.hugging_face.as_ref().unwrap_or(&case.open_clip);
            for (name, tokenizer, expected) in [
                ("open_clip", &open_clip, &case.open_clip),
                ("Hugging Face", &hugging_face, expected),
            ] {
                let ids = tokenizer.sequence(&case.text).unwrap();
                if ids != *expected {
                    writeln!(wrong, "{name} {:?}: {ids:?}, not {expected:?}", case.text).unwrap();
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn random_strings_get_the_ids_of_both_references() {
    let json = include_str!("../../../tests/fixtures/random_tokens.json");
    let expected: RandomStrings = serde_json::from_str(json).unwrap();
    let fragments = hard_strings().tables.swap_remove(0).cases;
    let fragments = fragments.into_iter().map(|case| case.text);
    let strings = Strings {
        fragments: fragments
            .map(|text| text.chars().collect::<Vec<char>>())
            .filter(|text| (1..=60).contains(&text.len()))
            .collect(),
        charmaps: (expected.charmaps.iter())
            .map(|map| map.chars().collect())
            .collect(),
        entities: expected.entities,
        ranges: expected.ranges,
        snippets: expected.snippets,
    };
    assert!(expected.block * expected.open_clip.len() as u64 >= 100_000);
    let mut wrong = String::new();
    for (name, digests, tokenizer) in [
        ("open_clip", expected.open_clip, open_clip(48_894, 4096)),
        (
            "Hugging Face",
            expected.hugging_face,
            hugging_face(48_894, 4096),
        ),
    ] {
        for (block, expected_digest) in (0..).zip(&digests) {
            let mut digest = Sha256::new();
            for index in block * expected.block..(block + 1) * expected.block {
                if expected.skipped.contains(&index) {
                    continue;
                }
                let ids = tokenizer.sequence(&strings.string(index)).unwrap();
                digest.update((ids.len() as u32).to_le_bytes());
                ids.iter().for_each(|id| digest.update(id.to_le_bytes()));
            }
            let digest: String = (digest.finalize()[..8].iter())
                .map(|byte| format!("{byte:02x}"))
                .collect();
            if digest != *expected_digest {
                write!(wrong, "{name} {block}, ").unwrap();
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "make_text_fixtures.py --block shows the reference's ids of these blocks: {wrong}"
    );
}

#[test]
fn files_of_a_checkpoint_make_the_tokenizer_that_transformers_makes() {
    let HardStrings { tables, folders } = hard_strings();
    let texts: Vec<&str> = (tables[0].cases.iter().step_by(4))
        .map(|case| case.text.as_str())
        .collect();
    let check = |json: &[u8], folder: &Folder, size: usize| {
        let tokenizer = Tokenizer::hugging_face(json, 813, &config(size, 77)).unwrap();
        assert_eq!(texts.len(), folder.ids.len());
        for (text, ids) in texts.iter().zip(&folder.ids) {
            let special_tokens = &folder.special_tokens;
            assert_eq!(
                tokenizer.sequence(text).unwrap(),
                *ids,
                "{text:?} {special_tokens:?}"
            );
        }
    };
    let merges = format!("#version: 0.2\n{}", openai_merges(300));
    assert_eq!(folders.len(), 3);
    for folder in &folders {
        let special_tokens = folder.special_tokens.as_ref().map(Value::to_string);
        let special_tokens = special_tokens.as_ref().map(String::as_bytes);
        let json = tokenizer_json(&vocabulary(300), &merges, special_tokens).unwrap();
        check(&json, folder, 815);
    }
    check(TOKENIZER_JSON.as_bytes(), &folders[1], 814);
}
