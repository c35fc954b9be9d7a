//! Reading a tokenizer.json of CLIP's kind.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokenizers::AddedToken;
use tokenizers::models::bpe::BPE;
use tokenizers::processors::roberta::RobertaProcessing;

use super::hugging_face::{NormalizerStep, Parts, PreTokenizerStep, Steps};
use super::unusable;
use crate::weights::WeightsError;

/// Steps of cleaning and of splitting; CLIP has three and two. Each costs time with every text.
const MAX_STEPS: usize = 8;

/// Everything but the model, read first to tell what kind of tokenizer this is.
#[derive(Deserialize)]
struct Pipeline {
    #[serde(default)]
    added_tokens: Vec<AddedToken>,
    normalizer: Option<Value>,
    pre_tokenizer: Option<Value>,
    post_processor: Option<Value>,
    model: Kind,
}

#[derive(Deserialize)]
struct Kind {
    /// Absent from old files, whose model was byte-pair encoding.
    #[serde(rename = "type")]
    kind: Option<String>,
    continuing_subword_prefix: Option<String>,
}

#[derive(Deserialize)]
struct WithModel {
    model: BPE,
}

/// Reads the parts of a tokenizer.json, refusing what no CLIP has.
pub(super) fn parse(json: &[u8]) -> Result<Parts, WeightsError> {
    let pipeline: Pipeline = read(serde_json::from_slice(json))?;
    if let Some(kind) = pipeline.model.kind
        && kind != "BPE"
    {
        return Err(unsupported("model", &kind));
    }
    let prefix = pipeline.model.continuing_subword_prefix;
    if prefix.is_some_and(|prefix| !prefix.is_empty()) {
        // The library panics where a merge is shorter than the prefix.
        return Err(unsupported("model", "BPE with a prefix within words"));
    }
    let mut normalizer = Vec::new();
    read_normalizer(pipeline.normalizer, &mut normalizer)?;
    let mut pre_tokenizer = Vec::new();
    read_pre_tokenizer(pipeline.pre_tokenizer, &mut pre_tokenizer)?;
    let post_processor = pipeline.post_processor.unwrap_or_default();
    let post_processor = match kind(&post_processor) {
        "RobertaProcessing" => part::<RobertaProcessing>(post_processor)?.trim_offsets(false),
        other => return Err(unsupported("post-processor", other)),
    };
    let WithModel { model } = read(serde_json::from_slice(json))?;
    if model.dropout.is_some_and(|dropout| dropout > 0.0) {
        return Err(unsupported("model", "BPE with dropout"));
    }
    Ok(Parts {
        normalizer: Steps(normalizer),
        pre_tokenizer: Steps(pre_tokenizer),
        model,
        added_tokens: pipeline.added_tokens,
        post_processor,
    })
}

fn read_normalizer(
    value: Option<Value>,
    steps: &mut Vec<NormalizerStep>,
) -> Result<(), WeightsError> {
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
        "NFC" => NormalizerStep::Nfc,
        "Lowercase" => NormalizerStep::Lowercase,
        "Replace" if value["pattern"]["Regex"] == r"\s+" && value["content"] == " " => {
            NormalizerStep::Replace(part(value)?)
        }
        "Replace" => return Err(unsupported("normalizer", "Replace but of white space")),
        other => return Err(unsupported("normalizer", other)),
    };
    push(step, steps)
}

fn read_pre_tokenizer(
    value: Option<Value>,
    steps: &mut Vec<PreTokenizerStep>,
) -> Result<(), WeightsError> {
    let Some(mut value) = value else {
        return Err(unsupported("pre-tokenizer", "nothing"));
    };
    let step = match kind(&value) {
        "Sequence" => {
            let parts: Vec<Value> = part(value["pretokenizers"].take())?;
            return parts
                .into_iter()
                .try_for_each(|part| read_pre_tokenizer(Some(part), steps));
        }
        "ByteLevel" => PreTokenizerStep::ByteLevel(part(value)?),
        "Split" => {
            plain_pattern(&value)?;
            PreTokenizerStep::Split(part(value)?)
        }
        other => return Err(unsupported("pre-tokenizer", other)),
    };
    push(step, steps)
}

fn push<T>(step: T, steps: &mut Vec<T>) -> Result<(), WeightsError> {
    if steps.len() == MAX_STEPS {
        return Err(unusable(&format!("it has more than {MAX_STEPS} steps")));
    }
    steps.push(step);
    Ok(())
}

/// Refuses patterns with groups: CLIP's have none, and matching in the time of a text's length is
/// only sure without.
fn plain_pattern(step: &Value) -> Result<(), WeightsError> {
    let Some(pattern) = step["pattern"]["Regex"].as_str() else {
        return Ok(());
    };
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => drop(characters.next()),
            '(' => return Err(unsupported("pattern", pattern)),
            _ => {}
        }
    }
    Ok(())
}

/// The name that the library gives a part's kind.
fn kind(value: &Value) -> &str {
    value["type"].as_str().unwrap_or("nothing")
}

fn part<T: DeserializeOwned>(value: Value) -> Result<T, WeightsError> {
    read(serde_json::from_value(value))
}

pub(super) fn read<T>(result: serde_json::Result<T>) -> Result<T, WeightsError> {
    result.map_err(|error| unusable(&error))
}

fn unsupported(part: &str, kind: &str) -> WeightsError {
    WeightsError::Checkpoint(format!(
        "its tokenizer is not CLIP's kind: {kind} is not supported as its {part}"
    ))
}
