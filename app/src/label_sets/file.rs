//! A list of labels in a file: CSV, TSV or text, as spreadsheets and people save it.

use std::fmt;

use glance_prompts::pasted;

use crate::format;
use crate::text_list::composed;
use crate::texts;

/// Largest file that is read, in bytes.
pub const MAX_BYTES: f64 = 1e6;

/// What the file picker offers.
pub const ACCEPT: &str = ".csv,.tsv,.txt,text/csv,text/tab-separated-values,text/plain";

/// Separators of cells. If several are equally frequent, the first one counts: a comma is often part
/// of a label.
const SEPARATORS: [char; 3] = ['\t', ';', ','];

/// What the head of a column of labels is called, most telling first.
const HEADS: [&str; 10] = [
    "label",
    "labels",
    "class name",
    "class_name",
    "name",
    "names",
    "class",
    "classes",
    "category",
    "categories",
];

/// Characters around which a label needs quotes in a file.
const QUOTED: [char; 4] = ['"', ',', ';', '\t'];

/// Why a file is no list of labels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FileError {
    /// It has this many bytes.
    Large(f64),
    /// It is in UTF-16.
    Utf16,
    /// It is in another encoding, or no text.
    NotUtf8,
    /// It has no label.
    Empty,
    /// The browser could not read it.
    Unreadable,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&match self {
            Self::Large(bytes) => {
                texts::sets_file_large(&format::bytes(MAX_BYTES), &format::bytes(*bytes))
            }
            Self::Utf16 => texts::sets_file_utf16().to_owned(),
            Self::NotUtf8 => texts::sets_file_not_utf8().to_owned(),
            Self::Empty => texts::sets_file_empty().to_owned(),
            Self::Unreadable => texts::sets_file_unreadable().to_owned(),
        })
    }
}

/// The labels in a file, in order, repetitions included. If the first row names a column of labels,
/// only that column counts; a lone head at the start is left out.
pub fn labels(bytes: &[u8]) -> Result<Vec<String>, FileError> {
    let text = composed(decode(bytes)?);
    let mut rows = pasted::rows(&text, separator(&text));
    let first = rows.first().ok_or(FileError::Empty)?;
    let width = first.len();
    let named = |head: &&str| first.iter().position(|cell| cell.to_lowercase() == *head);
    let head = HEADS.iter().find_map(named);
    let is_table = width > 1 && rows.len() > 1 && rows.iter().all(|row| row.len() == width);
    let cells: Vec<String> = match head {
        Some(column) if is_table => {
            let below = rows.into_iter().skip(1);
            below
                .filter_map(|row| row.into_iter().nth(column))
                .collect()
        }
        head => {
            if head == Some(0) {
                rows[0].remove(0);
            }
            rows.into_iter().flatten().collect()
        }
    };
    let labels: Vec<String> = cells.into_iter().filter(|cell| !cell.is_empty()).collect();
    match labels.is_empty() {
        true => Err(FileError::Empty),
        false => Ok(labels),
    }
}

/// Labels as a text file, one a line; [`labels`] reads the same ones from it.
pub fn text(labels: &[String]) -> String {
    let mut text = String::new();
    if labels.first().is_some_and(|first| is_head(first)) {
        text.push_str("label\n");
    }
    for label in labels {
        match label.contains(QUOTED) {
            true => text.push_str(&format!("\"{}\"\n", label.replace('"', "\"\""))),
            false => text.push_str(&format!("{label}\n")),
        }
    }
    text
}

fn is_head(cell: &str) -> bool {
    HEADS.contains(&cell.to_lowercase().as_str())
}

/// The file's text without a byte order mark.
fn decode(bytes: &[u8]) -> Result<&str, FileError> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) || is_utf16(bytes) {
        return Err(FileError::Utf16);
    }
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    match str::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => Ok(text),
        _ => Err(FileError::NotUtf8),
    }
}

/// Whether every second byte of the beginning is zero: UTF-16 without a byte order mark.
fn is_utf16(bytes: &[u8]) -> bool {
    let (pairs, _) = bytes[..bytes.len().min(1000)].as_chunks::<2>();
    let high = |at: usize| pairs.iter().all(|pair| pair[at] == 0 && pair[1 - at] != 0);
    !pairs.is_empty() && (high(0) || high(1))
}

/// What separates cells: what every line has, or else what most lines have, outside quotes.
fn separator(text: &str) -> char {
    let mut lines = 0;
    let mut found = [0; SEPARATORS.len()];
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        lines += 1;
        for (count, separator) in found.iter_mut().zip(SEPARATORS) {
            let mut outside = line.split('"').step_by(2);
            *count += u32::from(outside.any(|part| part.contains(separator)));
        }
    }
    let in_all = found.iter().position(|count| *count == lines);
    let most = (0..found.len()).rev().max_by_key(|at| found[*at]);
    match in_all.or(most.filter(|at| found[*at] > 0)) {
        Some(at) => SEPARATORS[at],
        None => ',',
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    fn owned(labels: &[&str]) -> Vec<String> {
        labels.iter().map(|label| (*label).to_owned()).collect()
    }

    #[wasm_bindgen_test]
    fn lists_and_tables_are_read() {
        for (text, expected) in [
            ("cat\ndog\n", &["cat", "dog"][..]),
            (
                "\u{feff}cat,\"red, white\"\r\n\r\nowl",
                &["cat", "red, white", "owl"],
            ),
            (
                "cat;red, white;owl\nfox;\"a;b\";",
                &["cat", "red, white", "owl", "fox", "a;b"],
            ),
            (
                "cat, asleep\tdog\nowl\tcow",
                &["cat, asleep", "dog", "owl", "cow"],
            ),
            ("Label\ncat, dog\nowl", &["cat", "dog", "owl"]),
            ("labels,cat,dog\nowl", &["cat", "dog", "owl"]),
            ("door,name\nkey", &["door", "name", "key"]),
            (
                "id,label,count\n1,cat,7\n2,\"a \"\"big\"\" dog\",9\n3,,1",
                &["cat", "a \"big\" dog"],
            ),
            ("class;name\nn01440764;tench", &["tench"]),
            (
                "id;Hund, klein\n1;Katze",
                &["id", "Hund, klein", "1", "Katze"],
            ),
            ("cafe\u{301}\n\u{202e}owl\u{200b}", &["caf\u{e9}", "owl"]),
            ("12\" vinyl\n\"open, end", &["12\" vinyl", "\"open", "end"]),
            (
                "<img src=x onerror=alert(1)>",
                &["<img src=x onerror=alert(1)>"],
            ),
        ] {
            assert_eq!(labels(text.as_bytes()), Ok(owned(expected)), "{text:?}");
        }
    }

    #[wasm_bindgen_test]
    fn what_is_no_list_is_named() {
        let utf16 = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let cases: [(Vec<u8>, FileError); 7] = [
            (utf16("\u{feff}cat\ndog"), FileError::Utf16),
            (utf16("cat\ndog"), FileError::Utf16),
            (vec![0xfe, 0xff, 0, b'c'], FileError::Utf16),
            (b"caf\xe9\n".to_vec(), FileError::NotUtf8),
            (b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec(), FileError::NotUtf8),
            (b"\xef\xbb\xbf \r\n,,".to_vec(), FileError::Empty),
            (b"label\n".to_vec(), FileError::Empty),
        ];
        for (bytes, error) in cases {
            assert_eq!(labels(&bytes), Err(error), "{bytes:?}");
        }
        assert_eq!(
            FileError::Large(1e7).to_string(),
            "A list of labels may have 1.0 MB; this one has 10.0 MB."
        );
    }

    #[wasm_bindgen_test]
    fn what_is_exported_is_imported() {
        for list in [
            &["cat", "red, white", "a \"big\" dog", "a;b", "\"", "<b>"][..],
            &["name", "cat"],
            &["cat", "name"],
            &["12\" vinyl", "owl"],
        ] {
            let list = owned(list);
            assert_eq!(labels(text(&list).as_bytes()), Ok(list));
        }
    }

    #[wasm_bindgen_test]
    fn a_large_file_of_quotes_is_read_at_once() {
        for line in ["\"\n", "\"\"\n", "\"a\"\"\n", "\"a\"b\n", "\"\"\"\n", ";"] {
            let text = line.repeat(MAX_BYTES as usize / line.len());
            // Whatever they mean, they end.
            let _ = labels(text.as_bytes());
        }
    }
}
