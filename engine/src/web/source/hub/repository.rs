//! The name of a repository.

use std::fmt;

use super::error::HubError;

/// `owner/name` or `owner/name@revision`, with characters that the Hub allows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Repository {
    pub(super) id: String,
    pub(super) revision: String,
}

impl Repository {
    /// Parses what a person typed.
    ///
    /// # Errors
    /// [`HubError::Name`].
    pub fn parse(text: &str) -> Result<Self, HubError> {
        let text = text.trim();
        let refused = || HubError::Name(text.chars().take(100).collect());
        let (id, revision) = text.split_once('@').unwrap_or((text, "main"));
        let plain = |part: &str| {
            let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
            let dots = part.chars().all(|character| character == '.');
            part.len() <= 96 && !part.is_empty() && !dots && part.bytes().all(allowed)
        };
        let (owner, name) = id.split_once('/').ok_or_else(refused)?;
        // A branch's name may contain slashes; the URL encodes them as %2F.
        let branch = revision.split('/').all(plain);
        match plain(owner) && plain(name) && branch {
            true => Ok(Self {
                id: id.to_owned(),
                revision: revision.replace('/', "%2F"),
            }),
            false => Err(refused()),
        }
    }
}

impl fmt::Display for Repository {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.revision.as_str() {
            "main" => formatter.write_str(&self.id),
            revision => write!(formatter, "{}@{revision}", self.id),
        }
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use crate::web::source::hub::repository::Repository;

    #[wasm_bindgen_test]
    fn names_are_checked_before_they_become_addresses() {
        let parsed = Repository::parse(" openai/clip-vit-base-patch32 ").expect("a plain name");
        assert_eq!(parsed.revision, "main");
        let parsed = Repository::parse("a/b.c@refs/pr/1").expect("a branch with slashes");
        assert_eq!(
            (parsed.id.as_str(), parsed.revision.as_str()),
            ("a/b.c", "refs%2Fpr%2F1")
        );
        for text in [
            "",
            "clip",
            "a/b/c",
            "../x",
            "a/..",
            "a/b@",
            "a/b?c",
            "a/b@../..",
            "https://a/b",
            "a b/c",
        ] {
            assert!(Repository::parse(text).is_err(), "{text}");
        }
    }
}
