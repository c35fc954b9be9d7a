//! The names that pictures teach (anchors), and how WordNet's tree lies over ImageNet's classes.

use std::collections::{HashMap, HashSet};

use sha2::{Digest, Sha256};

use super::imagenet::Class;
use super::wordnet::{SynsetId, WordNet};
use crate::data::without_article;
use crate::packages::hex;

/// Index of a name that pictures teach.
pub type Anchor = u32;

/// Names that pictures teach, without duplicates.
#[derive(Debug, Default)]
pub struct Anchors {
    /// Lower case, without article.
    pub names: Vec<String>,
    by_name: HashMap<String, Anchor>,
}

impl Anchors {
    /// Returns the anchor of a name, and adds the name if it is new.
    pub fn add(&mut self, name: &str) -> Anchor {
        let name = canonical(name);
        if let Some(anchor) = self.by_name.get(&name) {
            return *anchor;
        }
        let anchor = self.names.len() as Anchor;
        self.by_name.insert(name.clone(), anchor);
        self.names.push(name);
        anchor
    }

    /// The anchor of a name, if there is one.
    pub fn find(&self, name: &str) -> Option<Anchor> {
        self.by_name.get(&canonical(name)).copied()
    }
}

/// The form in which names are compared: lower case, single spaces, without article.
pub fn canonical(name: &str) -> String {
    let words: Vec<&str> = name.split_whitespace().collect();
    without_article(&words.join(" ").to_lowercase()).to_owned()
}

/// A kind of thing over several of ImageNet's classes, or one class.
#[derive(Debug)]
pub struct Node {
    /// Its name, if WordNet has a word with this first sense.
    pub anchor: Option<Anchor>,
    /// Its direct children; a class has none.
    pub children: Vec<usize>,
    /// The classes below it.
    pub classes: Vec<u32>,
}

/// WordNet's tree over ImageNet's classes. Of several hypernyms the first counts.
#[derive(Debug)]
pub struct Tree {
    /// Node 0 is the root.
    pub nodes: Vec<Node>,
    /// The node of a synset.
    pub of_synset: HashMap<SynsetId, usize>,
}

impl Tree {
    /// Builds the tree, adding a name for each kind to `anchors`. `class_anchors` are the classes'.
    pub fn new(
        classes: &[Class],
        class_anchors: &[Anchor],
        wordnet: &WordNet,
        anchors: &mut Anchors,
    ) -> Self {
        let mut tree = Self {
            nodes: Vec::new(),
            of_synset: HashMap::new(),
        };
        for (index, class) in (0..).zip(classes) {
            // The path up to the root, then down again through existing nodes.
            let mut path = vec![class.synset];
            while let Some(above) = parent(path[path.len() - 1], wordnet) {
                path.push(above);
            }
            let mut above: Option<usize> = None;
            for synset in path.into_iter().rev() {
                let node = *tree.of_synset.entry(synset).or_insert_with(|| {
                    let node = tree.nodes.len();
                    let anchor = match synset == class.synset {
                        true => Some(class_anchors[index as usize]),
                        false => kind_name(synset, wordnet).map(|name| anchors.add(name)),
                    };
                    tree.nodes.push(Node {
                        anchor,
                        children: Vec::new(),
                        classes: Vec::new(),
                    });
                    if let Some(above) = above {
                        tree.nodes[above].children.push(node);
                    }
                    node
                });
                tree.nodes[node].classes.push(index);
                above = Some(node);
            }
        }
        tree
    }

    /// The classes that `word` means: one class, or all of a kind.
    pub fn classes_of(&self, word: &str, wordnet: &WordNet) -> &[u32] {
        let node = wordnet
            .first_sense(word)
            .and_then(|sense| self.of_synset.get(&sense));
        node.map_or(&[], |node| &self.nodes[*node].classes)
    }
}

/// The first hypernym of a synset.
pub fn parent(synset: SynsetId, wordnet: &WordNet) -> Option<SynsetId> {
    wordnet.synsets.get(&synset)?.hypernyms.first().copied()
}

/// A word whose first sense is this synset.
fn kind_name(synset: SynsetId, wordnet: &WordNet) -> Option<&str> {
    let words = wordnet.synsets.get(&synset)?.words.iter();
    let mut words = words.map(String::as_str);
    words.find(|word| wordnet.first_sense(word) == Some(synset))
}

/// Number of synonyms held out of training.
pub const HELD_OUT_SYNONYMS: usize = 500;

/// WordNet's other words for ImageNet's classes, each with its class.
#[derive(Debug, Default)]
pub struct Synonyms {
    /// Those to be taught as the class's name.
    pub taught: Vec<(String, u32)>,
    /// Those held out: the words with the lowest SHA-256.
    pub held_out: Vec<(String, u32)>,
}

/// Words whose first sense is a class and that are no anchor's name.
pub fn synonyms(classes: &[Class], wordnet: &WordNet, anchors: &Anchors) -> Synonyms {
    let mut met = HashSet::new();
    let mut found = Vec::new();
    for (index, class) in (0..).zip(classes) {
        let words = wordnet.synsets.get(&class.synset);
        for word in words.iter().flat_map(|synset| &synset.words) {
            let means_class = wordnet.first_sense(word) == Some(class.synset);
            let word = canonical(word);
            if means_class && anchors.find(&word).is_none() && met.insert(word.clone()) {
                found.push((word, index));
            }
        }
    }
    let digest = |word: &str| hex(&Sha256::digest(word));
    found.sort_by_cached_key(|(word, _)| digest(word));
    let taught = found.split_off(found.len().min(HELD_OUT_SYNONYMS));
    Synonyms {
        taught,
        held_out: found,
    }
}

#[cfg(test)]
mod tests {
    use super::super::wordnet::Synset;
    use super::*;

    fn wordnet() -> WordNet {
        let mut wordnet = WordNet::default();
        for (id, words, hypernym) in [
            (1, "thing", None),
            (2, "animal,beast", Some(1)),
            (3, "tench,Tinca tinca", Some(2)),
            (4, "hen,biddy", Some(2)),
            (5, "lamp", Some(1)),
        ] {
            let words: Vec<String> = words.split(',').map(str::to_owned).collect();
            for word in &words {
                let senses = wordnet.senses.entry(word.to_lowercase()).or_default();
                senses.push(id);
            }
            let synset = Synset {
                words,
                hypernyms: hypernym.into_iter().collect(),
                definition: String::new(),
            };
            wordnet.synsets.insert(id, synset);
        }
        wordnet
    }

    fn classes() -> Vec<Class> {
        [("tench", 3), ("hen", 4), ("lamp", 5)]
            .map(|(name, synset)| Class {
                name: name.to_owned(),
                synset,
            })
            .to_vec()
    }

    #[test]
    fn a_name_is_one_anchor_however_it_is_written() {
        let mut anchors = Anchors::default();
        assert_eq!(anchors.add("A  Cat"), 0);
        assert_eq!(anchors.add("cat"), 0);
        assert_eq!(anchors.add("the dog"), 1);
        assert_eq!(anchors.find("an DOG"), Some(1));
        assert_eq!(anchors.names, ["cat", "dog"]);
    }

    #[test]
    fn the_tree_gathers_classes_under_their_kinds() {
        let mut anchors = Anchors::default();
        let classes = classes();
        let of_classes: Vec<Anchor> = classes.iter().map(|c| anchors.add(&c.name)).collect();
        let tree = Tree::new(&classes, &of_classes, &wordnet(), &mut anchors);
        let classes_of = |synset: SynsetId| &tree.nodes[tree.of_synset[&synset]].classes;
        assert_eq!(*classes_of(1), [0, 1, 2]);
        assert_eq!(*classes_of(2), [0, 1]);
        assert_eq!(*classes_of(5), [2]);
        assert_eq!(tree.classes_of("Beast", &wordnet()), [0, 1]);
        assert_eq!(tree.classes_of("yacht", &wordnet()), [0; 0]);
        let root = &tree.nodes[0];
        assert_eq!(root.children.len(), 2);
        assert_eq!(
            anchors.find("animal"),
            tree.nodes[tree.of_synset[&2]].anchor
        );
    }

    #[test]
    fn synonyms_are_other_words_for_a_class() {
        let mut anchors = Anchors::default();
        for class in classes() {
            anchors.add(&class.name);
        }
        let Synonyms { taught, held_out } = synonyms(&classes(), &wordnet(), &anchors);
        let mut words: Vec<_> = taught.into_iter().chain(held_out).collect();
        words.sort();
        assert_eq!(
            words,
            [("biddy".to_owned(), 1), ("tinca tinca".to_owned(), 0)]
        );
    }
}
