//! Offers the pictures of an earlier visit, which the browser remembers.

use leptos::prelude::*;

use crate::browser::focus;
use crate::components::landmarks::{CHOOSE, RESULTS};
use crate::format;
use crate::session::{EarlierPictures, Session};

/// The line with the offer, as soon as there is one, until the person decides.
#[component]
pub fn Remembered(session: Session) -> impl IntoView {
    let earlier = session.earlier;
    let sentence = move || {
        earlier.get().map(|EarlierPictures { count, latest }| {
            let day = format::recent_day(latest);
            match count {
                1 => format!("1 picture from {day}"),
                _ => format!("{count} pictures from {day}"),
            }
        })
    };
    // The status exists from the start: screen readers announce what is added to it.
    view! {
        <div class="remembered" class:shown=move || earlier.with(Option::is_some)>
            <p role="status">{sentence}</p>
            <Show when=move || earlier.with(Option::is_some)>
                <button
                    type="button"
                    on:click=move |_| {
                        session.continue_earlier();
                        focus::first(RESULTS);
                    }
                >
                    "Continue"
                </button>
                <button
                    type="button"
                    class="quiet"
                    on:click=move |_| {
                        session.forget_earlier();
                        focus::first(CHOOSE);
                    }
                >
                    "Forget"
                </button>
            </Show>
        </div>
    }
}
