//! Token ids against open_clip's `SimpleTokenizer` and Hugging Face's `CLIPTokenizer`
//! (`tests/fixtures/make_text_fixtures.py`), natively and in the browser, which composes letters by
//! tables of its own.

#[cfg(not(target_arch = "wasm32"))]
mod added_tokens;
mod random_strings;
mod refused;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use glance_engine::TextConfig;
use glance_engine::text::{
    MAX_CHARACTERS, Tokenizer, VocabularyFiles, compact_tokenizer_json, tokenizer_json,
};
use random_strings::Strings;
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);

/// The end token of OpenAI's and Hugging Face's checkpoints.
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
    /// Missing if it is the same.
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
    /// One digest for each block.
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

/// The first `count` of OpenAI's merges, one a line.
fn merges(count: usize) -> String {
    let merges = include_str!("../../data/clip_merges.txt");
    merges.split_inclusive('\n').take(count).collect()
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

fn open_clip(count: usize, context_length: usize) -> Tokenizer {
    let config = config(count + 514, context_length);
    Tokenizer::new(&merges(count), &config).unwrap()
}

/// OpenAI's vocabulary of `count` merges, as a vocab.json.
fn vocabulary(count: usize) -> Vec<u8> {
    let small: Value = serde_json::from_str(TOKENIZER_JSON).unwrap();
    let small: BTreeMap<String, usize> =
        serde_json::from_value(small["model"]["vocab"].clone()).unwrap();
    let symbols = small.into_iter().filter(|(_, id)| *id < 512);
    let merges = merges(count);
    let merged = merges.lines().map(|line| line.replace(' ', ""));
    let ends = ["<|startoftext|>", "<|endoftext|>"].map(String::from);
    let vocabulary: BTreeMap<String, usize> =
        symbols.chain(merged.chain(ends).zip(512..)).collect();
    serde_json::to_vec(&vocabulary).unwrap()
}

fn hugging_face(count: usize, context_length: usize) -> Tokenizer {
    let json = tokenizer_json(&VocabularyFiles::new(&vocabulary(count), &merges(count))).unwrap();
    hugging_face_of(&json, count, context_length)
}

fn hugging_face_of(json: &[u8], count: usize, context_length: usize) -> Tokenizer {
    let config = config(count + 514, context_length);
    Tokenizer::hugging_face(json, EOS_TOKEN_ID, &config).unwrap()
}

#[test]
fn a_compact_file_gives_the_same_ids() {
    for table in hard_strings().tables {
        let json = tokenizer_json(&VocabularyFiles::new(
            &vocabulary(table.merges),
            &merges(table.merges),
        ))
        .unwrap();
        let compact = compact_tokenizer_json(&json).unwrap();
        assert!(compact.len() < json.len());
        let [whole, compact] =
            [&json, &compact].map(|json| hugging_face_of(json, table.merges, 77));
        for case in &table.cases {
            assert_eq!(
                compact.sequence(&case.text).unwrap(),
                whole.sequence(&case.text).unwrap(),
                "{:?}",
                case.text
            );
        }
    }
}

/// Such files are left to their reader, which refuses them.
#[test]
fn what_is_no_tokenizer_is_made_compact_unchanged() {
    for json in [
        "[1]",
        "3",
        r#"{"model":[]}"#,
        r#"{"model":{"merges":[["a b","c"],["d"],7]}}"#,
    ] {
        assert_eq!(
            compact_tokenizer_json(json.as_bytes()).unwrap(),
            json.as_bytes()
        );
    }
    assert!(compact_tokenizer_json(b"{").is_err());
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
fn tokenizers_from_files_equal_transformers() {
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
    let merges = format!("#version: 0.2\n{}", merges(300));
    assert_eq!(folders.len(), 3);
    for folder in &folders {
        let special_tokens = folder.special_tokens.as_ref().map(Value::to_string);
        let special_tokens = special_tokens.as_ref().map(String::as_bytes);
        let vocabulary = vocabulary(300);
        let files = VocabularyFiles {
            special_tokens_map: special_tokens,
            ..VocabularyFiles::new(&vocabulary, &merges)
        };
        let json = tokenizer_json(&files).unwrap();
        check(&json, folder, 815);
    }
    check(TOKENIZER_JSON.as_bytes(), &folders[1], 814);
}

#[test]
fn a_text_ends_at_the_token_that_is_pooled() {
    let spelled = "a cat<end_of_text> b";
    let open_clip = open_clip(48_894, 77);
    let whole = open_clip.sequence(spelled).unwrap();
    assert_eq!(whole, [49406, 320, 2368, 49407, 321, 49407]);
    assert_eq!(open_clip.encode(spelled).unwrap().ids, whole[..4]);

    let spelled = "a cat<|endoftext|> b";
    let json = tokenizer_json(&VocabularyFiles::new(&vocabulary(48_894), &merges(48_894))).unwrap();
    for (eos_token_id, length) in [(EOS_TOKEN_ID, 4), (2, 4), (320, 2), (321, 5), (7, 1)] {
        let config = config(49408, 77);
        let tokenizer = Tokenizer::hugging_face(&json, eos_token_id, &config).unwrap();
        assert_eq!(tokenizer.sequence(spelled).unwrap(), whole);
        let tokens = tokenizer.encode(spelled).unwrap();
        assert_eq!(tokens.ids, whole[..length], "{eos_token_id}");
        assert!(!tokens.truncated);
    }
}

#[test]
fn the_longest_texts_are_cut_in_both_families() {
    let tokenizers = [open_clip(8_190, 77), hugging_face(8_190, 77)];
    // Each would take minutes if a step took quadratic time.
    for (start, unit) in [
        ("", "9"),
        ("", "🐱"),
        ("Ж ", "Ã©"),
        ("", "\u{81}é"),
        ("", "âÃ€"),
        ("a", "\u{301}\u{323}"),
        ("", "Σ:"),
        ("&", "amp;"),
        ("", "<end_of_text><|endoftext|>"),
    ] {
        let text = start.chars().chain(unit.chars().cycle());
        let text: String = text.take(MAX_CHARACTERS).collect();
        for tokenizer in &tokenizers {
            let tokens = tokenizer.encode(&text).unwrap();
            assert!(
                tokens.truncated && tokens.ids.len() <= 77,
                "{start:?} {unit:?}"
            );
        }
    }
}
