//! Byte-pair encoding: the bytes of a word become printable symbols, and pairs of symbols are
//! merged.

use std::collections::HashMap;
use std::sync::Mutex;

use tokenizers::models::bpe::BPE;
use tokenizers::tokenizer::Model;

/// Words that the library keeps with their tokens: none. It would keep them for as long as the
/// thread lives, also after the model is dropped.
pub(super) const CACHED_WORDS: usize = 0;

/// Words that an encoder keeps with their tokens: labels in a prompt share most of their words.
const KEPT_WORDS: usize = 1024;
/// Bytes of the longest word that is kept.
const KEPT_BYTES: usize = 32;

/// A byte-pair encoder. Its vocabulary has every symbol, or a token for unknown ones.
pub(super) struct BytePairs {
    symbols: [char; 256],
    model: BPE,
    kept: Mutex<HashMap<String, Box<[u32]>>>,
}

impl BytePairs {
    pub(super) fn new(model: BPE) -> Self {
        Self {
            symbols: symbols_of_bytes(),
            model,
            kept: Mutex::default(),
        }
    }

    /// Adds the tokens of a word to `ids`.
    pub(super) fn encode(&self, word: &str, ids: &mut Vec<u32>) {
        // A thread that would have to wait merges by itself.
        let kept = self.kept.try_lock().ok();
        let mut kept = kept.filter(|_| word.len() <= KEPT_BYTES);
        if let Some(known) = kept.as_ref().and_then(|kept| kept.get(word)) {
            return ids.extend(known);
        }
        let merged = self.merged(word);
        ids.extend(&merged);
        if let Some(kept) = &mut kept {
            if kept.len() >= KEPT_WORDS {
                kept.clear();
            }
            kept.insert(word.to_owned(), merged.into());
        }
    }

    fn merged(&self, word: &str) -> Vec<u32> {
        let symbols: String = word
            .bytes()
            .map(|byte| self.symbols[usize::from(byte)])
            .collect();
        let tokens = self.model.tokenize(&symbols);
        let tokens = tokens.expect("the vocabulary has every symbol or the unknown token");
        tokens.iter().map(|token| token.id).collect()
    }
}

/// The bytes with their printable symbols, in the order of `bytes_to_unicode`. Printable bytes
/// stand for themselves; the other 68 are moved to U+0100 and beyond.
pub(super) fn ordered_symbols() -> impl Iterator<Item = (u8, char)> {
    let prints = |byte: &u8| matches!(byte, b'!'..=b'~' | 0xa1..=0xac | 0xae..);
    let printing = (0..=255)
        .filter(prints)
        .map(|byte| (byte, char::from(byte)));
    let others = (0..=255).filter(move |byte| !prints(byte));
    printing.chain(others.zip('\u{100}'..))
}

fn symbols_of_bytes() -> [char; 256] {
    let mut symbols = ['\0'; 256];
    for (byte, symbol) in ordered_symbols() {
        symbols[usize::from(byte)] = symbol;
    }
    symbols
}

#[cfg(test)]
mod tests {
    use tokenizers::models::bpe::Vocab;
    use tokenizers::pre_tokenizers::byte_level::ByteLevel;

    use super::*;

    #[test]
    fn a_kept_word_has_the_tokens_that_merging_gives_and_the_number_is_bounded() {
        let symbols = || ordered_symbols().map(|(_, symbol)| symbol.to_string());
        let ends = symbols().map(|symbol| symbol + "</w>");
        let merged = ["in", "ing</w>"].map(str::to_owned);
        let vocabulary: Vocab = symbols().chain(ends).chain(merged).zip(0..).collect();
        let merges = [("i", "n"), ("in", "g</w>")];
        let merges = merges.map(|(first, second)| (first.to_owned(), second.to_owned()));
        let model = BPE::builder()
            .vocab_and_merges(vocabulary, merges.to_vec())
            .end_of_word_suffix("</w>".to_owned())
            .build()
            .expect("each symbol is known");
        let pairs = BytePairs::new(model);
        let long = "in".repeat(KEPT_BYTES);
        for word in ["inning", "inning", "é", "é", &long, &long] {
            let mut ids = vec![7];
            pairs.encode(word, &mut ids);
            assert_eq!(ids[0], 7);
            assert_eq!(ids[1..], pairs.merged(word), "{word}");
        }
        let kept = || pairs.kept.lock().expect("no thread panicked").len();
        assert_eq!(kept(), 2);
        for number in 0..2 * KEPT_WORDS {
            pairs.encode(&number.to_string(), &mut Vec::new());
            assert!(kept() <= KEPT_WORDS);
        }
    }

    #[test]
    fn bytes_map_to_their_symbols_in_order() {
        let symbols: Vec<char> = ordered_symbols().map(|(_, symbol)| symbol).collect();
        assert_eq!(symbols.len(), 256);
        let mut bytes = ByteLevel::alphabet().into_iter().collect::<Vec<char>>();
        bytes.sort_unstable();
        assert_eq!(symbols, bytes);
    }
}
