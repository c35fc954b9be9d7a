//! Labels and captions as people type and paste them.

use std::collections::HashSet;

use glance_prompts::pasted;

/// Most labels on the page: as many as the worker's cache holds.
pub const MAX_LABELS: usize = 4096;
/// Most captions in the table.
pub const MAX_CAPTIONS: usize = 200;

/// Separators of labels.
const SEPARATORS: &[char] = &['\n', '\r', '\t', ','];

/// Splits pasted text at lines, cells and commas, but not within quotes.
pub fn split_labels(text: &str) -> Vec<String> {
    pasted::pieces(&composed(text), SEPARATORS)
}

/// Whether a comma ends the typed label: not inside quotes.
pub fn ends_at_comma(typed: &str) -> bool {
    !pasted::is_open(typed)
}

/// Adds each new label in `text`. Returns whether some did not fit.
pub fn add_labels(labels: &mut Vec<String>, text: &str) -> bool {
    add(labels, &split_labels(text))
}

/// Adds each label that is not there yet. Returns whether some did not fit.
pub fn add(labels: &mut Vec<String>, new: &[String]) -> bool {
    add_up_to(MAX_LABELS, labels, new)
}

fn add_up_to(most: usize, labels: &mut Vec<String>, new: &[String]) -> bool {
    let mut known: HashSet<&str> = labels.iter().map(String::as_str).collect();
    let fresh = new.iter().filter(|label| known.insert(label.as_str()));
    let fresh: Vec<String> = fresh.cloned().collect();
    let room = most.saturating_sub(labels.len());
    let full = fresh.len() > room;
    labels.extend(fresh.into_iter().take(room));
    full
}

/// `text` as one label: trimmed, on one line, without invisible characters; `None` if nothing is left.
pub fn one_label(text: &str) -> Option<String> {
    let text = pasted::visible(&composed(text));
    let lines = text.split(['\r', '\n', '\t']).map(str::trim);
    let lines: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
    (!lines.is_empty()).then(|| lines.join(" "))
}

/// The first characters of a label, if it is longer.
pub fn beginning(label: &str, characters: usize) -> String {
    match label.char_indices().nth(characters) {
        Some((end, _)) => format!("{}…", &label[..end]),
        None => label.to_owned(),
    }
}

/// Normalises text to Unicode's NFC, in which "é" is one character.
pub fn composed(text: &str) -> String {
    js_sys::JsString::from(text).normalize("NFC").into()
}

/// Replaces a label with `text`. Empty text removes it; several pieces become several labels.
pub fn replace_label(labels: &mut Vec<String>, index: usize, text: &str) {
    if index >= labels.len() {
        return;
    }
    let tail = labels.split_off(index);
    let after = &tail[1..];
    add_up_to(
        MAX_LABELS.saturating_sub(after.len()),
        labels,
        &split_labels(text),
    );
    add(labels, after);
}

/// Captions: one a line, trimmed, without empty lines and repetitions.
pub fn captions(text: &str) -> Vec<String> {
    let mut captions: Vec<String> = Vec::new();
    for line in pasted::pieces(&composed(text), &['\n', '\r']) {
        if captions.len() < MAX_CAPTIONS && !captions.contains(&line) {
            captions.push(line);
        }
    }
    captions
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    fn owned(labels: &[&str]) -> Vec<String> {
        labels.iter().map(|label| (*label).to_owned()).collect()
    }

    #[wasm_bindgen_test]
    fn a_paste_becomes_labels_without_repetitions() {
        let mut labels = owned(&["cat"]);
        assert!(!add_labels(&mut labels, " dog,\r\ncat\n\n a red  car ,,"));
        assert_eq!(labels, owned(&["cat", "dog", "a red  car"]));
    }

    #[wasm_bindgen_test]
    fn cells_part_quotes_protect_and_nobody_sees_twice() {
        let mut labels = Vec::new();
        add_labels(
            &mut labels,
            "\u{feff}\"red, white\"\tcafe\u{301}\ncaf\u{e9}\u{200b}\n",
        );
        assert_eq!(labels, owned(&["red, white", "caf\u{e9}"]));
        assert!(ends_at_comma("red") && ends_at_comma("\"red\""));
        assert!(!ends_at_comma(" \"red"));
    }

    #[wasm_bindgen_test]
    fn labels_beyond_the_bound_are_left_out_and_said_so() {
        let many = (0..=MAX_LABELS)
            .map(|i| i.to_string())
            .collect::<Vec<_>>()
            .join("\n");
        let mut labels = Vec::new();
        assert!(add_labels(&mut labels, &many));
        assert_eq!(labels.len(), MAX_LABELS);
        assert!(!add_labels(&mut labels, "0, 1"), "both are there");
        replace_label(&mut labels, 0, "a, b, c");
        assert_eq!(labels.len(), MAX_LABELS);
        assert_eq!(labels[..2], ["a", "1"]);
        assert_eq!(labels[MAX_LABELS - 1], (MAX_LABELS - 1).to_string());
    }

    #[wasm_bindgen_test]
    fn one_label_is_one_line_that_is_seen() {
        let one = |text| one_label(text).unwrap_or_default();
        assert_eq!(one(" red,\r\n white\u{202e}\t"), "red, white");
        assert_eq!(one("<b>cafe\u{301}</b>"), "<b>caf\u{e9}</b>");
        assert_eq!(one_label(" \u{200b}\n"), None);
        assert_eq!(beginning("caf\u{e9} au lait", 4), "caf\u{e9}…");
        assert_eq!(beginning("caf\u{e9}", 4), "caf\u{e9}");
    }

    #[wasm_bindgen_test]
    fn editing_keeps_the_place_and_emptying_removes() {
        let mut labels = owned(&["cat", "dog", "cow"]);
        replace_label(&mut labels, 1, "fox, hen");
        assert_eq!(labels, owned(&["cat", "fox", "hen", "cow"]));
        replace_label(&mut labels, 0, "  ");
        assert_eq!(labels, owned(&["fox", "hen", "cow"]));
        replace_label(&mut labels, 0, "cow");
        assert_eq!(labels, owned(&["cow", "hen"]));
        replace_label(&mut labels, 9, "far away");
        assert_eq!(labels, owned(&["cow", "hen"]));
    }

    #[wasm_bindgen_test]
    fn captions_keep_their_commas() {
        assert_eq!(
            captions("a cat, asleep\r\n\n a dog \na dog"),
            owned(&["a cat, asleep", "a dog"])
        );
    }
}
