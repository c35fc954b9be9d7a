//! The footer: where pictures go, and what the numbers mean.

use leptos::prelude::*;

/// The footer.
#[component]
pub fn About() -> impl IntoView {
    view! {
        <footer>
            <p><strong>"Pictures never leave this device."</strong>
                " Small copies of them, and the numbers that the model computed from them, stay in \
                 this browser, so that you can continue later. They go when you remove the \
                 pictures or forget them."
            </p>
            <p>
                "Percentages compare only the labels you give: they say which fits best, not \
                 whether any fits. The cosine beside them does not depend on the other labels."
            </p>
        </footer>
    }
}
