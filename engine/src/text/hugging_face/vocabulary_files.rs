//! Folders with vocab.json and merges.txt instead of a tokenizer.json.

use serde_json::{Map, Value, json};

use super::tokenizer_json::{LEGACY_WORDS, read};
use crate::text::error::{TokenizerError, unusable};
use crate::text::open_clip::vocabulary;

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

/// The files of a folder without tokenizer.json.
#[derive(Clone, Copy)]
pub struct VocabularyFiles<'a> {
    /// `vocab.json`.
    pub vocabulary: &'a [u8],
    /// `merges.txt`.
    pub merges: &'a str,
    /// `special_tokens_map.json`.
    pub special_tokens_map: Option<&'a [u8]>,
    /// `tokenizer_config.json`.
    pub tokenizer_config: Option<&'a [u8]>,
    /// `added_tokens.json`.
    pub added_tokens: Option<&'a [u8]>,
}

impl<'a> VocabularyFiles<'a> {
    /// The two files that every such folder has.
    pub fn new(vocabulary: &'a [u8], merges: &'a str) -> Self {
        Self {
            vocabulary,
            merges,
            special_tokens_map: None,
            tokenizer_config: None,
            added_tokens: None,
        }
    }
}

/// The tokenizer.json that transformers' `CLIPTokenizer` (5.23) makes of these files
/// (`tokenization_utils_base.py`, `_from_pretrained`).
///
/// If `tokenizer_config.json` has an `added_tokens_decoder`, it alone says which tokens are special
/// and added. Otherwise `special_tokens_map.json` takes precedence over it, and `added_tokens.json`
/// adds tokens.
///
/// # Errors
/// [`TokenizerError::Damaged`] if a file is not what its name says or lacks a special token.
pub fn tokenizer_json(files: &VocabularyFiles<'_>) -> Result<Vec<u8>, TokenizerError> {
    let vocabulary = object(Some(files.vocabulary))?;
    let merges: Vec<[&str; 2]> = files
        .merges
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with("#version"))
        .map(|line| line.split_once(' ').map(<[&str; 2]>::from))
        .collect::<Option<_>>()
        .ok_or_else(|| unusable(&"a line of its merges.txt is not two tokens"))?;
    let config = object(files.tokenizer_config)?;
    let decoder = config
        .get("added_tokens_decoder")
        .and_then(Value::as_object);
    let special_tokens_map = match decoder {
        Some(_) => Map::new(),
        None => object(files.special_tokens_map)?,
    };
    let given = |name: &str| {
        let found = [&special_tokens_map, &config].into_iter();
        found
            .filter_map(|file| file.get(name))
            .find(|token| !token.is_null())
    };
    let token = |name: &str| {
        let known = || {
            let (_, content) = SPECIAL_TOKENS.iter().find(|(known, _)| *known == name)?;
            content.map(Value::from)
        };
        given(name).cloned().or_else(known)
    };
    let single = SPECIAL_TOKENS.iter().filter_map(|(name, _)| token(name));
    let several = ["additional_special_tokens", "extra_special_tokens"].into_iter();
    let several = several.filter_map(|name| given(name)?.as_array()).flatten();
    let several: Vec<&Value> = several.collect();
    let special: Vec<Value> = single
        .chain(several.iter().map(|token| (*token).clone()))
        .map(|token| added_token(&token, true))
        .collect::<Result<_, TokenizerError>>()?;
    let listed = match decoder {
        Some(decoder) => decoded(decoder)?,
        None => {
            let named = SPECIAL_TOKENS.iter().filter_map(|(name, _)| given(name));
            let named = named.chain(several.iter().copied()).map(content);
            let named: Vec<&str> = named.collect::<Result<_, TokenizerError>>()?;
            legacy(&object(files.added_tokens)?, &named)?
        }
    };
    // Tokens with an id come first, and their matching rules apply. Of several special tokens with
    // the same content, the library keeps the last one's rules.
    let is_listed = |token: &Value| {
        listed
            .iter()
            .any(|other| other["content"] == token["content"])
    };
    let special: Vec<Value> = special
        .into_iter()
        .filter(|token| !is_listed(token))
        .collect();
    let added: Vec<Value> = listed.iter().cloned().chain(special).collect();
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

/// The tokenizer.json of OpenAI's vocabulary, as in checkpoints on the Hub, made from its merges.
///
/// # Errors
/// [`TokenizerError::Damaged`] if a merge joins tokens that do not exist yet.
pub fn openai_tokenizer_json(merges: &str) -> Result<Vec<u8>, TokenizerError> {
    let vocabulary = openai_vocabulary(merges)?;
    tokenizer_json(&VocabularyFiles::new(&vocabulary, merges))
}

/// The vocab.json of OpenAI's vocabulary, made from its merges.
///
/// # Errors
/// [`TokenizerError::Damaged`] if a merge joins tokens that do not exist yet.
pub fn openai_vocabulary(merges: &str) -> Result<Vec<u8>, TokenizerError> {
    let (mut tokens, _) = vocabulary(merges)?;
    tokens.extend(["<|startoftext|>", "<|endoftext|>"].map(str::to_owned));
    let ids = tokens.into_iter().zip((0..).map(Value::from));
    let ids: Map<String, Value> = ids.collect();
    read(serde_json::to_vec(&ids))
}

/// Tokens of `added_tokens_decoder`, sorted by id.
fn decoded(decoder: &Map<String, Value>) -> Result<Vec<Value>, TokenizerError> {
    let mut tokens = decoder
        .iter()
        .map(|(id, token)| {
            let id: u32 = id
                .parse()
                .map_err(|_| unusable(&format!("its tokenizer_config.json has no id {id}")))?;
            Ok((id, added_token(token, flag(token, "special"))?))
        })
        .collect::<Result<Vec<(u32, Value)>, TokenizerError>>()?;
    tokens.sort_by_key(|(id, _)| *id);
    Ok(tokens.into_iter().map(|(_, token)| token).collect())
}

/// Tokens of `added_tokens.json`, sorted by id. They match in cleaned text, unless a file names
/// them as special.
fn legacy(ids: &Map<String, Value>, special: &[&str]) -> Result<Vec<Value>, TokenizerError> {
    let mut tokens = ids
        .iter()
        .map(|(content, id)| match id.as_u64() {
            Some(id) => Ok((id, content)),
            None => Err(unusable(&format!(
                "its added_tokens.json gives {content} no id"
            ))),
        })
        .collect::<Result<Vec<(u64, &String)>, TokenizerError>>()?;
    tokens.sort();
    let added = tokens.into_iter().map(|(_, content)| {
        let special = special.contains(&content.as_str());
        added_token(
            &json!({"content": content, "normalized": !special}),
            special,
        )
    });
    added.collect()
}

/// The fields of a JSON object; none without a file.
fn object(bytes: Option<&[u8]>) -> Result<Map<String, Value>, TokenizerError> {
    bytes.map_or(Ok(Map::new()), |bytes| read(serde_json::from_slice(bytes)))
}

/// An added token, from its content alone or from an object with matching rules.
fn added_token(token: &Value, special: bool) -> Result<Value, TokenizerError> {
    Ok(json!({
        "content": content(token)?,
        "single_word": flag(token, "single_word"),
        "lstrip": flag(token, "lstrip"),
        "rstrip": flag(token, "rstrip"),
        "normalized": flag(token, "normalized"),
        "special": special,
    }))
}

fn flag(token: &Value, name: &str) -> bool {
    token[name].as_bool().unwrap_or(false)
}

fn content(token: &Value) -> Result<&str, TokenizerError> {
    token
        .as_str()
        .or_else(|| token["content"].as_str())
        .ok_or_else(|| unusable(&"it names a special or added token without content"))
}
