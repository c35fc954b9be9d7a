//! Names of several words as examples of their last word: a "polo shirt" is a shirt, a "cloudy sky"
//! a sky.

use std::collections::HashMap;

use super::vocabulary::{Anchor, Anchors};

/// Share of a word's meaning for the names that it ends.
const SHARE: f32 = 0.7;

/// Names by their last word.
pub struct Compounds<'a>(HashMap<&'a str, Vec<Anchor>>);

impl<'a> Compounds<'a> {
    /// Collects the names of several words.
    pub fn of(anchors: &'a Anchors) -> Self {
        let mut compounds: HashMap<&str, Vec<Anchor>> = HashMap::new();
        for (anchor, name) in (0..).zip(&anchors.names) {
            if let Some((_, last)) = name.rsplit_once(' ') {
                compounds.entry(last).or_default().push(anchor);
            }
        }
        Self(compounds)
    }

    /// Adds to a word's meaning the names that it ends. The word must not be a name itself.
    pub fn join(&self, word: &str, meaning: Vec<(Anchor, f32)>) -> Vec<(Anchor, f32)> {
        let Some(compounds) = self.0.get(word) else {
            return meaning;
        };
        let own = match meaning.is_empty() {
            true => 0.0,
            false => 1.0 - SHARE,
        };
        let each = (1.0 - own) / compounds.len() as f32;
        let mut joined: Vec<(Anchor, f32)> = meaning
            .into_iter()
            .map(|(anchor, share)| (anchor, share * own))
            .collect();
        for compound in compounds {
            match joined.iter_mut().find(|(anchor, _)| anchor == compound) {
                Some((_, share)) => *share += each,
                None => joined.push((*compound, each)),
            }
        }
        joined
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_means_what_it_ends_too() {
        let mut anchors = Anchors::default();
        for name in ["cloudy sky", "airship", "polo shirt", "starry sky"] {
            anchors.add(name);
        }
        let compounds = Compounds::of(&anchors);
        let joined = compounds.join("sky", vec![(1, 0.5), (0, 0.5)]);
        let expected = [(1, 0.15), (0, 0.5), (3, 0.35)];
        assert_eq!(joined.len(), expected.len());
        for ((anchor, share), (wanted, part)) in joined.into_iter().zip(expected) {
            assert_eq!(anchor, wanted);
            assert!((share - part).abs() < 1e-6, "{anchor}: {share}");
        }
        assert_eq!(compounds.join("airship", vec![(1, 1.0)]), [(1, 1.0)]);
        assert_eq!(compounds.join("shirt", Vec::new()), [(2, 1.0)]);
    }
}
