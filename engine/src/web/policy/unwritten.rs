//! Pictures that are to be remembered and are not written yet.
//!
//! A picture is written once it is encoded and has its thumbnail, which come in any order. Its
//! embedding is written without waiting for the thumbnail.

use std::collections::HashMap;

use glance_protocol::{PictureId, RememberedPicture};

use crate::embedding::Embedding;
use crate::grouping::DifferenceHash;

/// What is known of a picture's file.
#[derive(Clone, Debug, PartialEq)]
pub struct FileFacts {
    /// [`RememberedPicture::content`].
    pub content: String,
    /// Its name.
    pub name: String,
    /// [`RememberedPicture::added`].
    pub added: f64,
    /// [`RememberedPicture::hash`].
    pub hash: Option<DifferenceHash>,
}

/// The embedding of a file by a model.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEmbedding {
    pub content: String,
    /// The model's id.
    pub model: String,
    pub embedding: Embedding,
}

/// What is written together.
#[derive(Debug, Default, PartialEq)]
pub struct Batch {
    pub pictures: Vec<RememberedPicture>,
    pub embeddings: Vec<NewEmbedding>,
}

/// Pictures that are not written yet.
#[derive(Default)]
pub struct Unwritten {
    halves: HashMap<PictureId, Half>,
    batch: Batch,
}

/// A picture that is encoded or has its thumbnail, and not both.
enum Half {
    Encoded(FileFacts),
    Thumbnail(Vec<u8>),
}

impl Batch {
    /// Pictures in it, with or without their thumbnails.
    pub fn len(&self) -> usize {
        self.pictures.len().max(self.embeddings.len())
    }
}

impl Unwritten {
    /// Adds an encoded picture; `embedding` is `None` if it was remembered already.
    pub fn encoded(
        &mut self,
        picture: PictureId,
        file: FileFacts,
        embedding: Option<NewEmbedding>,
    ) {
        self.batch.embeddings.extend(embedding);
        match self.halves.remove(&picture) {
            Some(Half::Thumbnail(jpeg)) => self.complete(file, jpeg),
            _ => drop(self.halves.insert(picture, Half::Encoded(file))),
        }
    }

    /// Adds the thumbnail of a picture, a JPEG file.
    pub fn thumbnail(&mut self, picture: PictureId, jpeg: Vec<u8>) {
        match self.halves.remove(&picture) {
            Some(Half::Encoded(file)) => self.complete(file, jpeg),
            _ => drop(self.halves.insert(picture, Half::Thumbnail(jpeg))),
        }
    }

    fn complete(&mut self, file: FileFacts, jpeg: Vec<u8>) {
        let FileFacts {
            content,
            name,
            added,
            hash,
        } = file;
        self.batch.pictures.push(RememberedPicture {
            content,
            name,
            added,
            jpeg,
            hash: hash.map(|hash| hash.0),
        });
    }

    /// Drops what waits for the rest of a picture that the page removed.
    pub fn removed(&mut self, picture: PictureId) {
        self.halves.remove(&picture);
    }

    /// Drops these contents, or everything.
    pub fn forget(&mut self, contents: Option<&[String]>) {
        let Some(contents) = contents else {
            *self = Self::default();
            return;
        };
        let stays = |content: &String| !contents.contains(content);
        self.batch.pictures.retain(|one| stays(&one.content));
        self.batch.embeddings.retain(|one| stays(&one.content));
        self.halves.retain(|_, half| match half {
            Half::Encoded(file) => stays(&file.content),
            Half::Thumbnail(_) => true,
        });
    }

    /// Pictures that can be written.
    pub fn len(&self) -> usize {
        self.batch.len()
    }

    /// Takes what can be written.
    pub fn take(&mut self) -> Batch {
        std::mem::take(&mut self.batch)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;

    fn file(content: &str) -> FileFacts {
        FileFacts {
            content: content.to_owned(),
            name: format!("{content}.jpg"),
            added: 1.0,
            hash: Some(DifferenceHash([1; 8])),
        }
    }

    fn embedding(content: &str) -> Option<NewEmbedding> {
        Some(NewEmbedding {
            content: content.to_owned(),
            model: "model".to_owned(),
            embedding: Embedding(vec![1.0]),
        })
    }

    fn contents(batch: &Batch) -> (Vec<&str>, Vec<&str>) {
        let pictures = batch.pictures.iter().map(|one| one.content.as_str());
        let embeddings = batch.embeddings.iter().map(|one| one.content.as_str());
        (pictures.collect(), embeddings.collect())
    }

    #[test]
    fn a_picture_is_written_once_both_halves_are_there() {
        let mut unwritten = Unwritten::default();
        unwritten.encoded(1, file("a"), embedding("a"));
        unwritten.thumbnail(2, vec![2]);
        assert_eq!(contents(&unwritten.take()), (vec![], vec!["a"]));
        unwritten.thumbnail(1, vec![1]);
        unwritten.encoded(2, file("b"), None);
        let batch = unwritten.take();
        assert_eq!(contents(&batch), (vec!["a", "b"], vec![]));
        assert_eq!(batch.pictures[1].jpeg, [2]);
        assert_eq!(batch.pictures[1].hash, Some([1; 8]));
        assert_eq!(unwritten.len(), 0);
    }

    #[test]
    fn what_is_removed_or_forgotten_is_not_written() {
        let mut unwritten = Unwritten::default();
        for (picture, content) in [(1, "a"), (2, "b"), (3, "c")] {
            unwritten.encoded(picture, file(content), embedding(content));
        }
        unwritten.thumbnail(2, vec![]);
        unwritten.removed(3);
        unwritten.thumbnail(3, vec![]);
        unwritten.forget(Some(&["a".to_owned()]));
        unwritten.thumbnail(1, vec![]);
        assert_eq!(contents(&unwritten.take()), (vec!["b"], vec!["b", "c"]));
        unwritten.encoded(4, file("d"), embedding("d"));
        unwritten.forget(None);
        unwritten.thumbnail(4, vec![]);
        assert_eq!(unwritten.take(), Batch::default());
    }
}
