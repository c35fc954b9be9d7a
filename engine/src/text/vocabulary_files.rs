//! Folders with vocab.json and merges.txt in place of a tokenizer.json.

use serde_json::{Map, Value, json};

use super::error::{TokenizerError, unusable};
use super::open_clip::vocabulary;
use super::tokenizer_json::{LEGACY_WORDS, read};

/// Special tokens with their default, in the order in which transformers adds them.
const SPECIAL_TOKENS: [(&str, Option<&str>); 7] = [
    ("bos_token", Some("<|startoftext|>")),
    ("eos_token", Some("<|endoftext|>")),
    ("unk_token", Some("<|endoftext|>")),
    ("sep_token", None),
    ("pad_token", Some("<|endoftext|>")),
    ("cls_token", None),
    ("mask_token", None),
];

/// The tokenizer.json that transformers' `CLIPTokenizer` (5.23) makes of vocab.json, merges.txt
/// and, where the folder has one, special_tokens_map.json.
///
/// # Errors
/// [`TokenizerError::Damaged`] where a file is not what its name says or lacks a special token.
pub fn tokenizer_json(
    vocabulary: &[u8],
    merges: &str,
    special_tokens: Option<&[u8]>,
) -> Result<Vec<u8>, TokenizerError> {
    let vocabulary: Map<String, Value> = read(serde_json::from_slice(vocabulary))?;
    let merges: Vec<[&str; 2]> = merges
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("#version"))
        .map(|line| line.split_once(' ').map(<[&str; 2]>::from))
        .collect::<Option<_>>()
        .ok_or_else(|| unusable(&"a line of its merges.txt is not two tokens"))?;
    let given: Map<String, Value> = match special_tokens {
        Some(json) => read(serde_json::from_slice(json))?,
        None => Map::new(),
    };
    let token = |name: &str| match given.get(name) {
        None | Some(Value::Null) => SPECIAL_TOKENS
            .iter()
            .find(|(known, _)| *known == name)
            .and_then(|(_, content)| content.map(Value::from)),
        token => token.cloned(),
    };
    let several = given.get("additional_special_tokens");
    let several = several.and_then(Value::as_array).into_iter().flatten();
    let single = SPECIAL_TOKENS.iter().filter_map(|(name, _)| token(name));
    // Of several with the same content the library keeps the last one's way of matching.
    let added = single
        .chain(several.cloned())
        .map(|token| added_token(&token))
        .collect::<Result<Vec<Value>, TokenizerError>>()?;
    let bound = |name: &str| {
        let token = token(name).unwrap_or_default();
        let content = content(&token)?.to_owned();
        match vocabulary.get(&content) {
            Some(id) => Ok(json!([content, id])),
            None => Err(unusable(&format!("its vocab.json lacks {content}"))),
        }
    };
    let (start, end) = (bound("bos_token")?, bound("eos_token")?);
    let unknown = bound("unk_token")?[0].take();
    let file = json!({
        "version": "1.0",
        "added_tokens": added,
        "normalizer": {"type": "Sequence", "normalizers": [
            {"type": "NFC"},
            {"type": "Replace", "pattern": {"Regex": r"\s+"}, "content": " "},
            {"type": "Lowercase"},
        ]},
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": LEGACY_WORDS}, "behavior": "Removed", "invert": true},
            {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true},
        ]},
        "post_processor": {
            "type": "RobertaProcessing", "sep": end, "cls": start,
            "trim_offsets": false, "add_prefix_space": false,
        },
        "model": {
            "type": "BPE", "unk_token": unknown, "continuing_subword_prefix": "",
            "end_of_word_suffix": "</w>", "vocab": vocabulary, "merges": merges,
        },
    });
    read(serde_json::to_vec(&file))
}

/// The tokenizer.json of OpenAI's vocabulary, as the checkpoints on the Hub have it, from its merges.
///
/// # Errors
/// [`TokenizerError::Damaged`] where a merge joins tokens that do not exist yet.
pub fn openai_tokenizer_json(merges: &str) -> Result<Vec<u8>, TokenizerError> {
    let (mut tokens, _) = vocabulary(merges)?;
    tokens.extend(["<|startoftext|>", "<|endoftext|>"].map(str::to_owned));
    let ids = tokens.into_iter().zip((0..).map(Value::from));
    let ids: Map<String, Value> = ids.collect();
    tokenizer_json(&read(serde_json::to_vec(&ids))?, merges, None)
}

/// A token given by its content alone, or with the way it matches.
fn added_token(token: &Value) -> Result<Value, TokenizerError> {
    let flag = |name: &str| token[name].as_bool().unwrap_or(false);
    Ok(json!({
        "content": content(token)?,
        "single_word": flag("single_word"),
        "lstrip": flag("lstrip"),
        "rstrip": flag("rstrip"),
        "normalized": flag("normalized"),
        "special": true,
    }))
}

fn content(token: &Value) -> Result<&str, TokenizerError> {
    token
        .as_str()
        .or_else(|| token["content"].as_str())
        .ok_or_else(|| unusable(&"its special_tokens_map.json names a token without content"))
}
