//! WordNet 3.0's nouns (Miller 1995) with definitions and hypernyms, and its common adjectives.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use crate::error::DataError;
use crate::packages::{Package, Registry, fetch, from_tarball, take};

/// The database files as Princeton published them; WordNet 3.0 licence.
const DATABASE: Package = Package {
    registry: Registry::Npm,
    name: "WNdb",
    version: "3.0.1",
    sha256: "cd221797d9b40102199106003343b2176d8c43093cdaa6fb8a4ceb8840c90557",
};
const ARCHIVE: &str = "WNdb-3.0.tar.gz";
const FILES: [&str; 3] = ["data.noun", "index.noun", "index.sense"];

/// A synset's offset in `data.noun`. ImageNet names its classes by it too.
pub type SynsetId = u32;

/// Words of one meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synset {
    /// The words, with spaces between their parts; the usual one first.
    pub words: Vec<String>,
    /// What it is a kind or an instance of.
    pub hypernyms: Vec<SynsetId>,
    /// The definition, without examples.
    pub definition: String,
}

/// The nouns, and the common adjectives.
#[derive(Debug, Default)]
pub struct WordNet {
    /// By id.
    pub synsets: HashMap<SynsetId, Synset>,
    /// Meanings of a word in lower case, the most frequent first.
    pub senses: HashMap<String, Vec<SynsetId>>,
    /// How often a word in lower case was met in WordNet's tagged texts.
    pub frequencies: HashMap<String, u32>,
    /// The same of adjectives.
    pub adjectives: BTreeMap<String, u32>,
}

/// Least uses of a common adjective in the tagged texts.
const COMMON: u32 = 5;

impl WordNet {
    /// Fetches the database into `folder` unless it is there, and reads it.
    ///
    /// # Errors
    /// [`DataError`] if it cannot be fetched or has other contents.
    pub fn load(folder: &Path) -> Result<Self, DataError> {
        let problem = |file: &str, reason: String| DataError::Package {
            package: DATABASE.name.into(),
            file: file.into(),
            reason,
        };
        let mut package = fetch(&DATABASE, folder, &[ARCHIVE])?;
        let archive = take(&DATABASE, &mut package, ARCHIVE)?;
        let mut files = from_tarball(&archive, "dict/", &FILES)
            .map_err(|error| problem(ARCHIVE, error.to_string()))?;
        let mut text = |file: &str| -> Result<String, DataError> {
            let bytes = take(&DATABASE, &mut files, file)?;
            // Its few accents are in Latin-1.
            Ok(bytes.iter().map(|byte| char::from(*byte)).collect())
        };
        let mut wordnet = Self::default();
        for (file, read) in [
            (
                FILES[0],
                Self::read_synset as fn(&mut Self, &str) -> Option<()>,
            ),
            (FILES[1], Self::read_senses),
            (FILES[2], Self::read_frequency),
        ] {
            for (line, content) in text(file)?.lines().enumerate() {
                // The licence before the first entry is indented by two spaces.
                if content.starts_with("  ") {
                    continue;
                }
                read(&mut wordnet, content)
                    .ok_or_else(|| problem(file, format!("line {} is no entry", line + 1)))?;
            }
        }
        Ok(wordnet)
    }

    /// What `word` means most often.
    pub fn first_sense(&self, word: &str) -> Option<SynsetId> {
        self.senses.get(&word.to_lowercase())?.first().copied()
    }

    /// Adjectives of one word that the tagged texts use often, in alphabetic order.
    pub fn common_adjectives(&self) -> Vec<String> {
        let single = |word: &str| word.bytes().all(|byte| byte.is_ascii_lowercase());
        let common = self
            .adjectives
            .iter()
            .filter(|(_, count)| **count >= COMMON);
        let words = common.map(|(word, _)| word.clone());
        words.filter(|word| single(word)).collect()
    }

    /// `synset` and everything it is a kind of, nearest first.
    pub fn ancestors(&self, synset: SynsetId) -> Vec<SynsetId> {
        let mut found = vec![synset];
        let mut at = 0;
        while at < found.len() {
            if let Some(synset) = self.synsets.get(&found[at]) {
                for hypernym in &synset.hypernyms {
                    if !found.contains(hypernym) {
                        found.push(*hypernym);
                    }
                }
            }
            at += 1;
        }
        found
    }

    /// `data.noun`: offset, file, type, words, pointers, definition (wndb(5WN)).
    fn read_synset(&mut self, line: &str) -> Option<()> {
        let (head, gloss) = line.split_once('|')?;
        let mut fields = head.split_ascii_whitespace();
        let id = fields.next()?.parse().ok()?;
        let count = usize::from_str_radix(fields.nth(2)?, 16).ok()?;
        let mut words = Vec::with_capacity(count);
        for _ in 0..count {
            words.push(fields.next()?.replace('_', " "));
            fields.next()?;
        }
        let pointers: usize = fields.next()?.parse().ok()?;
        let mut hypernyms = Vec::new();
        for _ in 0..pointers {
            let symbol = fields.next()?;
            let target = fields.next()?.parse().ok()?;
            fields.nth(1)?;
            if matches!(symbol, "@" | "@i") {
                hypernyms.push(target);
            }
        }
        let definition = gloss.split("; \"").next().unwrap_or(gloss).trim();
        let synset = Synset {
            words,
            hypernyms,
            definition: definition.to_owned(),
        };
        self.synsets.insert(id, synset);
        Some(())
    }

    /// `index.noun`: word, part of speech, number of synsets, …, their ids.
    fn read_senses(&mut self, line: &str) -> Option<()> {
        let fields: Vec<&str> = line.split_ascii_whitespace().collect();
        let count: usize = fields.get(2)?.parse().ok()?;
        let ids = fields.get(fields.len().checked_sub(count)?..)?;
        let ids = ids
            .iter()
            .map(|id| id.parse().ok())
            .collect::<Option<_>>()?;
        self.senses.insert(fields[0].replace('_', " "), ids);
        Some(())
    }

    /// `index.sense`: key, id, number of the sense, how often it was tagged.
    fn read_frequency(&mut self, line: &str) -> Option<()> {
        let mut fields = line.split_ascii_whitespace();
        let (word, kind) = fields.next()?.split_once('%')?;
        let count: u32 = fields.nth(2)?.parse().ok()?;
        let word = word.replace('_', " ");
        // senseidx(5WN): 1 is a noun, 3 an adjective, 5 an adjective satellite.
        if kind.starts_with("1:") {
            *self.frequencies.entry(word).or_default() += count;
        } else if kind.starts_with("3:") || kind.starts_with("5:") {
            *self.adjectives.entry(word).or_default() += count;
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_become_words_meanings_and_kinds() {
        let mut wordnet = WordNet::default();
        let read = [
            wordnet.read_synset(
                "02084071 05 n 03 dog 0 domestic_dog 0 Canis_familiaris 0 002 @ 02083346 n 0000 \
                 ~ 01322604 n 0000 | a member of the genus Canis; \"the dog barked all night\"  ",
            ),
            wordnet.read_synset("02083346 05 n 01 canine 0 000 | a mammal  "),
            wordnet.read_senses("dog n 2 4 @ ~ #m #p 2 1 02084071 10114209"),
            wordnet.read_frequency("dog%1:05:00:: 02084071 1 42"),
            wordnet.read_frequency("dog%2:38:00:: 02001858 1 2"),
            wordnet.read_frequency("big%3:00:01:: 01382086 1 41"),
            wordnet.read_frequency("big%5:00:00:important:00 01276872 2 3"),
            wordnet.read_frequency("floury%5:00:00:farinaceous:00 02230216 1 0"),
            wordnet.read_frequency("high-energy%3:00:00:: 01198123 1 9"),
        ];
        assert!(read.iter().all(Option::is_some), "{read:?}");
        let dog = &wordnet.synsets[&2_084_071];
        assert_eq!(dog.words, ["dog", "domestic dog", "Canis familiaris"]);
        assert_eq!(dog.definition, "a member of the genus Canis");
        assert_eq!(wordnet.first_sense("Dog"), Some(2_084_071));
        assert_eq!(wordnet.ancestors(2_084_071), [2_084_071, 2_083_346]);
        assert_eq!(wordnet.frequencies["dog"], 42);
        assert_eq!(wordnet.adjectives["big"], 44);
        assert_eq!(wordnet.common_adjectives(), ["big"]);
    }

    #[test]
    fn a_damaged_line_is_no_entry() {
        let mut wordnet = WordNet::default();
        for line in [
            "",
            "dog",
            "02084071 05 n 03 dog 0",
            "x 05 n 01 dog 0 000 | a dog",
        ] {
            assert_eq!(wordnet.read_synset(line), None, "{line}");
        }
        assert_eq!(wordnet.read_senses("dog n 9 02084071"), None);
        assert_eq!(wordnet.read_frequency("dog"), None);
    }
}
