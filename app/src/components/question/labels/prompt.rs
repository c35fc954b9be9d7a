//! The sentences around each label: the person's own, or a published list, read-only.

use glance_prompts::mistaken_placeholder;
use leptos::prelude::*;

use crate::format;
use crate::session::Session;
use crate::settings::{Prompts, Settings};
use crate::texts;

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
    let choices = [
        (Prompts::Own, texts::labels_prompt_own()),
        (Prompts::ImageNet7, texts::labels_prompt_7()),
        (Prompts::ImageNet80, texts::labels_prompt_80()),
    ];
    let options = choices.map(|(choice, text)| {
        view! {
            <option value=choice.name() prop:selected=move || prompts.get() == choice>
                {text}
            </option>
        }
    });
    view! {
        <div class="prompt">
            <label class="field-name" for="prompts-input">{texts::labels_prompt()}</label>
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
                aria-label=move || match own() {
                    true => texts::labels_prompt_own(),
                    false => texts::labels_prompt_used(),
                }
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
                    " "
                    {texts::labels_prompt_hint()}
                </span>
                <span
                    class="warning"
                    role="status"
                    data-testid="placeholder-note"
                    class:unseen=move || mistaken.get().is_none()
                >
                    {move || mistaken.get().map(|found| texts::labels_prompt_mistaken(&found))}
                </span>
                <span class:unseen=own>
                    {move || texts::labels_prompt_average(&format::count(count()))}
                </span>
            </p>
        </div>
    }
}
