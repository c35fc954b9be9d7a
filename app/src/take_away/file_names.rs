//! Names of folders and files that every system takes.

use std::collections::HashSet;

/// Longest name in characters: some systems take 255 bytes, and four bytes may be one character.
const LONGEST: usize = 60;
/// Names that Windows keeps for devices.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

/// A text as the name of a folder or file: what some system forbids becomes `_`.
pub fn safe(text: &str) -> String {
    let forbidden = |c: char| c.is_control() || "/\\:*?\"<>|".contains(c);
    let name: String = text
        .chars()
        .map(|c| if forbidden(c) { '_' } else { c })
        .take(LONGEST)
        .collect();
    let name = name.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let stem = name.split('.').next().unwrap_or_default().to_lowercase();
    let numbered = stem.strip_prefix("com").or(stem.strip_prefix("lpt"));
    let numbered =
        numbered.is_some_and(|rest| rest.len() == 1 && rest.as_bytes()[0].is_ascii_digit());
    match name.is_empty() || numbered || DEVICES.contains(&stem.as_str()) {
        true => format!("_{name}"),
        false => name.to_owned(),
    }
}

/// Names in folders, of which none was given before: `cat.jpg`, `cat (2).jpg`.
#[derive(Default)]
pub struct UniqueNames(HashSet<String>);

impl UniqueNames {
    /// A name for `file` in `folder`, both made safe. Systems that take `A` and `a` for the same name
    /// lose nothing.
    pub fn take(&mut self, folder: &str, file: &str) -> (String, String) {
        let (folder, file) = (safe(folder), safe_file(file));
        let (stem, ending) = match file.rsplit_once('.') {
            Some((stem, ending)) if !stem.is_empty() => (stem.to_owned(), format!(".{ending}")),
            _ => (file.clone(), String::new()),
        };
        let mut name = file;
        let mut count = 1;
        while !self.0.insert(format!("{folder}/{name}").to_lowercase()) {
            count += 1;
            name = format!("{stem} ({count}){ending}");
        }
        (folder, name)
    }
}

/// A file's name made safe; its ending stays when it is cut.
fn safe_file(file: &str) -> String {
    match file.rsplit_once('.') {
        Some((stem, ending)) if ending.len() <= 5 && !stem.is_empty() => {
            format!("{}.{}", safe(stem), safe(ending))
        }
        _ => safe(file),
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn hostile_names_become_plain_ones() {
        for (text, name) in [
            ("cat", "cat"),
            ("../../etc", "_.._etc"),
            ("a/b\\c:d", "a_b_c_d"),
            ("  .. ", "_"),
            ("", "_"),
            ("con", "_con"),
            ("Com1.txt", "_Com1.txt"),
            ("comb", "comb"),
            ("\u{0}x", "_x"),
            ("café 🐱", "café 🐱"),
        ] {
            assert_eq!(safe(text), name, "{text:?}");
        }
        assert_eq!(safe(&"x".repeat(500)).len(), LONGEST);
    }

    #[wasm_bindgen_test]
    fn equal_names_are_numbered_within_a_folder() {
        let mut names = UniqueNames::default();
        let mut take = |folder: &str, file: &str| names.take(folder, file).1;
        assert_eq!(take("cat", "a.jpg"), "a.jpg");
        assert_eq!(take("cat", "A.JPG"), "A (2).JPG");
        assert_eq!(take("dog", "a.jpg"), "a.jpg");
        assert_eq!(take("cat", ".jpg"), "jpg");
        let long = format!("{}.jpeg", "y".repeat(300));
        assert!(take("cat", &long).ends_with(".jpeg"));
    }
}
