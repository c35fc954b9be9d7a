//! Chooses the files of a folder that make up the checkpoint.

use std::collections::BTreeSet;

use super::files::is_weights;

/// Why no folder can be chosen.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Ambiguous {
    /// Weights of several checkpoints.
    #[error("there are several checkpoints in it, in {}; choose one of these folders", .0.join(" and "))]
    Folders(Vec<String>),
    /// Files that were picked one by one, from several folders.
    #[error("two of its files are named {0}; choose the files of one folder")]
    Names(String),
}

/// The indices of the files of one folder, so that weights are never combined with the
/// configuration of another checkpoint. It is the picked folder if that holds weights, otherwise
/// the only folder below that does. `paths` start with the picked folder. A file that was picked by
/// itself has only its name.
///
/// # Errors
/// [`Ambiguous`].
pub fn one_folder(paths: &[String]) -> Result<Vec<usize>, Ambiguous> {
    let split = |path: &'_ String| -> (String, String) {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        (folder.to_owned(), name.to_owned())
    };
    let files: Vec<(String, String)> = paths.iter().map(split).collect();
    let with_weights: BTreeSet<&str> = files
        .iter()
        .filter(|(folder, name)| is_weights(name) && !is_hidden(folder))
        .map(|(folder, _)| folder.as_str())
        .collect();
    let is_picked = |folder: &&str| !folder.contains('/');
    let picked = files.iter().map(|(folder, _)| folder.as_str());
    let folders: Vec<&str> = with_weights.iter().copied().collect();
    let folder = match folders.as_slice() {
        [] => picked.min_by_key(|folder| folder.matches('/').count()),
        [only] => Some(*only),
        several => Some(
            *several
                .iter()
                .find(|folder| is_picked(folder))
                .ok_or_else(|| {
                    Ambiguous::Folders(several.iter().map(|&folder| folder.to_owned()).collect())
                })?,
        ),
    };
    let mut names = BTreeSet::new();
    let mut chosen = Vec::new();
    for (index, (within, name)) in files.iter().enumerate() {
        if Some(within.as_str()) != folder {
            continue;
        }
        if !names.insert(name) {
            return Err(Ambiguous::Names(name.clone()));
        }
        chosen.push(index);
    }
    Ok(chosen)
}

/// Whether a folder below the picked one is hidden: copies that editors and git keep.
fn is_hidden(folder: &str) -> bool {
    let mut below = folder.split('/').skip(1);
    below.any(|folder| folder.starts_with('.'))
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    fn chosen(paths: &[&str]) -> Result<Vec<usize>, Ambiguous> {
        let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
        one_folder(&paths)
    }

    #[test]
    fn the_picked_folder_comes_before_those_below() {
        let picked = [
            "clip/config.json",
            "clip/onnx/config.json",
            "clip/model.safetensors",
        ];
        assert_eq!(chosen(&picked), Ok(vec![0, 2]));
        let old = [
            "clip/old/model.safetensors",
            "clip/model.safetensors",
            "clip/old/config.json",
        ];
        assert_eq!(chosen(&old), Ok(vec![1]));
    }

    #[test]
    fn the_only_folder_with_weights_is_taken() {
        let below = [
            "st/config.json",
            "st/0_CLIPModel/config.json",
            "st/0_CLIPModel/model.safetensors",
        ];
        assert_eq!(chosen(&below), Ok(vec![1, 2]));
        assert_eq!(chosen(&["model.pt"]), Ok(vec![0]));
        let litter = [
            "clip/__MACOSX/model/._model.safetensors",
            "clip/.ipynb_checkpoints/model-checkpoint.pt",
            "clip/model/._model.safetensors",
            "clip/model/model.safetensors",
        ];
        assert_eq!(chosen(&litter), Ok(vec![2, 3]));
        assert_eq!(chosen(&[".cache/model.pt"]), Ok(vec![0]));
        assert_eq!(chosen(&["a/config.json", "a/b/merges.txt"]), Ok(vec![0]));
        assert_eq!(chosen(&[]), Ok(vec![]));
    }

    #[test]
    fn several_checkpoints_are_named() {
        let several = ["all/a/model.safetensors", "all/b/pytorch_model.bin"];
        let error = chosen(&several)
            .expect_err("either could be meant")
            .to_string();
        assert!(error.contains("all/a and all/b"), "{error}");
        let twice = ["config.json", "model.safetensors", "config.json"];
        let error = chosen(&twice).expect_err("either could be meant");
        assert_eq!(error, Ambiguous::Names("config.json".to_owned()));
    }
}
