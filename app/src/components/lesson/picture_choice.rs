//! Chooses the picture that the lesson is about.

use glance_protocol::PictureId;
use leptos::prelude::*;

use super::subject::Subject;
use crate::texts;

/// The pictures by name, with the chosen one beside them.
#[component]
pub fn PictureChoice(subject: Subject) -> impl IntoView {
    let Subject {
        pictures, picture, ..
    } = subject;
    let option = move |id: PictureId| {
        view! {
            <option value=id.to_string() prop:selected=move || picture.get() == Some(id)>
                {subject.name(id)}
            </option>
        }
    };
    view! {
        <div class="lesson-picture">
            <Show
                when=move || picture.with(Option::is_some)
                fallback=move || view! { <p class="placeholder">{move || subject.missing()}</p> }
            >
                <img
                    src=move || picture.get().and_then(|id| subject.thumbnail(id))
                    alt=""
                    width="48"
                    height="48"
                />
                <label for="lesson-picture">{texts::lesson_picture()}</label>
                <select
                    id="lesson-picture"
                    on:change:target=move |event| {
                        subject.chosen.set(event.target().value().parse().ok());
                    }
                >
                    <For each=move || pictures.get() key=|id| *id children=option />
                </select>
            </Show>
        </div>
    }
}
