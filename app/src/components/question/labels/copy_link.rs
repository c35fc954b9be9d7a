//! Copies a link that carries the labels and their sentence.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser::address;
use crate::browser::take_away::copy;
use crate::label_sets::link;
use crate::session::Session;
use crate::texts;

/// Longer links are cut by some programs, in characters.
const LONG: usize = 2000;

/// The button, and the link itself if the browser does not copy.
#[component]
pub fn CopyLink(session: Session) -> impl IntoView {
    let refused = RwSignal::new(String::new());
    let copy_link = move |_| {
        let fragment = session.settings.with_untracked(link::encode);
        let (Some(page), Ok(fragment)) = (address::beside_page("."), fragment) else {
            return;
        };
        let link = format!("{page}#{fragment}");
        spawn_local(async move {
            match copy(&link).await {
                Ok(()) => {
                    refused.set(String::new());
                    session.say(copied(&link).to_owned());
                }
                Err(_) => {
                    refused.set(link);
                    session.say(texts::labels_link_not_copied().to_owned());
                }
            }
        });
    };
    view! {
        <div class="copy-link">
            <button type="button" id="copy-link" class="tool" on:click=copy_link>
                {texts::labels_copy_link()}
            </button>
            <small>{texts::labels_copy_link_hint()}</small>
            <input
                type="text"
                readonly
                aria-label=texts::labels_link()
                hidden=move || refused.with(String::is_empty)
                prop:value=move || refused.get()
                on:focus:target=move |event| event.target().select()
            />
        </div>
    }
}

fn copied(link: &str) -> &'static str {
    match link.len() > LONG {
        true => texts::labels_link_copied_long(),
        false => texts::labels_link_copied(),
    }
}
