//! Labels and captions as people type and paste them.

use glance_prompts::pasted;

/// Most labels on the page; each costs a run of the text tower.
pub const MAX_LABELS: usize = 1000;
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
    for label in split_labels(text) {
        if labels.contains(&label) {
            continue;
        }
        if labels.len() >= MAX_LABELS {
            return true;
        }
        labels.push(label);
    }
    false
}

/// Normalises text to Unicode's NFC, in which "é" is one character.
fn composed(text: &str) -> String {
    js_sys::JsString::from(text).normalize("NFC").into()
}

/// Replaces a label with `text`. Empty text removes it; several pieces become several labels.
pub fn replace_label(labels: &mut Vec<String>, index: usize, text: &str) {
    if index >= labels.len() {
        return;
    }
    let tail = labels.split_off(index);
    add_labels(labels, text);
    for label in tail.into_iter().skip(1) {
        if !labels.contains(&label) {
            labels.push(label);
        }
    }
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
