//! Labels and captions as people type and paste them.

/// Labels one page ranks at most; each costs a run of the text tower.
pub const MAX_LABELS: usize = 1000;
/// Captions one table holds at most.
pub const MAX_CAPTIONS: usize = 200;

/// Pieces of pasted text: one a line or between commas, trimmed, without empty ones.
pub fn split_labels(text: &str) -> impl Iterator<Item = &str> {
    text.split(['\n', '\r', ','])
        .map(str::trim)
        .filter(|label| !label.is_empty())
}

/// Adds each piece of `text` that is not there yet; true where some did not fit.
pub fn add_labels(labels: &mut Vec<String>, text: &str) -> bool {
    for label in split_labels(text) {
        if labels.iter().any(|known| known == label) {
            continue;
        }
        if labels.len() >= MAX_LABELS {
            return true;
        }
        labels.push(label.to_owned());
    }
    false
}

/// Puts `text` in place of a label: nothing removes it, several pieces become several labels.
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

/// Captions: one a line, trimmed, without empty ones and repetitions.
pub fn captions(text: &str) -> Vec<String> {
    let mut captions: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if captions.len() < MAX_CAPTIONS && !captions.iter().any(|known| known == line) {
            captions.push(line.to_owned());
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
