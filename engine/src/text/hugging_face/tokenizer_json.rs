//! Reads the tokenizer.json of a CLIP.

use std::fmt;

use serde::de::{DeserializeOwned, Error, IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use tokenizers::AddedToken;
use tokenizers::models::bpe::{BPE, Vocab};

use super::pipeline::{NormalizerStep, Parts};
use crate::text::byte_pairs::CACHED_WORDS;
use crate::text::error::{TokenizerError, unusable};
use crate::text::words::Words;

const BYTE_PAIRS: &str = "BPE";
/// Maximum number of cleaning steps; CLIP has three. Each costs time for every text.
const MAX_STEPS: usize = 8;
/// Maximum bytes of a token; CLIP's longest has some dozens. Every token of a text gets a copy.
const MAX_TOKEN: usize = 256;
/// Maximum bytes of the mark at a word's end; CLIP's has four. Every word gets a copy.
const MAX_SUFFIX: usize = 64;

/// CLIP's pattern of words, as transformers' `CLIPTokenizer` writes it.
pub const LEGACY_WORDS: &str =
    r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+";

/// CLIP's patterns of words in the files of its checkpoints, with their names: as transformers
/// wrote it until version 4, and since.
const WORDS: [(&str, [&str; 2]); 2] = [
    (
        r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+",
        ["", ""],
    ),
    (LEGACY_WORDS, ["<|startoftext|>", "<|endoftext|>"]),
];

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    added_tokens: Vec<AddedToken>,
    normalizer: Option<Value>,
    pre_tokenizer: Option<Value>,
    post_processor: Option<Value>,
    model: Model,
}

/// Byte-pair encoding as the library saves it. The library's own reader copies every merge twice.
#[derive(Deserialize)]
struct Model {
    /// Missing in old files, whose model is byte-pair encoding.
    #[serde(rename = "type")]
    kind: Option<String>,
    continuing_subword_prefix: Option<String>,
    dropout: Option<f32>,
    unk_token: Option<String>,
    end_of_word_suffix: Option<String>,
    fuse_unk: Option<bool>,
    byte_fallback: Option<bool>,
    ignore_merges: Option<bool>,
    vocab: Vocab,
    merges: Vec<Merge>,
}

/// `["a", "b"]`, or `"a b"` before version 0.20 of the library.
enum Merge {
    Pair(String, String),
    Line(String),
}

impl<'de> Deserialize<'de> for Merge {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ReadMerge)
    }
}

/// Reads as serde would for an untagged enum, without copying every one of tens of thousands of
/// values.
struct ReadMerge;

impl<'de> Visitor<'de> for ReadMerge {
    type Value = Merge;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("two tokens")
    }

    fn visit_str<E>(self, line: &str) -> Result<Merge, E> {
        Ok(Merge::Line(line.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut tokens: A) -> Result<Merge, A::Error> {
        let (first, second) = (tokens.next_element()?, tokens.next_element()?);
        match (first, second, tokens.next_element::<IgnoredAny>()?) {
            (Some(first), Some(second), None) => Ok(Merge::Pair(first, second)),
            _ => Err(A::Error::custom("one of its merges is not two tokens")),
        }
    }
}

#[derive(Deserialize)]
struct RobertaProcessing {
    sep: (String, u32),
    cls: (String, u32),
}

#[derive(Deserialize)]
struct Split {
    pattern: Pattern,
    behavior: String,
    #[serde(default)]
    invert: bool,
}

#[derive(Deserialize)]
struct Pattern {
    #[serde(rename = "Regex")]
    regex: Option<String>,
}

#[derive(Deserialize)]
struct ByteLevel {
    add_prefix_space: bool,
    #[serde(default = "yes")]
    use_regex: bool,
}

fn yes() -> bool {
    true
}

/// Reads the parts of a tokenizer.json, refusing what no CLIP has.
pub fn parse(json: &[u8]) -> Result<Parts, TokenizerError> {
    let file: File = serde_json::from_slice(json).map_err(|error| unread(json, &error))?;
    let model = file.model;
    if let Some(kind) = &model.kind
        && kind != BYTE_PAIRS
    {
        return Err(unsupported("model", kind));
    }
    let prefix = &model.continuing_subword_prefix;
    if prefix.as_ref().is_some_and(|prefix| !prefix.is_empty()) {
        // The library panics if a merge is shorter than the prefix.
        return Err(unsupported("model", "BPE with a prefix within words"));
    }
    let suffix = &model.end_of_word_suffix;
    if suffix
        .as_ref()
        .is_some_and(|suffix| suffix.len() > MAX_SUFFIX)
    {
        return Err(unsupported("model", "BPE with a long mark at a word's end"));
    }
    let mut normalizer = Vec::new();
    read_normalizer(file.normalizer, &mut normalizer)?;
    let words = read_pre_tokenizer(file.pre_tokenizer)?;
    let post_processor = file.post_processor.unwrap_or_default();
    let RobertaProcessing { sep, cls } = match kind(&post_processor) {
        "RobertaProcessing" => part(post_processor)?,
        other => return Err(unsupported("post-processor", other)),
    };
    if model.dropout.is_some_and(|dropout| dropout > 0.0) {
        return Err(unsupported("model", "BPE with dropout"));
    }
    let highest = model.vocab.values().copied().max();
    let model = byte_pairs(model)?;
    Ok(Parts {
        normalizer,
        words,
        model,
        highest: highest.unwrap_or(0),
        added_tokens: file.added_tokens,
        start: cls.1,
        end: sep.1,
    })
}

/// Why a file cannot be read. A model of another kind has other fields, so its kind is reported
/// first.
fn unread(json: &[u8], error: &serde_json::Error) -> TokenizerError {
    #[derive(Deserialize)]
    struct File {
        model: Model,
    }
    #[derive(Deserialize)]
    struct Model {
        #[serde(rename = "type")]
        kind: String,
    }
    match serde_json::from_slice::<File>(json) {
        Ok(file) if file.model.kind != BYTE_PAIRS => unsupported("model", &file.model.kind),
        _ => unusable(error),
    }
}

/// Shortens a CLIP's tokenizer.json without changing its meaning: drops white space, and writes
/// each merge as one string, as the library did before version 0.20.
///
/// # Errors
/// [`TokenizerError::Damaged`] if it is not JSON.
pub fn compact_tokenizer_json(json: &[u8]) -> Result<Vec<u8>, TokenizerError> {
    let mut file: Value = read(serde_json::from_slice(json))?;
    let merges = file.pointer_mut("/model/merges");
    for merge in merges.and_then(Value::as_array_mut).into_iter().flatten() {
        let tokens = merge.as_array().map(Vec::as_slice);
        if let Some([Value::String(first), Value::String(second)]) = tokens
            && ![first, second].iter().any(|token| token.contains(' '))
        {
            *merge = Value::String(format!("{first} {second}"));
        }
    }
    read(serde_json::to_vec(&file))
}

fn byte_pairs(model: Model) -> Result<BPE, TokenizerError> {
    let merges = model.merges.into_iter().filter_map(|merge| match merge {
        Merge::Pair(first, second) => Some(Ok((first, second))),
        Merge::Line(line) if line.starts_with("#version") => None,
        Merge::Line(line) => Some(match line.split_once(' ') {
            Some((first, second)) => Ok((first.to_owned(), second.to_owned())),
            None => Err(unusable(&"one of its merges is not two tokens")),
        }),
    });
    let merges = merges.collect::<Result<Vec<(String, String)>, _>>()?;
    if model.vocab.keys().any(|token| token.len() > MAX_TOKEN) {
        let reason = format!("its vocabulary has a token of more than {MAX_TOKEN} bytes");
        return Err(unusable(&reason));
    }
    // The library panics if a merge makes a token that is longer than all of the vocabulary.
    let longest = model.vocab.keys().map(String::len).max().unwrap_or(0);
    if let Some((first, second)) = merges
        .iter()
        .find(|(first, second)| first.len() + second.len() > longest)
    {
        let reason = format!("its vocabulary lacks {first}{second}, which one of its merges makes");
        return Err(unusable(&reason));
    }
    let mut builder = BPE::builder()
        .vocab_and_merges(model.vocab, merges)
        .cache_capacity(CACHED_WORDS)
        .fuse_unk(model.fuse_unk.unwrap_or(false))
        .byte_fallback(model.byte_fallback.unwrap_or(false))
        .ignore_merges(model.ignore_merges.unwrap_or(false));
    if let Some(token) = model.unk_token {
        builder = builder.unk_token(token);
    }
    if let Some(suffix) = model.end_of_word_suffix {
        builder = builder.end_of_word_suffix(suffix);
    }
    builder.build().map_err(|error| unusable(&error))
}

fn read_normalizer(
    value: Option<Value>,
    steps: &mut Vec<NormalizerStep>,
) -> Result<(), TokenizerError> {
    let Some(mut value) = value else {
        return Ok(());
    };
    let step = match kind(&value) {
        "Sequence" => {
            let parts: Vec<Value> = part(value["normalizers"].take())?;
            return parts
                .into_iter()
                .try_for_each(|part| read_normalizer(Some(part), steps));
        }
        "NFC" => NormalizerStep::Compose,
        "Lowercase" => NormalizerStep::Lowercase,
        "Replace" if value["pattern"]["Regex"] == r"\s+" && value["content"] == " " => {
            NormalizerStep::JoinSpaces
        }
        "Replace" => return Err(unsupported("normalizer", "Replace of non-space text")),
        other => return Err(unsupported("normalizer", other)),
    };
    if steps.len() == MAX_STEPS {
        return Err(unusable(&format!("it has more than {MAX_STEPS} steps")));
    }
    steps.push(step);
    Ok(())
}

/// Reads a split by CLIP's pattern, then into bytes.
fn read_pre_tokenizer(value: Option<Value>) -> Result<Words, TokenizerError> {
    let mut value = value.unwrap_or_default();
    let parts: Vec<Value> = match kind(&value) {
        "Sequence" => part(value["pretokenizers"].take())?,
        other => return Err(unsupported("pre-tokenizer", other)),
    };
    let kinds: Vec<&str> = parts.iter().map(kind).collect();
    if kinds != ["Split", "ByteLevel"] {
        return Err(unsupported("pre-tokenizer", &kinds.join(" and ")));
    }
    let [split, bytes] = [0, 1].map(|index| parts[index].clone());
    let Split {
        pattern,
        behavior,
        invert,
    } = part(split)?;
    let Some(pattern) = pattern.regex else {
        return Err(unsupported("pre-tokenizer", "Split by a plain text"));
    };
    let known = WORDS.iter().find(|(known, _)| *known == pattern);
    let Some((_, names)) = known else {
        return Err(unsupported("pattern", &pattern));
    };
    if behavior != "Removed" || !invert {
        return Err(unsupported("pre-tokenizer", "Split that drops words"));
    }
    let ByteLevel {
        add_prefix_space,
        use_regex,
    } = part(bytes)?;
    if add_prefix_space || !use_regex {
        return Err(unsupported(
            "pre-tokenizer",
            "ByteLevel with other settings",
        ));
    }
    Ok(Words {
        names: *names,
        either_case: false,
        dropped: None,
    })
}

/// The library's name for a part's kind.
fn kind(value: &Value) -> &str {
    value["type"].as_str().unwrap_or("nothing")
}

fn part<T: DeserializeOwned>(value: Value) -> Result<T, TokenizerError> {
    read(serde_json::from_value(value))
}

pub fn read<T>(result: serde_json::Result<T>) -> Result<T, TokenizerError> {
    result.map_err(|error| unusable(&error))
}

fn unsupported(part: &str, kind: &str) -> TokenizerError {
    TokenizerError::Unsupported {
        part: part.to_owned(),
        kind: kind.to_owned(),
    }
}
