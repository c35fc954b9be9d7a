//! Reads the vocabulary of a checkpoint.

use serde::Deserialize;

use super::files::{CheckpointFiles, read_small, size_of};
use crate::config::ConfigError;
use crate::text::{VocabularyFiles, compact_tokenizer_json, openai_vocabulary, tokenizer_json};
use crate::weights::error::WeightsError;

/// Tokens of a vocabulary that are not merges: 256 bytes, 256 bytes at a word's end, start and end.
const FIXED_TOKENS: usize = 514;

/// Vocabularies of BERT and of SentencePiece. OpenAI's would be wrong in their place.
const OTHER_VOCABULARIES: [&str; 4] = [
    "vocab.txt",
    "spiece.model",
    "sentencepiece.bpe.model",
    "tokenizer.model",
];

/// The compact tokenizer.json of a Hugging Face checkpoint: its own, one made from its vocabulary
/// files, or that of OpenAI's vocabulary.
pub(super) async fn hugging_face(
    files: &impl CheckpointFiles,
    vocabulary: usize,
) -> Result<Vec<u8>, WeightsError> {
    Ok(compact_tokenizer_json(&found(files, vocabulary).await?)?)
}

async fn found(files: &impl CheckpointFiles, vocabulary: usize) -> Result<Vec<u8>, WeightsError> {
    if let Some(json) = read_small(files, "tokenizer.json").await? {
        return Ok(json);
    }
    let (json, merges) = match read_small(files, "vocab.json").await? {
        Some(json) => {
            let merges = read_small(files, "merges.txt").await?;
            let merges = merges.ok_or_else(|| refuse("it holds vocab.json and no merges.txt"))?;
            (json, text(merges)?)
        }
        None => {
            let merges = merges(files, vocabulary).await?;
            (openai_vocabulary(&merges)?, merges)
        }
    };
    let special_tokens_map = read_small(files, "special_tokens_map.json").await?;
    let tokenizer_config = read_small(files, "tokenizer_config.json").await?;
    let added_tokens = read_small(files, "added_tokens.json").await?;
    let json = tokenizer_json(&VocabularyFiles {
        vocabulary: &json,
        merges: &merges,
        special_tokens_map: special_tokens_map.as_deref(),
        tokenizer_config: tokenizer_config.as_deref(),
        added_tokens: added_tokens.as_deref(),
    })?;
    Ok(json)
}

/// As many merges as the vocabulary needs: from `merges.txt`, `tokenizer.json`, or OpenAI's.
pub(super) async fn merges(
    files: &impl CheckpointFiles,
    vocabulary: usize,
) -> Result<String, WeightsError> {
    let count = vocabulary.checked_sub(FIXED_TOKENS).ok_or(ConfigError {
        field: "text.vocabulary_size",
        value: vocabulary,
    })?;
    let merges = if let Some(bytes) = read_small(files, "merges.txt").await? {
        text(bytes)?
    } else if let Some(bytes) = read_small(files, "tokenizer.json").await? {
        tokenizer_merges(&bytes)
            .map_err(|error| WeightsError::Checkpoint(format!("its tokenizer.json: {error}")))?
    } else if let Some(other) = OTHER_VOCABULARIES
        .iter()
        .find(|name| size_of(files, name).is_some())
    {
        return Err(refuse(&format!(
            "its vocabulary is in {other}, which no CLIP that this version knows uses"
        )));
    } else {
        files.openai_merges().await?
    };
    let lines = merges
        .lines()
        .filter(|line| !line.starts_with("#version") && !line.trim().is_empty());
    let lines: Vec<&str> = lines.take(count).collect();
    if lines.len() < count {
        return Err(WeightsError::Checkpoint(format!(
            "its vocabulary of {vocabulary} needs {count} merges, but there are {}",
            lines.len()
        )));
    }
    Ok(lines.iter().flat_map(|line| [line, "\n"]).collect())
}

/// Merges as the `tokenizers` library writes them: `"a b"`, or `["a", "b"]` since 0.20.
fn tokenizer_merges(bytes: &[u8]) -> serde_json::Result<String> {
    #[derive(Deserialize)]
    struct Tokenizer {
        model: Model,
    }
    #[derive(Deserialize)]
    struct Model {
        merges: Vec<Merge>,
    }
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "one of its merges is not two tokens")]
    enum Merge {
        Line(String),
        Pair(String, String),
    }
    let tokenizer: Tokenizer = serde_json::from_slice(bytes)?;
    let lines = tokenizer.model.merges.into_iter().map(|merge| match merge {
        Merge::Line(line) => line + "\n",
        Merge::Pair(first, second) => format!("{first} {second}\n"),
    });
    Ok(lines.collect())
}

fn text(merges: Vec<u8>) -> Result<String, WeightsError> {
    String::from_utf8(merges).map_err(|_| refuse("its merges.txt is not UTF-8"))
}

fn refuse(reason: &str) -> WeightsError {
    WeightsError::Checkpoint(reason.to_owned())
}
