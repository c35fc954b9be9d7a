//! Byte-pair encoding: the bytes of a word become printable symbols, and pairs of symbols are
//! merged.

use tokenizers::models::bpe::BPE;
use tokenizers::tokenizer::Model;

/// Words that the library keeps with their tokens: none. It would keep them for as long as the
/// thread lives, also after the model is dropped.
pub(super) const CACHED_WORDS: usize = 0;

/// A byte-pair encoder. Its vocabulary has every symbol, or a token for unknown ones.
pub(super) struct BytePairs {
    symbols: [char; 256],
    model: BPE,
}

impl BytePairs {
    pub(super) fn new(model: BPE) -> Self {
        Self {
            symbols: symbols_of_bytes(),
            model,
        }
    }

    /// Adds the tokens of a word to `ids`.
    pub(super) fn encode(&self, word: &str, ids: &mut Vec<u32>) {
        let symbols: String = word
            .bytes()
            .map(|byte| self.symbols[usize::from(byte)])
            .collect();
        let tokens = self.model.tokenize(&symbols);
        let tokens = tokens.expect("the vocabulary has every symbol or the unknown token");
        ids.extend(tokens.iter().map(|token| token.id));
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
    use tokenizers::pre_tokenizers::byte_level::ByteLevel;

    use super::*;

    #[test]
    fn bytes_map_to_their_symbols_in_order() {
        let symbols: Vec<char> = ordered_symbols().map(|(_, symbol)| symbol).collect();
        assert_eq!(symbols.len(), 256);
        let mut bytes = ByteLevel::alphabet().into_iter().collect::<Vec<char>>();
        bytes.sort_unstable();
        assert_eq!(symbols, bytes);
    }
}
