//! The sentences around each label: the person's own, or a published list, read-only.

use glance_prompts::mistaken_placeholder;
use leptos::prelude::*;

use crate::session::Session;
use crate::settings::{Prompts, Settings};

/// The choices of sentences.
const CHOICES: [(Prompts, &str); 3] = [
    (Prompts::Own, "Your own sentence"),
    (Prompts::ImageNet7, "7 prompts (OpenAI, short list)"),
    (Prompts::ImageNet80, "80 prompts (OpenAI, ImageNet)"),
];

/// The choice, and the sentence if it is the person's own.
#[component]
pub fn PromptInput(session: Session) -> impl IntoView {
    let prompts = Memo::new(move |_| session.settings.with(|settings| settings.prompts));
    let own = move || prompts.get() == Prompts::Own;
    let sentences = move || {
        let join = |settings: &Settings| settings.templates().join(" · ");
        session.settings.with(join)
    };
    let count = move || session.settings.with(|settings| settings.templates().len());
    // A placeholder for the label as other programs write it.
    let mistaken = Memo::new(move |_| {
        session.settings.with(|settings| {
            let found = mistaken_placeholder(&settings.template);
            found.filter(|_| own()).map(str::to_owned)
        })
    });
    let choose = move |name: &str| {
        if let Some(prompts) = Prompts::named(name) {
            session.edit(|settings| settings.prompts = prompts);
        }
    };
    let options = CHOICES.map(|(choice, text)| {
        view! {
            <option value=choice.name() prop:selected=move || prompts.get() == choice>
                {text}
            </option>
        }
    });
    view! {
        <div class="prompt">
            <label class="field-name" for="prompts-input">"Prompt"</label>
            <select
                id="prompts-input"
                aria-describedby="prompts-hint"
                on:change:target=move |event| choose(&event.target().value())
            >
                {options.into_iter().collect_view()}
            </select>
            <input
                id="template-input"
                type="text"
                autocomplete="off"
                maxlength="500"
                dir="auto"
                aria-label=move || if own() { "Your own sentence" } else { "The sentences in use" }
                readonly=move || !own()
                prop:value=sentences
                on:input:target=move |event| {
                    let text = event.target().value();
                    session.edit_typed(|settings| settings.template = text);
                }
            />
            <p id="prompts-hint" class="hint alternatives">
                <span class:unseen=move || !own() || mistaken.get().is_some()>
                    <code>"{}"</code>
                    " is where the label goes."
                </span>
                <span
                    class="warning"
                    role="status"
                    data-testid="placeholder-note"
                    class:unseen=move || mistaken.get().is_none()
                >
                    {move || mistaken.get().map(|found| {
                        format!("Write {{}} instead of {found} where the label goes.")
                    })}
                </span>
                <span class:unseen=own>
                    "The average of all "
                    {count}
                    " sentences is used."
                </span>
            </p>
        </div>
    }
}
