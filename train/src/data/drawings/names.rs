//! One name for one thing, whatever each icon set calls it.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

use crate::error::DataError;
use crate::packages::Files;

/// The files of the names package that are read, labels first: the first file with a spelling
/// decides what it means.
pub(super) const FILES: [&str; 5] = [
    "en/compact.json",
    "en/shortcodes/emojibase.json",
    "en/shortcodes/github.json",
    "en/shortcodes/joypixels.json",
    "en/shortcodes/iamcal.json",
];

/// A keyword that fits more things than this says too little about any of them.
const KEYWORD_LIMIT: usize = 16;

/// What an emoji is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    pub name: String,
    pub keywords: Vec<String>,
}

/// Names by code points and by spelling.
#[derive(Debug, Default)]
pub(super) struct Names {
    by_code_points: HashMap<String, Name>,
    code_points_by_spelling: HashMap<String, String>,
}

#[derive(Deserialize)]
struct Entry {
    hexcode: String,
    label: String,
    #[serde(default)]
    tags: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum ShortCodes {
    One(String),
    Many(Vec<String>),
}

impl Names {
    /// Reads CLDR's labels and keywords and the short codes from the names package.
    pub fn read(package: &str, files: &Files) -> Result<Self, DataError> {
        let entries: Vec<Entry> = parse(package, files, FILES[0])?;
        let mut names = Self::from_entries(entries);
        for file in &FILES[1..] {
            let codes: BTreeMap<String, ShortCodes> = parse(package, files, file)?;
            for (hexcode, codes) in codes {
                let codes = match codes {
                    ShortCodes::One(code) => vec![code],
                    ShortCodes::Many(codes) => codes,
                };
                for code in codes {
                    names.learn_spelling(&code, &hexcode);
                }
            }
        }
        Ok(names)
    }

    fn from_entries(entries: Vec<Entry>) -> Self {
        let mut uses: HashMap<String, usize> = HashMap::new();
        for tag in entries.iter().flat_map(|entry| &entry.tags) {
            *uses.entry(plain_words(tag)).or_default() += 1;
        }
        let mut names = Self::default();
        for entry in entries {
            let name = natural(&entry.label);
            let mut keywords: Vec<String> = match name.strip_prefix("flag of ") {
                Some(place) => vec![format!("{} flag", place.trim_start_matches("the "))],
                None => Vec::new(),
            };
            for tag in entry.tags.iter().map(|tag| plain_words(tag)) {
                // Country codes and single letters are not words.
                let word = tag.chars().filter(char::is_ascii_alphabetic).count() > 2;
                let telling = uses.get(&tag).is_some_and(|uses| *uses <= KEYWORD_LIMIT);
                if word && telling && tag != name && !keywords.contains(&tag) {
                    keywords.push(tag);
                }
            }
            let hexcode = code_points(&entry.hexcode);
            names
                .by_code_points
                .insert(hexcode.clone(), Name { name, keywords });
            names.learn_spelling(&entry.label, &hexcode);
        }
        names
    }

    /// Registers `spelling` for an emoji, unless the spelling is taken.
    pub fn learn_spelling(&mut self, spelling: &str, hexcode: &str) {
        let hexcode = code_points(hexcode);
        if self.by_code_points.contains_key(&hexcode) {
            self.code_points_by_spelling
                .entry(squash(spelling))
                .or_insert(hexcode);
        }
    }

    /// The name of the emoji of these code points (hexadecimal, joined by hyphens).
    pub fn of_code_points(&self, hexcode: &str) -> Option<&Name> {
        self.by_code_points.get(&code_points(hexcode))
    }

    /// The name of the emoji with this spelling in some set or short code.
    pub fn of_spelling(&self, spelling: &str) -> Option<&Name> {
        self.by_code_points
            .get(self.code_points_by_spelling.get(&squash(spelling))?)
    }

    /// The name of the flag of a country or region, by its code: `fr`, `gb-sct`.
    pub fn of_country(&self, code: &str) -> Option<&Name> {
        let letters: Vec<u32> = code
            .bytes()
            .filter(u8::is_ascii_alphabetic)
            .map(|letter| u32::from(letter.to_ascii_lowercase() - b'a'))
            .collect();
        let hexcode: Vec<String> = if letters.len() == 2 {
            letters
                .iter()
                .map(|letter| format!("{:x}", 0x1f1e6 + letter))
                .collect()
        } else {
            let tags = letters
                .iter()
                .map(|letter| format!("{:x}", 0xe0061 + letter));
            std::iter::once("1f3f4".to_owned())
                .chain(tags)
                .chain(["e007f".to_owned()])
                .collect()
        };
        self.of_code_points(&hexcode.join("-"))
    }
}

fn parse<T: serde::de::DeserializeOwned>(
    package: &str,
    files: &Files,
    file: &str,
) -> Result<T, DataError> {
    let problem = |reason: String| DataError::Package {
        package: package.to_owned(),
        file: file.to_owned(),
        reason,
    };
    let bytes = files
        .get(file)
        .ok_or_else(|| problem("it is missing".into()))?;
    serde_json::from_slice(bytes).map_err(|error| problem(error.to_string()))
}

/// Code points in lower case, without the emoji variation selector, which only some sets write.
fn code_points(hexcode: &str) -> String {
    let lower = hexcode.to_ascii_lowercase();
    lower
        .split('-')
        .filter(|point| *point != "fe0f")
        .collect::<Vec<_>>()
        .join("-")
}

/// Reduces a spelling to its letters and digits, so that `flag-for-flag-france`, `flag_france` and
/// `flag: France` are equal.
fn squash(spelling: &str) -> String {
    let words = plain_words(spelling).replace('&', " and ");
    let words: Vec<&str> = words
        .split(|c: char| !c.is_ascii_alphanumeric() && c != '\'')
        .filter(|word| !word.is_empty())
        .collect();
    let words = match words.as_slice() {
        ["flag", "for", "flag", place @ ..] | ["flag", "for" | "of", place @ ..] => {
            [&["flag"], place].concat()
        }
        words => words.to_vec(),
    };
    words.concat().replace('\'', "")
}

/// A CLDR label as a person would say it.
fn natural(label: &str) -> String {
    let label = plain_words(label);
    let Some((head, tail)) = label.split_once(": ") else {
        return label;
    };
    match head {
        "flag" => format!(
            "flag of {}{tail}",
            if takes_article(tail) { "the " } else { "" }
        ),
        "keycap" => match tail {
            "#" => "keycap number sign".into(),
            "*" => "keycap asterisk".into(),
            _ => format!("keycap {tail}"),
        },
        _ if tail == "bald" => format!("bald {head}"),
        _ if tail.ends_with("hair") || tail == "beard" => format!("{head} with {tail}"),
        "kiss" | "couple with heart" => format!("{head}, {}", tail.replace(", ", " and ")),
        _ => format!("{head}, {tail}"),
    }
}

fn takes_article(place: &str) -> bool {
    const PLACES: [&str; 8] = [
        "bahamas",
        "comoros",
        "dominican republic",
        "central african republic",
        "gambia",
        "maldives",
        "netherlands",
        "philippines",
    ];
    PLACES.contains(&place)
        || place.starts_with("united ")
        || place.ends_with(" islands")
        || place.ends_with(" territories")
        || place.ends_with(" territory")
}

/// Lower case, plain letters and quotes.
fn plain_words(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.to_lowercase().chars() {
        match c {
            'à'..='å' => plain.push('a'),
            'ç' => plain.push('c'),
            'è'..='ë' => plain.push('e'),
            'ì'..='ï' => plain.push('i'),
            'ñ' => plain.push('n'),
            'ò'..='ö' => plain.push('o'),
            'ù'..='ü' => plain.push('u'),
            '’' => plain.push('\''),
            '“' | '”' | '"' => {}
            '_' => plain.push(' '),
            c => plain.push(c),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names() -> Names {
        let entry = |hexcode: &str, label: &str, tags: &[&str]| Entry {
            hexcode: hexcode.into(),
            label: label.into(),
            tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        };
        Names::from_entries(vec![
            entry("1F1E8-1F1EE", "flag: Côte d’Ivoire", &["CI", "flag"]),
            entry("1F1F3-1F1F1", "flag: Netherlands", &["NL"]),
            entry(
                "1F3F4-E0067-E0062-E0073-E0063-E0074-E007F",
                "flag: Scotland",
                &["flag", "gbsct"],
            ),
            entry("263A-FE0F", "smiling face", &["happy"]),
            entry("1F468-200D-1F9B2", "man: bald", &[]),
            entry("1F468-200D-1F9B0", "man: red hair", &[]),
            entry("0023-FE0F-20E3", "keycap: #", &[]),
        ])
    }

    #[test]
    fn every_spelling_of_a_flag_is_one_name() {
        let names = names();
        for spelling in [
            "flag-cote-divoire",
            "flag-for-cote-divoire",
            "flag_for_flag_cote_divoire",
        ] {
            let found = names.of_spelling(spelling).map(|name| name.name.as_str());
            assert_eq!(found, Some("flag of cote d'ivoire"), "{spelling}");
        }
        assert_eq!(
            names.of_country("ci"),
            names.of_spelling("flag-cote-divoire")
        );
        assert_eq!(
            names.of_country("NL").map(|n| n.name.as_str()),
            Some("flag of the netherlands")
        );
        assert_eq!(
            names.of_country("gb-sct").map(|n| n.name.as_str()),
            Some("flag of scotland")
        );
        assert_eq!(names.of_country("zz"), None);
    }

    #[test]
    fn the_variation_selector_makes_no_difference() {
        assert_eq!(
            names().of_code_points("263a").map(|n| n.name.as_str()),
            Some("smiling face")
        );
    }

    #[test]
    fn labels_read_as_a_person_says_them() {
        let names = names();
        let name = |code| names.of_code_points(code).map(|n: &Name| n.name.clone());
        assert_eq!(name("1f468-200d-1f9b2").as_deref(), Some("bald man"));
        assert_eq!(
            name("1f468-200d-1f9b0").as_deref(),
            Some("man with red hair")
        );
        assert_eq!(name("23-20e3").as_deref(), None);
        assert_eq!(name("0023-20e3").as_deref(), Some("keycap number sign"));
    }

    #[test]
    fn country_codes_are_no_keywords() {
        let names = names();
        let keywords = names.of_country("ci").map(|name| name.keywords.clone());
        assert_eq!(
            keywords,
            Some(vec!["cote d'ivoire flag".to_owned(), "flag".to_owned()])
        );
    }
}
