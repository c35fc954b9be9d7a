//! The files of a Hugging Face checkpoint.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use glance_engine::weights::WeightsError;
use serde::Deserialize;

const WEIGHTS: &str = "model.safetensors";

/// What a pack is made from, read into memory.
pub struct CheckpointFiles {
    pub name: String,
    pub config: Vec<u8>,
    pub preprocessor: Option<Vec<u8>>,
    pub weights: Vec<u8>,
    pub merges: String,
}

impl CheckpointFiles {
    /// Reads a checkpoint's folder, or the folder around its safetensors file.
    pub fn read(path: &Path) -> Result<Self, WeightsError> {
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        let path = absolute.as_path();
        let (folder, weights) = match path.is_file() {
            true => (path.parent().unwrap_or(path), path.to_owned()),
            false => (path, path.join(WEIGHTS)),
        };
        if !weights.exists() && folder.is_dir() {
            return Err(no_weights(folder));
        }
        let whole = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
        let name = whole
            .file_name()
            .map_or("CLIP".into(), |name| name.to_string_lossy());
        Ok(Self {
            name: name.into_owned(),
            config: required(&folder.join("config.json"))?,
            preprocessor: optional(&folder.join("preprocessor_config.json"))?,
            weights: required(&weights)?,
            merges: merges(folder)?,
        })
    }
}

/// Says why a checkpoint that holds weights of another kind is not read.
fn no_weights(folder: &Path) -> WeightsError {
    let reason = if folder.join("model.safetensors.index.json").exists() {
        "its weights are split over several files; save it again as one model.safetensors"
    } else if folder.join("pytorch_model.bin").exists() {
        "its weights are a pickle, which can run code; save it again as model.safetensors"
    } else {
        "it holds no model.safetensors"
    };
    WeightsError::Checkpoint(reason.to_owned())
}

/// `merges.txt`, or the merges inside `tokenizer.json`.
fn merges(folder: &Path) -> Result<String, WeightsError> {
    if let Some(bytes) = optional(&folder.join("merges.txt"))? {
        return String::from_utf8(bytes)
            .map_err(|_| WeightsError::Checkpoint("its merges.txt is not UTF-8".to_owned()));
    }
    let Some(bytes) = optional(&folder.join("tokenizer.json"))? else {
        let reason = "it holds neither merges.txt nor tokenizer.json";
        return Err(WeightsError::Checkpoint(reason.to_owned()));
    };
    tokenizer_merges(&bytes)
        .map_err(|error| WeightsError::Checkpoint(format!("its tokenizer.json: {error}")))
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
    #[serde(untagged)]
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

fn required(path: &Path) -> Result<Vec<u8>, WeightsError> {
    fs::read(path).map_err(|error| unreadable(path, &error))
}

fn optional(path: &Path) -> Result<Option<Vec<u8>>, WeightsError> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(path, &error)),
    }
}

fn unreadable(path: &Path, error: &std::io::Error) -> WeightsError {
    WeightsError::File {
        path: path.display().to_string(),
        reason: error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::tokenizer_merges;

    #[test]
    fn both_forms_of_merges_are_read() {
        for merges in [r#"["i n", "t h"]"#, r#"[["i", "n"], ["t", "h"]]"#] {
            let json =
                format!(r#"{{"version": "1.0", "model": {{"type": "BPE", "merges": {merges}}}}}"#);
            assert_eq!(tokenizer_merges(json.as_bytes()).unwrap(), "i n\nt h\n");
        }
        assert!(tokenizer_merges(b"{\"model\": {}}").is_err());
    }
}
