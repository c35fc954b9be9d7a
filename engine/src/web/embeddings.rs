//! A loaded model with what it has encoded so far.

use std::collections::HashMap;
use std::rc::Rc;

use super::protocol::{PictureId, RankedLabel, TextNote};
use crate::score::cosine;
use crate::text::{Tokenizer, fill_template};
use crate::{Clip, DeviceKind, Embedding, Error, Pack, Picture};

/// What stands for "none of these": an entry that no label of its own names.
const NONE_OF_THESE: &str = "something else";
/// Texts encoded between two looks at the event loop.
pub(super) const TEXTS_AT_ONCE: usize = 8;
/// Texts kept when others are in use; some 2 kB each.
const TEXTS_KEPT: usize = 4096;

/// Texts and pictures are encoded once each: an embedding depends on its model and on its own text
/// or picture alone, so the filled template is all the key that a label needs.
pub(super) struct Embeddings {
    clip: Clip,
    tokenizer: Tokenizer,
    texts: HashMap<String, Rc<Text>>,
    pictures: HashMap<PictureId, Embedding>,
}

/// A text that was looked at; it has an embedding unless it was refused.
pub(super) struct Text {
    embedding: Option<Embedding>,
    note: TextNote,
}

impl Embeddings {
    pub(super) async fn new(pack: &Pack, device: DeviceKind) -> Result<Self, Error> {
        let tokenizer = Tokenizer::new(pack.merges()?, &pack.header().config.text)?;
        let clip = Clip::load(pack, device).await?;
        Ok(Self {
            clip,
            tokenizer,
            texts: HashMap::new(),
            pictures: HashMap::new(),
        })
    }

    pub(super) async fn embed(&mut self, id: PictureId, picture: Picture) -> Result<(), Error> {
        let embeddings = self.clip.encode_images(&[picture]).await?;
        self.pictures
            .extend(embeddings.into_iter().map(|embedding| (id, embedding)));
        Ok(())
    }

    pub(super) fn forget(&mut self, id: PictureId) {
        self.pictures.remove(&id);
    }

    pub(super) fn picture(&self, id: PictureId) -> Option<&Embedding> {
        self.pictures.get(&id)
    }

    /// The texts among `wanted` that are not encoded yet, each once; the others stay cached.
    pub(super) fn missing(&mut self, wanted: &[String]) -> Vec<String> {
        if self.texts.len() > TEXTS_KEPT {
            self.texts.retain(|text, _| wanted.contains(text));
        }
        let mut missing: Vec<String> = Vec::new();
        for text in wanted {
            if !self.texts.contains_key(text) && !missing.contains(text) {
                missing.push(text.clone());
            }
        }
        missing
    }

    /// Encodes at most [`TEXTS_AT_ONCE`] texts. A text that the tokenizer refuses is kept as such.
    pub(super) async fn encode_texts(&mut self, texts: &[String]) -> Result<(), Error> {
        let mut notes = Vec::with_capacity(texts.len());
        let mut usable = Vec::with_capacity(texts.len());
        for text in texts {
            match self.tokenizer.encode(text) {
                Ok(tokens) => {
                    notes.push(match tokens.truncated {
                        true => TextNote::Truncated,
                        false => TextNote::Whole,
                    });
                    usable.push(tokens);
                }
                Err(error) => notes.push(TextNote::Refused(error.to_string())),
            }
        }
        let mut embeddings = match usable.is_empty() {
            true => Vec::new(),
            false => self.clip.encode_tokens(&usable).await?,
        }
        .into_iter();
        for (text, note) in texts.iter().zip(notes) {
            let embedding = match note {
                TextNote::Refused(_) => None,
                TextNote::Whole | TextNote::Truncated => embeddings.next(),
            };
            self.texts
                .insert(text.clone(), Rc::new(Text { embedding, note }));
        }
        Ok(())
    }

    /// Encoded texts in order; those that were never encoded are left out.
    pub(super) fn texts(&self, wanted: &[String]) -> Vec<Rc<Text>> {
        wanted
            .iter()
            .filter_map(|text| self.texts.get(text).cloned())
            .collect()
    }

    /// The cosine of a picture with each text, `None` where the text was refused.
    pub(super) fn cosines(picture: &Embedding, texts: &[Rc<Text>]) -> Vec<Option<f32>> {
        texts
            .iter()
            .map(|text| Some(cosine(&picture.0, &text.embedding.as_ref()?.0)))
            .collect()
    }

    /// Entries best first. The text after the last label is "none of these".
    pub(super) fn rank(
        &self,
        picture: &Embedding,
        texts: &[Rc<Text>],
        labels: usize,
    ) -> Vec<RankedLabel> {
        let (indices, embeddings): (Vec<usize>, Vec<Embedding>) = texts
            .iter()
            .enumerate()
            .filter_map(|(index, text)| Some((index, text.embedding.clone()?)))
            .unzip();
        let ranked = self
            .clip
            .rank(picture, &embeddings)
            .into_iter()
            .map(|ranked| {
                let index = indices[ranked.label];
                RankedLabel {
                    label: (index < labels).then_some(index as u32),
                    probability: ranked.probability,
                    cosine: ranked.cosine,
                }
            });
        ranked.collect()
    }
}

/// The prompts of `labels`, and of "none of these" where it competes.
pub(super) fn prompts(labels: &[String], template: &str, none_of_these: bool) -> Vec<String> {
    let neutral = none_of_these.then_some(NONE_OF_THESE);
    let labels = labels.iter().map(String::as_str);
    labels
        .chain(neutral)
        .map(|label| fill_template(template, label))
        .collect()
}

/// What to know about each of the first `count` texts.
pub(super) fn notes(texts: &[Rc<Text>], count: usize) -> Vec<TextNote> {
    texts
        .iter()
        .take(count)
        .map(|text| text.note.clone())
        .collect()
}
