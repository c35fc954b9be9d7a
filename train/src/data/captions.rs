//! Captions of training pictures.

use rand::{Rng, seq::IndexedRandom};

use super::example::Example;

/// Probability of the name, if there are keywords too.
const NAME_SHARE: f64 = 0.75;
/// Probability of a phrase alone, without a template.
const BARE_SHARE: f64 = 0.3;

const OF_DRAWINGS: [&str; 12] = [
    "a photo of a {}",
    "a picture of a {}",
    "an emoji of a {}",
    "a drawing of a {}",
    "an icon of a {}",
    "an illustration of a {}",
    "a {} emoji",
    "a {} icon",
    "this is a {}",
    "the {} emoji",
    "{} emoji",
    "{} icon",
];
const OF_PHOTOS: [&str; 7] = [
    "a photo of a {}",
    "a photo of the {}",
    "a picture of a {}",
    "a blurry photo of a {}",
    "a low resolution photo of a {}",
    "a small picture of a {}",
    "this is a {}",
];
/// Keywords are often not nouns: "happy", "go away".
const OF_KEYWORDS: [&str; 4] = ["{} emoji", "{} icon", "a picture of {}", "{} symbol"];

/// A random template over the name or, less often, a keyword of the example.
pub fn caption(example: &Example, rng: &mut impl Rng) -> String {
    let Some((name, keywords)) = example.phrases.split_first() else {
        return String::new();
    };
    // A photo's further phrases are other names of the same thing.
    let keyword = keywords
        .choose(rng)
        .filter(|_| !rng.random_bool(NAME_SHARE));
    let (phrase, templates): (_, &[&str]) = match keyword {
        _ if example.photo => (keyword.unwrap_or(name), &OF_PHOTOS),
        Some(keyword) => (keyword, &OF_KEYWORDS),
        None => (name, &OF_DRAWINGS),
    };
    in_a_sentence(phrase, templates, rng)
}

/// A phrase in one of `templates`, or alone.
pub fn in_a_sentence(phrase: &str, templates: &[&str], rng: &mut impl Rng) -> String {
    let template = templates.choose(rng);
    match template.filter(|_| !rng.random_bool(BARE_SHARE)) {
        Some(template) => fill(template, phrase),
        None => phrase.to_owned(),
    }
}

/// Fills in the phrase; "a" becomes "an" before a vowel.
pub fn fill(template: &str, phrase: &str) -> String {
    let vowel = phrase.starts_with(['a', 'e', 'i', 'o', 'u']);
    let template = if vowel {
        template.replace("a {}", "an {}")
    } else {
        template.to_owned()
    };
    template.replace("{}", phrase)
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::SmallRng};

    use super::*;
    use crate::data::raster::Raster;

    fn example(phrases: &[&str], photo: bool) -> Example {
        Example {
            concept: 0,
            raster: Raster {
                side: 1,
                rgba: vec![0; 4],
            },
            phrases: phrases.iter().map(|phrase| (*phrase).to_owned()).collect(),
            photo,
            share_alike: false,
        }
    }

    #[test]
    fn every_caption_holds_a_phrase_and_mostly_the_name() {
        let example = example(&["orange cat", "whiskers", "purring"], false);
        let mut rng = SmallRng::seed_from_u64(1);
        let captions: Vec<String> = (0..1000).map(|_| caption(&example, &mut rng)).collect();
        let named = captions
            .iter()
            .filter(|caption| caption.contains("orange cat"))
            .count();
        assert!((650..850).contains(&named), "{named}");
        for text in &captions {
            assert!(
                example
                    .phrases
                    .iter()
                    .any(|phrase| text.contains(phrase.as_str())),
                "{text}"
            );
            assert!(!text.contains('{') && !text.contains(" a orange"), "{text}");
        }
        assert!(captions.iter().any(|text| text == "orange cat"));
        assert!(
            captions
                .iter()
                .any(|text| text == "a photo of an orange cat")
        );
    }

    #[test]
    fn photos_are_never_called_emoji() {
        let example = example(&["ship", "boat"], true);
        let mut rng = SmallRng::seed_from_u64(2);
        for _ in 0..500 {
            let text = caption(&example, &mut rng);
            assert!(!text.contains("emoji") && !text.contains("icon"), "{text}");
        }
    }
}
