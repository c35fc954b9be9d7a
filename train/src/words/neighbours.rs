//! Meanings of nouns without pictures: the names that a sentence encoder finds most similar.

use std::collections::HashMap;

use burn::tensor::{Device, Tensor, TensorData};

use super::sentence_encoder::{SentenceEncoder, WIDTH};
use super::sources::Sources;
use super::vocabulary::{Anchor, parent};
use super::wordnet::SynsetId;
use crate::error::DataError;

/// Anchors in a noun's meaning.
const NEIGHBOURS: usize = 8;
/// Factor from a cosine of sentence embeddings to the logarithm of a share.
const SHARPNESS: f32 = 20.0;
/// Added to the cosine of anchors of the same kind as the noun. With it 78 % of the synonyms that
/// are not held out are nearest to their class, without it 65 %.
const SAME_KIND: f32 = 0.3;
/// Nouns compared with all names at a time.
const CHUNK: usize = 256;
/// Larger kinds are too broad to count as the same kind.
const LARGEST_KIND: usize = 60;

/// Sentence embeddings of the anchors' names.
pub struct Neighbours {
    /// `[anchors, WIDTH]`.
    names: Vec<f32>,
    /// The anchors of the classes below each node.
    below: HashMap<usize, Vec<Anchor>>,
}

impl Neighbours {
    /// Encodes the names.
    ///
    /// # Errors
    /// [`DataError`] if the encoder refuses one.
    pub fn new(sources: &Sources<'_>, encoder: &SentenceEncoder) -> Result<Self, DataError> {
        let tree = sources.tree;
        let below = (0..tree.nodes.len()).map(|node| {
            let classes = tree.nodes[node].classes.iter();
            let anchors = classes.map(|class| sources.class_anchors[*class as usize]);
            (node, anchors.collect())
        });
        Ok(Self {
            names: encoder.encode(&sources.anchors.names)?,
            below: below.collect(),
        })
    }

    /// The meaning of each noun: the anchors most similar to the noun and its definition together.
    ///
    /// # Errors
    /// [`DataError`] if the encoder refuses one.
    pub fn of(
        &self,
        nouns: &[(String, SynsetId)],
        sources: &Sources<'_>,
        encoder: &SentenceEncoder,
    ) -> Result<Vec<Vec<(Anchor, f32)>>, DataError> {
        let words: Vec<String> = nouns.iter().map(|(word, _)| word.clone()).collect();
        let defined: Vec<String> = nouns
            .iter()
            .map(|(word, sense)| match sources.wordnet.synsets.get(sense) {
                Some(synset) => format!("{word}: {}", synset.definition),
                None => word.clone(),
            })
            .collect();
        let words = encoder.encode(&words)?;
        let defined = encoder.encode(&defined)?;
        let mut queries: Vec<f32> = words.iter().zip(&defined).map(|(a, b)| a + b).collect();
        for query in queries.chunks_exact_mut(WIDTH) {
            let length = query.iter().map(|value| value * value).sum::<f32>().sqrt();
            query.iter_mut().for_each(|value| *value /= length);
        }
        let matrix = |values: &[f32]| {
            let shape = [values.len() / WIDTH, WIDTH];
            Tensor::<2>::from_data(TensorData::new(values.to_vec(), shape), &Device::flex())
        };
        let names = matrix(&self.names).transpose();
        let mut meanings = Vec::with_capacity(nouns.len());
        for (nouns, queries) in nouns.chunks(CHUNK).zip(queries.chunks(CHUNK * WIDTH)) {
            let likeness = matrix(queries).matmul(names.clone()).into_data();
            let mut likeness: Vec<f32> = likeness.iter::<f32>().collect();
            let rows = likeness.chunks_exact_mut(self.names.len() / WIDTH);
            for ((_, sense), likeness) in nouns.iter().zip(rows) {
                for anchor in self.same_kind(*sense, sources) {
                    likeness[*anchor as usize] += SAME_KIND;
                }
                meanings.push(shares(likeness));
            }
        }
        Ok(meanings)
    }

    /// The anchors of the nearest kind above a sense.
    fn same_kind(&self, sense: SynsetId, sources: &Sources<'_>) -> &[Anchor] {
        let mut above = parent(sense, sources.wordnet);
        for _ in 0..3 {
            let Some(kind) = above else { break };
            if let Some(node) = sources.tree.of_synset.get(&kind) {
                let classes = sources.tree.nodes[*node].classes.len();
                return match classes <= LARGEST_KIND {
                    true => &self.below[node],
                    false => &[],
                };
            }
            above = parent(kind, sources.wordnet);
        }
        &[]
    }
}

/// A softmax over the largest values.
fn shares(likeness: &[f32]) -> Vec<(Anchor, f32)> {
    let nearest = glance_engine::score::top_k(likeness, NEIGHBOURS);
    let Some(largest) = nearest.first().map(|&anchor| likeness[anchor]) else {
        return Vec::new();
    };
    let weights: Vec<f32> = nearest
        .iter()
        .map(|&anchor| (SHARPNESS * (likeness[anchor] - largest)).exp())
        .collect();
    let sum: f32 = weights.iter().sum();
    let anchors = nearest.into_iter().map(|anchor| anchor as Anchor);
    anchors
        .zip(weights.into_iter().map(|weight| weight / sum))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_sum_to_one_and_follow_likeness() {
        let found = shares(&[0.1, 0.5, 0.4]);
        assert_eq!(
            found.iter().map(|share| share.0).collect::<Vec<_>>(),
            [1, 2, 0]
        );
        assert!((found.iter().map(|share| share.1).sum::<f32>() - 1.0).abs() < 1e-6);
        assert!(found[0].1 > found[1].1 && found[1].1 > found[2].1);
    }
}
