//! Tokens that a tokenizer.json adds to its vocabulary. They are matched before a text is split
//! into words.

use std::collections::HashMap;

use tokenizers::models::bpe::BPE;
use tokenizers::{AddedToken, Model};

use crate::text::error::{TokenizerError, unusable};
use crate::text::pattern::Pattern;

/// Maximum number of added tokens. CLIP has two, and fine-tuned models a few more. Each costs time
/// for every text.
const MAX_ADDED_TOKENS: usize = 1024;
/// Maximum bytes of their contents. Every token is compared with the text at every place.
const MAX_ADDED_BYTES: usize = 1 << 16;

thread_local! {
    /// A word character, as `\w` in the `regex` crate.
    static OF_WORD: Pattern =
        Pattern::new(r"[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]");
}

/// Added tokens, by the form of the text that they match in.
pub struct AddedTokens {
    /// Tokens that match in the original text.
    pub exact: Matches,
    /// Tokens that match in the cleaned text.
    pub normalized: Matches,
}

impl AddedTokens {
    /// A token that the model has keeps its id; others get the ids that follow. Of several with the
    /// same content, the last one's matching rules apply.
    pub fn new(
        tokens: Vec<AddedToken>,
        model: &BPE,
        normalize: impl Fn(&str) -> String,
    ) -> Result<Self, TokenizerError> {
        if tokens.len() > MAX_ADDED_TOKENS {
            return Err(unusable(&format!(
                "it adds more than {MAX_ADDED_TOKENS} tokens"
            )));
        }
        let mut ids: HashMap<String, u32> = HashMap::new();
        let mut by_id: HashMap<u32, AddedToken> = HashMap::new();
        let mut next = model.get_vocab_size() as u32;
        for token in tokens.into_iter().filter(|token| !token.content.is_empty()) {
            let known = ids.get(&token.content).copied();
            let id = known
                .or_else(|| model.token_to_id(&token.content))
                .unwrap_or_else(|| {
                    next += 1;
                    next - 1
                });
            ids.insert(token.content.clone(), id);
            by_id.insert(id, token);
        }
        let (mut exact, mut normalized) = (Vec::new(), Vec::new());
        let mut bytes = 0;
        for (id, token) in by_id {
            let (content, kind) = match token.normalized {
                true => (normalize(&token.content), &mut normalized),
                false => (token.content.clone(), &mut exact),
            };
            if content.is_empty() {
                return Err(unusable(&"cleaning leaves nothing of a token that it adds"));
            }
            bytes += content.len();
            if bytes > MAX_ADDED_BYTES {
                let most = MAX_ADDED_BYTES;
                return Err(unusable(&format!(
                    "it adds tokens of more than {most} bytes"
                )));
            }
            kind.push(Entry { id, content, token });
        }
        Ok(Self {
            exact: Matches(exact),
            normalized: Matches(normalized),
        })
    }

    /// Ids of all added tokens.
    pub fn ids(&self) -> impl Iterator<Item = u32> {
        let entries = self.exact.0.iter().chain(&self.normalized.0);
        entries.map(|entry| entry.id)
    }
}

struct Entry {
    id: u32,
    content: String,
    token: AddedToken,
}

/// Added tokens that match in the same form of a text.
pub struct Matches(Vec<Entry>);

/// A part of a text.
#[derive(Debug, PartialEq)]
pub enum Part<'a> {
    /// An added token.
    Token(u32),
    /// The text between tokens.
    Text(&'a str),
}

impl Matches {
    /// Splits `text` at tokens. If several start at one position, the longest counts.
    pub fn split<'a>(&self, text: &'a str) -> Vec<Part<'a>> {
        let mut parts = Vec::new();
        let mut done = 0;
        let mut place = 0;
        // White space is skipped once, however many tokens lie in it: the end of what comes before
        // the white space at `place`, of which the text up to `seen` is known, and the end of the
        // white space after the last token that strips it.
        let (mut solid, mut seen, mut blank) = (0, 0, 0);
        while place < text.len() {
            let before = text[seen..place].trim_end();
            if !before.is_empty() {
                solid = seen + before.len();
            }
            seen = place;
            let rest = &text[place..];
            let found = self
                .0
                .iter()
                .filter(|entry| rest.starts_with(&entry.content));
            let Some(entry) = found.max_by_key(|entry| entry.content.len()) else {
                place += rest.chars().next().map_or(1, char::len_utf8);
                continue;
            };
            let (before, after) = (&text[..place], &rest[entry.content.len()..]);
            place += entry.content.len();
            if entry.token.single_word && (ends_in_word(before) || begins_with_word(after)) {
                continue;
            }
            let start = match entry.token.lstrip {
                true => solid.max(done),
                false => before.len(),
            };
            if done < start {
                parts.push(Part::Text(&text[done..start]));
            }
            parts.push(Part::Token(entry.id));
            done = text.len() - after.len();
            if entry.token.rstrip {
                blank = blank.max(done);
                blank = text.len() - text[blank..].trim_start().len();
                done = blank;
            }
        }
        if done < text.len() {
            parts.push(Part::Text(&text[done..]));
        }
        parts
    }
}

fn ends_in_word(text: &str) -> bool {
    text.chars().next_back().is_some_and(is_of_word)
}

fn begins_with_word(text: &str) -> bool {
    text.chars().next().is_some_and(is_of_word)
}

fn is_of_word(character: char) -> bool {
    OF_WORD.with(|class| class.is_in(character.encode_utf8(&mut [0; 4])))
}
