//! What every phrase should mean, as a mixture of anchors: synonyms share one, kinds and everyday
//! words are means of several, and other nouns lie among the anchors whose names a sentence encoder
//! finds most alike.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::imagenet::Class;
use super::sentence_encoder::{SentenceEncoder, WIDTH};
use super::vocabulary::{Anchor, Anchors, Synonyms, Tree, canonical, parent, synonyms};
use super::wordnet::{SynsetId, WordNet};
use crate::data::DataError;

/// A phrase and what it means.
#[derive(Debug, Clone, PartialEq)]
pub struct Phrase {
    /// Lower case, without article.
    pub text: String,
    /// Anchors and their shares, which sum to one.
    pub meaning: Vec<(Anchor, f32)>,
    /// Whether it is no name of a picture, but only like some.
    pub inferred: bool,
}

/// Phrases by text, the first meaning that is given counts.
#[derive(Debug, Default)]
struct Phrases {
    list: Vec<Phrase>,
    texts: HashSet<String>,
}

impl Phrases {
    fn add(&mut self, text: &str, meaning: Vec<(Anchor, f32)>, inferred: bool) {
        let text = canonical(text);
        if !text.is_empty() && !meaning.is_empty() && self.texts.insert(text.clone()) {
            self.list.push(Phrase {
                text,
                meaning,
                inferred,
            });
        }
    }
}

/// All phrases to teach, and the synonyms that are kept to judge by.
pub struct Meanings {
    /// What the text tower learns.
    pub phrases: Vec<Phrase>,
    /// `(word, class)`, never taught as the class's name; a word may be taught as a noun like others.
    pub held_out: Vec<(String, u32)>,
}

/// What the meanings are made from.
pub struct Sources<'a> {
    /// Names that pictures teach.
    pub anchors: &'a Anchors,
    /// ImageNet's classes and their anchors.
    pub classes: &'a [Class],
    /// The anchor of each class.
    pub class_anchors: &'a [Anchor],
    /// The tree over the classes.
    pub tree: &'a Tree,
    /// The nouns.
    pub wordnet: &'a WordNet,
    /// Phrases that go with pictures beside their names, each with the anchor of its picture.
    pub other_phrases: &'a [(String, Anchor)],
}

/// Everyday words, by hand: `words, ... = anchor; anchor; ...`.
const EVERYDAY: &str = include_str!("../../data/everyday.txt");

/// Anchors among which a noun may lie.
const NEIGHBOURS: usize = 8;
/// Factor from a cosine of sentence embeddings to the logarithm of a share.
const SHARPNESS: f32 = 20.0;
/// Added to the cosine of anchors that are of the same kind as the noun. The held-in synonyms are
/// nearest to their class 78 times in 100 with it, 65 without.
const SAME_KIND: f32 = 0.3;
/// Classes that a kind may have to count as the same kind.
const LARGEST_KIND: usize = 60;

/// Gathers the meaning of every phrase.
///
/// # Errors
/// [`DataError`] where an everyday word names no anchor, or the encoder refuses a phrase.
pub fn gather(sources: &Sources<'_>, encoder: &SentenceEncoder) -> Result<Meanings, DataError> {
    let Sources {
        anchors,
        classes,
        class_anchors,
        tree,
        wordnet,
        other_phrases,
    } = *sources;
    let mut phrases = Phrases::default();
    for (anchor, name) in (0..).zip(&anchors.names) {
        phrases.add(name, vec![(anchor, 1.0)], false);
    }
    let resolve = |name: &str| {
        let by_sense = || {
            let node = tree
                .of_synset
                .get(&wordnet.first_sense(&canonical(name))?)?;
            tree.nodes[*node].anchor
        };
        anchors.find(name).or_else(by_sense)
    };
    for (words, meaning) in everyday(EVERYDAY, resolve) {
        for word in words {
            // An anchor of its own keeps what its pictures teach.
            phrases.add(word, even(meaning.clone()), false);
        }
    }
    let Synonyms { taught, held_out } = synonyms(classes, wordnet, anchors);
    for (word, class) in &taught {
        phrases.add(word, vec![(class_anchors[*class as usize], 1.0)], false);
    }
    // "kite (bird of prey)" is a kite too, unless another anchor is.
    for (class, anchor) in classes.iter().zip(class_anchors) {
        if let Some((name, _)) = class.name.split_once(" (") {
            phrases.add(name, vec![(*anchor, 1.0)], false);
        }
    }
    let mut kinds: Vec<(&SynsetId, &usize)> = tree.of_synset.iter().collect();
    kinds.sort();
    let withheld: HashSet<&str> = held_out.iter().map(|(word, _)| word.as_str()).collect();
    for (synset, node) in kinds {
        let Some(anchor) = tree.nodes[*node].anchor else {
            continue;
        };
        for word in &wordnet.synsets[synset].words {
            let first = wordnet.first_sense(word) == Some(*synset);
            if first && !withheld.contains(canonical(word).as_str()) {
                phrases.add(word, vec![(anchor, 1.0)], false);
            }
        }
    }
    let mut shared: BTreeMap<&str, Vec<Anchor>> = BTreeMap::new();
    for (phrase, anchor) in other_phrases {
        shared.entry(phrase).or_default().push(*anchor);
    }
    for (phrase, anchors) in shared {
        phrases.add(phrase, even(anchors), false);
    }
    let nouns = nouns(wordnet, &phrases.texts, &withheld);
    let neighbours = Neighbours::new(sources, encoder)?;
    for (noun, meaning) in nouns.iter().zip(neighbours.of(&nouns, sources, encoder)?) {
        phrases.add(&noun.0, meaning, true);
    }
    Ok(Meanings {
        phrases: phrases.list,
        held_out,
    })
}

/// Equal shares; an anchor that is named twice counts twice.
fn even(anchors: Vec<Anchor>) -> Vec<(Anchor, f32)> {
    let share = 1.0 / anchors.len() as f32;
    let mut shares: BTreeMap<Anchor, f32> = BTreeMap::new();
    for anchor in anchors {
        *shares.entry(anchor).or_default() += share;
    }
    shares.into_iter().collect()
}

/// The lines of [`EVERYDAY`]. Names that no picture of this run teaches are passed over, so that a
/// run without drawings works too.
fn everyday(
    text: &'static str,
    resolve: impl Fn(&str) -> Option<Anchor>,
) -> Vec<(Vec<&'static str>, Vec<Anchor>)> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let lines = lines.filter_map(|line| line.split_once(" = "));
    lines
        .map(|(words, names)| {
            let anchors = names.split(';').filter_map(|name| resolve(name.trim()));
            (
                words.split(", ").map(str::trim).collect(),
                anchors.collect(),
            )
        })
        .collect()
}

/// Common nouns that have no meaning yet, with the sense that counts: those that WordNet's tagged
/// texts use, single words for what a picture can show, and the held-out words, whose sense is theirs
/// like any noun's.
fn nouns(
    wordnet: &WordNet,
    known: &HashSet<String>,
    withheld: &HashSet<&str>,
) -> Vec<(String, SynsetId)> {
    let mut nouns: Vec<(String, SynsetId)> = wordnet
        .senses
        .iter()
        .filter(|(word, senses)| {
            let used = wordnet
                .frequencies
                .get(*word)
                .is_some_and(|count| *count > 0);
            let shown = || {
                senses
                    .first()
                    .is_some_and(|sense| shown(word, *sense, wordnet))
            };
            let counts = used || withheld.contains(word.as_str()) || shown();
            counts && !known.contains(*word)
        })
        .filter_map(|(word, senses)| Some((word.clone(), *senses.first()?)))
        .collect();
    nouns.sort();
    nouns
}

/// Whether a word is a single one, no name, and means a thing that can be seen, but no person.
fn shown(word: &str, sense: SynsetId, wordnet: &WordNet) -> bool {
    let single = word.bytes().all(|byte| byte.is_ascii_lowercase());
    let spelt_so = || {
        let synset = wordnet.synsets.get(&sense);
        synset.is_some_and(|synset| synset.words.iter().any(|spelling| spelling == word))
    };
    let is_a = |kind: &str, above: &[SynsetId]| {
        wordnet
            .first_sense(kind)
            .is_some_and(|kind| above.contains(&kind))
    };
    single && spelt_so() && {
        let above = wordnet.ancestors(sense);
        is_a("physical entity", &above) && !is_a("person", &above)
    }
}

/// Anchors by what a sentence encoder makes of their names.
struct Neighbours {
    /// `[anchors, WIDTH]`.
    names: Vec<f32>,
    /// The anchors of a node's classes and kinds.
    below: HashMap<usize, Vec<Anchor>>,
}

impl Neighbours {
    fn new(sources: &Sources<'_>, encoder: &SentenceEncoder) -> Result<Self, DataError> {
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

    /// The meaning of each noun: the anchors most alike to the noun and its definition together.
    fn of(
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
        let rows = words.chunks_exact(WIDTH).zip(defined.chunks_exact(WIDTH));
        let meanings = nouns.iter().zip(rows).map(|((_, sense), (word, defined))| {
            let mut query: Vec<f32> = word.iter().zip(defined).map(|(a, b)| a + b).collect();
            let length = query.iter().map(|value| value * value).sum::<f32>().sqrt();
            query.iter_mut().for_each(|value| *value /= length);
            let mut likeness: Vec<f32> = self
                .names
                .chunks_exact(WIDTH)
                .map(|name| name.iter().zip(&query).map(|(a, b)| a * b).sum())
                .collect();
            for anchor in self.same_kind(*sense, sources) {
                likeness[*anchor as usize] += SAME_KIND;
            }
            shares(&likeness)
        });
        Ok(meanings.collect())
    }

    /// Anchors below the nearest kind that a sense is of, itself not counted.
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

    #[test]
    fn an_everyday_word_is_the_mean_of_what_its_pictures_show() {
        let found = everyday("# a list\nsea, ocean = beach; wave; beach\n", |name| {
            ["beach", "wave"]
                .iter()
                .position(|known| *known == name)
                .map(|at| at as Anchor)
        });
        assert_eq!(found, [(vec!["sea", "ocean"], vec![0, 1, 0])]);
        let [(beach, large), (wave, small)] = even(found[0].1.clone())[..] else {
            panic!("two anchors");
        };
        assert_eq!((beach, wave), (0, 1));
        assert!((large - 2.0 / 3.0).abs() < 1e-6 && (small - 1.0 / 3.0).abs() < 1e-6);
    }

    #[test]
    fn single_words_for_things_are_shown() {
        let mut wordnet = WordNet::default();
        for (id, word, hypernym) in [
            (1, "physical entity", None),
            (2, "person", Some(1)),
            (3, "baker", Some(2)),
            (4, "asparagus", Some(1)),
            (5, "Asparagus", Some(1)),
            (6, "idea", None),
            (7, "bread knife", Some(1)),
        ] {
            wordnet.senses.insert(word.to_lowercase(), vec![id]);
            let synset = super::super::wordnet::Synset {
                words: vec![word.to_owned()],
                hypernyms: hypernym.into_iter().collect(),
                definition: String::new(),
            };
            wordnet.synsets.insert(id, synset);
        }
        let found = [
            ("asparagus", 4),
            ("asparagus", 5),
            ("baker", 3),
            ("idea", 6),
            ("bread knife", 7),
        ]
        .map(|(word, sense)| shown(word, sense, &wordnet));
        assert_eq!(found, [true, false, false, false, false]);
    }

    #[test]
    fn every_everyday_line_is_read() {
        let lines = EVERYDAY
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty());
        assert_eq!(everyday(EVERYDAY, |_| Some(0)).len(), lines.count());
    }
}
