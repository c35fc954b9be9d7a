//! The 1,000 classes of ImageNet that the image tower was trained on (Russakovsky et al. 2015).

use std::path::Path;

use super::wordnet::SynsetId;
use crate::error::DataError;
use crate::packages::{Package, Registry, fetch, take};

/// The synset of each output of a classifier; Apache-2.0.
const SYNSETS: Package = Package {
    registry: Registry::PyPi,
    name: "timm",
    version: "1.0.31",
    sha256: "5bd50f7d0fe6d09bf9285ac2523234a1b7e6bf075c0be3e7aed09139fcb617c7",
};
const SYNSETS_FILE: &str = "timm/data/_info/imagenet_synsets.txt";
/// OpenAI's names of the classes, as open_clip has them; MIT.
const NAMES: Package = Package {
    registry: Registry::PyPi,
    name: "open_clip_torch",
    version: "3.3.0",
    sha256: "c549ad5ed6bfc119cc11105033c0a2b9d7a2a4afeb40a58a09aab3da1a0043ce",
};
const NAMES_FILE: &str = "open_clip/zero_shot_metadata.py";

/// Number of classes.
pub const CLASSES: usize = 1000;

/// A class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// OpenAI's name for it.
    pub name: String,
    /// Its synset in WordNet 3.0.
    pub synset: SynsetId,
}

/// Fetches the lists into `folder` unless they are there. Returns the classes in the classifier's
/// order.
///
/// # Errors
/// [`DataError`] if they cannot be fetched or have other contents.
pub fn load(folder: &Path) -> Result<Vec<Class>, DataError> {
    let text = |package: &Package, file: &str| -> Result<String, DataError> {
        let bytes = take(package, &mut fetch(package, folder, &[file])?, file)?;
        String::from_utf8(bytes).map_err(|_| problem(package, file, "it is not UTF-8"))
    };
    let synsets: Vec<SynsetId> = text(&SYNSETS, SYNSETS_FILE)?
        .lines()
        .filter_map(|line| line.trim().strip_prefix('n')?.parse().ok())
        .collect();
    let names = names(&text(&NAMES, NAMES_FILE)?);
    if synsets.len() != CLASSES {
        return Err(problem(
            &SYNSETS,
            SYNSETS_FILE,
            "it does not list 1,000 synsets",
        ));
    }
    if names.len() != CLASSES {
        return Err(problem(&NAMES, NAMES_FILE, "it does not list 1,000 names"));
    }
    let classes = names.into_iter().zip(synsets);
    Ok(classes
        .map(|(name, synset)| Class { name, synset })
        .collect())
}

fn problem(package: &Package, file: &str, reason: &str) -> DataError {
    DataError::Package {
        package: package.name.into(),
        file: file.into(),
        reason: reason.into(),
    }
}

/// The strings of Python's tuple `IMAGENET_CLASSNAMES`.
fn names(module: &str) -> Vec<String> {
    let Some((_, list)) = module.split_once("IMAGENET_CLASSNAMES = (") else {
        return Vec::new();
    };
    let list = list.split_once(")\n").map_or(list, |(list, _)| list);
    let mut names = Vec::new();
    let mut rest = list;
    while let Some(start) = rest.find(['"', '\'']) {
        let quote = &rest[start..=start];
        let Some((name, after)) = rest[start + 1..].split_once(quote) else {
            break;
        };
        names.push(name.to_owned());
        rest = after;
    }
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_in_either_quotes() {
        let module = "A = (\n)\n\nIMAGENET_CLASSNAMES = (\n    \"tench\", \"lady's slipper\",\n    \
                      'toilet paper',\n)\nB = ('no',)\n";
        assert_eq!(names(module), ["tench", "lady's slipper", "toilet paper"]);
        assert!(names("").is_empty());
    }
}
