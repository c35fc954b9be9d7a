//! The footer: where pictures go, what the numbers mean, and the page in the other language.

use leptos::prelude::*;

use crate::texts::{self, Language};

/// The footer.
#[component]
pub fn About() -> impl IntoView {
    let (address, code) = match texts::language() {
        Language::English => ("?language=de", "de"),
        Language::German => ("?language=en", "en"),
    };
    view! {
        <footer>
            <p><strong>{texts::about_here()}</strong> " " {texts::about_kept()}</p>
            <p>{texts::about_numbers()}</p>
            <p><a href=address lang=code hreflang=code>{texts::about_other_language()}</a></p>
        </footer>
    }
}
