//! The meaning of every phrase, as a mixture of anchors. Synonyms share one, everyday words are
//! means of several, and other nouns lie among the anchors whose names a sentence encoder finds
//! most similar. A word that ends names includes those names.

use std::collections::{BTreeMap, HashSet};

use super::compounds::Compounds;
use super::neighbours::Neighbours;
use super::sentence_encoder::SentenceEncoder;
use super::sources::Sources;
use super::vocabulary::{Anchor, Synonyms, canonical, parent, synonyms};
use super::wordnet::{SynsetId, WordNet};
use crate::error::DataError;

/// A phrase and what it means.
#[derive(Debug, Clone, PartialEq)]
pub struct Phrase {
    /// Lower case, without article.
    pub text: String,
    /// Anchors and their shares, which sum to one.
    pub meaning: Vec<(Anchor, f32)>,
    /// Words for its kinds, such as "antelope" for "gerenuk".
    pub kinds: Vec<String>,
    /// Whether the meaning is inferred, because no picture has this name.
    pub inferred: bool,
}

/// Phrases by text; the first meaning wins.
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
                kinds: Vec::new(),
                inferred,
            });
        }
    }
}

/// The phrases to teach, and the held-out synonyms.
pub struct Meanings {
    /// What the text tower learns.
    pub phrases: Vec<Phrase>,
    /// `(word, class)`, never taught as the class's name; a word may be taught as a noun like others.
    pub held_out: Vec<(String, u32)>,
}

/// Handwritten everyday words: `words, ... = anchor; anchor; ...`.
const EVERYDAY: &str = include_str!("../../data/everyday.txt");

/// Maximum number of kinds of a word that a prompt can put behind it.
const KINDS: usize = 3;
/// Kinds with at most this many ancestors, themselves included, are too broad: WordNet's "artifact"
/// and "organism" have five.
const BROAD: usize = 6;

/// Gathers the meaning of every phrase.
///
/// # Errors
/// [`DataError`] if the encoder refuses a phrase.
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
    let compounds = Compounds::of(anchors);
    for (words, meaning) in everyday(EVERYDAY, resolve) {
        for word in words {
            // A word with an anchor of its own keeps that meaning.
            let meaning = compounds.join(word, even(meaning.clone()));
            phrases.add(word, meaning, false);
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
    for ((noun, _), meaning) in nouns.iter().zip(neighbours.of(&nouns, sources, encoder)?) {
        phrases.add(noun, compounds.join(noun, meaning), true);
    }
    for phrase in &mut phrases.list {
        phrase.kinds = kinds_above(&phrase.text, wordnet);
    }
    Ok(Meanings {
        phrases: phrases.list,
        held_out,
    })
}

/// The nearest kinds of `word`'s most frequent meaning, none as broad as "object".
fn kinds_above(word: &str, wordnet: &WordNet) -> Vec<String> {
    let Some(sense) = wordnet.first_sense(word) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    let mut above = parent(sense, wordnet);
    while let Some(kind) = above.filter(|_| found.len() < KINDS) {
        if wordnet.ancestors(kind).len() <= BROAD {
            break;
        }
        let words = wordnet.synsets.get(&kind).map(|synset| &synset.words);
        found.extend(
            words
                .and_then(|words| words.first())
                .map(|word| canonical(word)),
        );
        above = parent(kind, wordnet);
    }
    found
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

/// Parses the lines of [`EVERYDAY`]. Names that no picture of this run teaches are skipped, so that
/// a run without drawings works too.
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

/// Nouns without a meaning yet, each with its first sense: those that WordNet's tagged texts use,
/// those for what a picture can show, and the held-out words.
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

/// Longest noun that counts as [`shown`], in words.
const LONGEST_NOUN: usize = 3;

/// Whether a noun is no proper name and means a visible thing other than a person. Each word of a
/// longer noun must be in use.
fn shown(word: &str, sense: SynsetId, wordnet: &WordNet) -> bool {
    let parts: Vec<&str> = word.split(' ').collect();
    let spelt = |part: &str| part.bytes().all(|byte| byte.is_ascii_lowercase());
    let in_use = |part: &str| {
        let of = |counts: Option<&u32>| counts.is_some_and(|count| *count > 0);
        of(wordnet.frequencies.get(part)) || of(wordnet.adjectives.get(part))
    };
    let plain = parts.len() <= LONGEST_NOUN
        && parts.iter().all(|part| spelt(part))
        && (parts.len() == 1 || parts.iter().all(|part| in_use(part)));
    let spelt_so = || {
        let synset = wordnet.synsets.get(&sense);
        synset.is_some_and(|synset| synset.words.iter().any(|spelling| spelling == word))
    };
    let is_a = |kind: &str, above: &[SynsetId]| {
        wordnet
            .first_sense(kind)
            .is_some_and(|kind| above.contains(&kind))
    };
    plain && spelt_so() && {
        let above = wordnet.ancestors(sense);
        is_a("physical entity", &above) && !is_a("person", &above)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn plain_words_for_things_are_shown() {
        let mut wordnet = WordNet::default();
        for (id, word, hypernym) in [
            (1, "physical entity", None),
            (2, "person", Some(1)),
            (3, "baker", Some(2)),
            (4, "asparagus", Some(1)),
            (5, "Asparagus", Some(1)),
            (6, "idea", None),
            (7, "bread knife", Some(1)),
            (8, "tench fin", Some(1)),
        ] {
            wordnet.senses.insert(word.to_lowercase(), vec![id]);
            let synset = super::super::wordnet::Synset {
                words: vec![word.to_owned()],
                hypernyms: hypernym.into_iter().collect(),
                definition: String::new(),
            };
            wordnet.synsets.insert(id, synset);
        }
        wordnet.frequencies = ["bread", "knife", "fin"]
            .map(|word| (word.to_owned(), 1))
            .into();
        let found = [
            ("asparagus", 4),
            ("asparagus", 5),
            ("baker", 3),
            ("idea", 6),
            ("bread knife", 7),
            ("tench fin", 8),
        ]
        .map(|(word, sense)| shown(word, sense, &wordnet));
        assert_eq!(found, [true, false, false, false, true, false]);
    }

    #[test]
    fn the_kinds_above_a_word_end_where_they_are_broad() {
        let mut wordnet = WordNet::default();
        for id in 1..=10 {
            let word = format!("kind {id}");
            wordnet.senses.insert(word.clone(), vec![id]);
            let synset = super::super::wordnet::Synset {
                words: vec![word],
                hypernyms: (id > 1).then_some(id - 1).into_iter().collect(),
                definition: String::new(),
            };
            wordnet.synsets.insert(id, synset);
        }
        assert_eq!(kinds_above("kind 9", &wordnet), ["kind 8", "kind 7"]);
        assert_eq!(kinds_above("kind 7", &wordnet), [""; 0]);
        assert_eq!(kinds_above("kind 11", &wordnet), [""; 0]);
    }

    #[test]
    fn every_everyday_line_is_read() {
        let lines = EVERYDAY
            .lines()
            .filter(|line| !line.starts_with('#') && !line.is_empty());
        assert_eq!(everyday(EVERYDAY, |_| Some(0)).len(), lines.count());
    }
}
