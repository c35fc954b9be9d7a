//! Random wordings of a phrase for training: in a sentence, in the plural, after an adjective,
//! before its kind. All keep the phrase's meaning, so that "tulips", "regular tomato" and "gerenuk
//! antelope" are understood by their nouns.

use rand::Rng;
use rand::seq::IndexedRandom;

use crate::data::{fill, in_a_sentence};
use crate::words::meanings::Phrase;

/// Probability of the plural.
const PLURAL: f64 = 0.1;
/// Probability of an adjective before the phrase.
const ADJECTIVE: f64 = 0.08;
/// Probability of the phrase's kind after it.
const KIND: f64 = 0.05;
/// Probability of one of `PARTS`.
const PART: f64 = 0.03;

/// Sentences that a phrase may stand in; "a" becomes "an" before a vowel.
const TEMPLATES: [&str; 18] = [
    "a photo of a {}",
    "a photo of a {}",
    "a photo of the {}",
    "a photo of {}",
    "a picture of a {}",
    "an image of a {}",
    "a close-up photo of a {}",
    "a photo of a {}.",
    "a drawing of a {}",
    "an illustration of a {}",
    "an icon of a {}",
    "an emoji of a {}",
    "a {} emoji",
    "{} emoji",
    "{} icon",
    "this is a {}",
    "a {}",
    "the {}",
];

/// Groups of things, in the plural, and parts of one thing.
const PARTS: [&str; 6] = [
    "pair of {}s",
    "group of {}s",
    "bunch of {}s",
    "head of a {}",
    "piece of {}",
    "side of a {}",
];

/// A random wording of `phrase`. `adjectives` may be empty.
pub fn prompt(phrase: &Phrase, adjectives: &[String], rng: &mut impl Rng) -> String {
    let text = phrase.text.as_str();
    let number = match rng.random_bool(PLURAL) {
        true => plural(text),
        false => text.to_owned(),
    };
    let draw = rng.random::<f64>();
    let worded = if draw < ADJECTIVE {
        let adjective = adjectives.choose(rng);
        adjective.map(|adjective| format!("{adjective} {number}"))
    } else if draw < ADJECTIVE + KIND {
        phrase
            .kinds
            .choose(rng)
            .map(|kind| format!("{text} {kind}"))
    } else if draw < ADJECTIVE + KIND + PART {
        PARTS
            .choose(rng)
            .map(|part| match part.strip_suffix("{}s") {
                Some(counted) => format!("{counted}{}", plural(text)),
                None => fill(part, text),
            })
    } else {
        None
    };
    in_a_sentence(&worded.unwrap_or(number), &TEMPLATES, rng)
}

/// The regular plural of a phrase's last word; a word that looks like a plural stays.
fn plural(phrase: &str) -> String {
    let sibilant = ["ss", "us", "x", "z", "ch", "sh"];
    if sibilant.iter().any(|ending| phrase.ends_with(ending)) {
        return format!("{phrase}es");
    }
    if phrase.ends_with('s') {
        return phrase.to_owned();
    }
    match phrase.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{stem}ies"),
        _ => format!("{phrase}s"),
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::SmallRng;

    use super::*;

    #[test]
    fn plurals_follow_spelling() {
        let found = ["cat", "fox", "cherry", "key", "finch", "walrus", "scissors"].map(plural);
        assert_eq!(
            found,
            [
                "cats", "foxes", "cherries", "keys", "finches", "walruses", "scissors"
            ]
        );
    }

    #[test]
    fn a_prompt_holds_its_phrase_and_reads_well() {
        let mut rng = SmallRng::seed_from_u64(3);
        let phrase = Phrase {
            text: "owl".into(),
            meaning: vec![(0, 1.0)],
            kinds: vec!["bird".into()],
            inferred: false,
        };
        let adjectives = ["old".to_owned()];
        let prompts: Vec<String> = (0..5000)
            .map(|_| prompt(&phrase, &adjectives, &mut rng))
            .collect();
        for text in &prompts {
            assert!(text.contains("owl") && !text.contains("{}"), "{text}");
            assert!(
                !text.contains(" a owl") && !text.contains(" a old"),
                "{text}"
            );
        }
        for wanted in [
            "owl",
            "owls",
            "a photo of an owl",
            "old owl",
            "owl bird",
            "pair of owls",
        ] {
            assert!(prompts.iter().any(|text| text.contains(wanted)), "{wanted}");
        }
    }
}
