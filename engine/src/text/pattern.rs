//! Regular expressions that know Unicode's properties.

/// A pattern that means the same in the `regex` crate and in JavaScript. It uses Unicode's
/// properties, but not `\d`, `\s`, `\w` or dot, which differ.
#[cfg(not(target_arch = "wasm32"))]
pub(super) struct Pattern(regex::Regex);

#[cfg(not(target_arch = "wasm32"))]
impl Pattern {
    pub(super) fn new(pattern: &'static str) -> Self {
        Self(regex::Regex::new(pattern).expect("every pattern here is tried by a test"))
    }

    pub(super) fn is_in(&self, text: &str) -> bool {
        self.0.is_match(text)
    }

    /// `text` without the matches.
    pub(super) fn removed_from(&self, text: &str) -> String {
        self.0.replace_all(text, "").into_owned()
    }
}

/// Uses the browser's regular expressions; the crate and its tables would be a fifth of the
/// download.
#[cfg(target_arch = "wasm32")]
pub(super) struct Pattern(js_sys::RegExp);

#[cfg(target_arch = "wasm32")]
impl Pattern {
    pub(super) fn new(pattern: &'static str) -> Self {
        Self(js_sys::RegExp::new(pattern, "gu"))
    }

    pub(super) fn is_in(&self, text: &str) -> bool {
        js_sys::JsString::from(text).search(&self.0) >= 0
    }

    /// `text` without the matches.
    pub(super) fn removed_from(&self, text: &str) -> String {
        let text = js_sys::JsString::from(text);
        text.replace_by_pattern(&self.0, "").into()
    }
}
