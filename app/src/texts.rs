//! What the page says, in the person's language. The texts are in `app/texts`; each is a function here,
//! which the build makes.

use std::sync::OnceLock;

use leptos::wasm_split::SplitLoaderError;
#[cfg(not(test))]
use leptos::wasm_split::wasm_split;
use web_sys::window;

use crate::browser::address;
use crate::fetched::fetched;

include!(concat!(env!("OUT_DIR"), "/texts.rs"));

/// The parameter of the page's address that names a language.
const LANGUAGE: &str = "language";
static CHOSEN: OnceLock<&'static Table> = OnceLock::new();

/// A language of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    English,
    German,
}

impl Language {
    /// The one that the page's address names with `?language=`, or else the first of the browser's that
    /// there is.
    pub fn preferred() -> Self {
        let asked = address::query(LANGUAGE).and_then(|code| Self::of(&code));
        let listed = || {
            let languages = window()?.navigator().languages();
            languages
                .iter()
                .find_map(|code| Self::of(&code.as_string()?))
        };
        asked.or_else(listed).unwrap_or(Self::English)
    }

    /// The language of a code such as `de-AT`.
    fn of(code: &str) -> Option<Self> {
        match code.split('-').next()? {
            "en" => Some(Self::English),
            "de" => Some(Self::German),
            _ => None,
        }
    }
}

/// The language that the page speaks.
pub fn language() -> Language {
    match CHOSEN.get() {
        Some(_) => Language::German,
        None => Language::English,
    }
}

/// Makes the page speak the person's language. Its texts are fetched, if they are not English; the page
/// stays English if that fails. To be called before any text is used.
pub async fn choose() {
    if Language::preferred() == Language::German
        && let Ok(table) = fetched(german()).await
    {
        CHOSEN.get_or_init(|| table);
        if let Some(root) = window()
            .and_then(|window| window.document())
            .and_then(|document| document.document_element())
        {
            // If this fails, a screen reader speaks German with English sounds.
            let _ = root.set_attribute("lang", "de");
        }
    }
}

#[cfg_attr(not(test), wasm_split(german, wasm_split_path = leptos::wasm_split, fallible))]
fn german() -> Result<&'static Table, SplitLoaderError> {
    Ok(&GERMAN)
}

/// A form of a text, in the person's language; the part of the page that says it has these English ones.
fn text(english: &'static [&'static str], part: usize, form: usize) -> &'static str {
    CHOSEN.get().map_or(english, |german| german[part])[form]
}

/// English and German have the same two forms.
fn plural(english: &'static [&'static str], part: usize, one: usize, count: usize) -> &'static str {
    text(english, part, if count == 1 { one } else { one + 1 })
}

fn fill(text: &str, values: &[&str]) -> String {
    let mut filled = String::new();
    for letter in text.chars() {
        let variable = u32::from(letter).checked_sub(FIRST_VARIABLE);
        match variable.and_then(|at| values.get(at as usize)) {
            Some(value) => filled.push_str(value),
            None => filled.push(letter),
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn codes_name_languages() {
        assert_eq!(Language::of("de-AT"), Some(Language::German));
        assert_eq!(Language::of("en"), Some(Language::English));
        assert_eq!(Language::of("dev"), None);
        assert_eq!(Language::of(""), None);
    }

    #[wasm_bindgen_test]
    fn variables_are_filled_in_any_order() {
        assert_eq!(fill("\u{E001} of \u{E000}{}", &["9", "3"]), "3 of 9{}");
        assert_eq!(fill("\u{E002}", &["a"]), "\u{E002}");
    }
}
