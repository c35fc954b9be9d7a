//! Labels as chips, and the sentences they are put into.

use glance_prompts::mistaken_placeholder;
use glance_protocol::TextNote;
use leptos::ev::{ClipboardEvent, FocusEvent, KeyboardEvent};
use leptos::html;
use leptos::prelude::*;

use crate::browser::focus;
use crate::session::Session;
use crate::settings::{Prompts, Settings};
use crate::text_list;

/// The choices of sentences, each with its HTML value and its text.
const PROMPTS: [(Prompts, &str, &str); 3] = [
    (Prompts::Own, "own", "Your own sentence"),
    (
        Prompts::ImageNet7,
        "imagenet-7",
        "7 prompts (OpenAI, short list)",
    ),
    (
        Prompts::ImageNet80,
        "imagenet-80",
        "80 prompts (OpenAI, ImageNet)",
    ),
];

/// The labels' editor.
#[component]
pub fn Labels(session: Session) -> impl IntoView {
    let labels = Memo::new(move |_| session.settings.with(|settings| settings.labels.clone()));
    let neutral = Memo::new(move |_| session.settings.with(|settings| settings.none_of_these));
    view! {
        <label class="field-name" for="label-input">"Labels"</label>
        <div class="chips">
            <ul aria-label="Labels in use">
                <For
                    each=move || labels.get()
                    key=|label| label.clone()
                    children=move |label| view! { <Chip session label /> }
                />
            </ul>
            <LabelInput session labels />
        </div>
        <p class="hint">"Enter or a comma adds a label; paste a list to add many."</p>
        <PromptInput session />
        <label class="check">
            <input
                id="none-of-these"
                type="checkbox"
                prop:checked=move || neutral.get()
                on:change:target=move |event| {
                    let checked = event.target().checked();
                    session.edit(|settings| settings.none_of_these = checked);
                }
            />
            <span>
                "Offer “none of these”"
                <small>
                    "Adds “something else” as a competitor. If it wins, no label fits well; it is a \
                     hint, not a measurement."
                </small>
            </span>
        </label>
    }
}

/// The sentences around each label: the person's own, or a published list, read-only.
#[component]
fn PromptInput(session: Session) -> impl IntoView {
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
        if let Some(&(prompts, ..)) = PROMPTS.iter().find(|(_, own, _)| *own == name) {
            session.edit(|settings| settings.prompts = prompts);
        }
    };
    let options = PROMPTS.map(|(choice, name, text)| {
        view! {
            <option value=name prop:selected=move || prompts.get() == choice>
                {text}
            </option>
        }
    });
    view! {
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
            aria-label=move || if own() { "Your own sentence" } else { "The sentences in use" }
            readonly=move || !own()
            prop:value=sentences
            on:input:target=move |event| {
                let text = event.target().value();
                session.edit(|settings| settings.template = text);
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
    }
}

#[component]
fn LabelInput(session: Session, labels: Memo<Vec<String>>) -> impl IntoView {
    let input = NodeRef::<html::Input>::new();
    let take = move || {
        if let Some(input) = input.get_untracked() {
            let text = input.value();
            input.set_value("");
            if !text_list::split_labels(&text).is_empty() {
                session.add_labels(&text);
            }
        }
    };
    let on_key = move |event: KeyboardEvent| match event.key().as_str() {
        _ if event.is_composing() => {}
        "," if !text_list::ends_at_comma(&event_target_value(&event)) => {}
        "Enter" | "," => {
            event.prevent_default();
            take();
        }
        "Backspace"
            if input
                .get_untracked()
                .is_some_and(|input| input.value().is_empty())
                && !labels.with_untracked(Vec::is_empty) =>
        {
            session.edit(|settings| {
                settings.labels.pop();
            });
        }
        _ => {}
    };
    let on_paste = move |event: ClipboardEvent| {
        let text = event
            .clipboard_data()
            .and_then(|data| data.get_data("text").ok());
        // A list becomes labels at once; other text is pasted into the field as usual.
        if let Some(text) = text.filter(|text| text.contains(['\n', '\t', ','])) {
            event.prevent_default();
            session.add_labels(&text);
        }
    };
    view! {
        <input
            id="label-input"
            type="text"
            autocomplete="off"
            autocapitalize="none"
            enterkeyhint="enter"
            placeholder="Add a label"
            node_ref=input
            on:keydown=on_key
            on:paste=on_paste
            on:blur=move |_| take()
            // Phone keyboards send no key event for a comma.
            on:input:target=move |event| {
                let typed = event.target().value();
                if typed.contains(',') && text_list::ends_at_comma(&typed) {
                    take();
                }
            }
        />
    }
}

/// One label: press it to edit, or remove it.
#[component]
fn Chip(session: Session, label: String) -> impl IntoView {
    let editing = RwSignal::new(false);
    let label = StoredValue::new(label);
    let field = NodeRef::<html::Input>::new();
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            // If this fails, the field can still be clicked.
            let _ = field.focus();
            field.select();
        }
    });
    // Moves the focus when the field disappears.
    let leave = move |text: &str| {
        let labels = text_list::split_labels(text);
        let label = labels.into_iter().next().unwrap_or(label.get_value());
        focus::chip(label);
    };
    let replace = move |text: &str| {
        editing.set(false);
        if text == label.get_value() {
            return;
        }
        session.edit(|settings| {
            let index = label.with_value(|own| settings.labels.iter().position(|l| l == own));
            if let Some(index) = index {
                text_list::replace_label(&mut settings.labels, index, text);
            }
        });
    };
    let on_key = move |event: KeyboardEvent| match event.key().as_str() {
        "Enter" => {
            event.prevent_default();
            let text = event_target_value(&event);
            leave(&text);
            replace(&text);
        }
        "Escape" => {
            leave("");
            editing.set(false);
        }
        _ => {}
    };
    let on_blur = move |event: FocusEvent| {
        if editing.get_untracked() {
            replace(&event_target_value(&event));
        }
    };
    let note = move || {
        session.notes.with(
            |notes| match label.with_value(|own| notes.get(own).cloned()) {
                Some(TextNote::Truncated) => {
                    Some("Too long for the model: only its beginning counts.".to_owned())
                }
                Some(TextNote::Refused(reason)) => Some(reason),
                Some(TextNote::Whole) | None => None,
            },
        )
    };
    view! {
        <li class="chip" class:noted=move || note().is_some() title=note data-testid="label-chip" data-label=label.get_value()>
            <Show
                when=move || editing.get()
                fallback=move || view! {
                    <button
                        type="button"
                        class="chip-text"
                        title=move || label.with_value(|label| format!("Edit {}", short(label)))
                        on:click=move |_| editing.set(true)
                    >
                        {label.get_value()}
                    </button>
                }
            >
                <input
                    type="text"
                    class="chip-field"
                    aria-label="Edit label"
                    autocomplete="off"
                    node_ref=field
                    prop:value=label.get_value()
                    on:keydown=on_key
                    on:blur=on_blur
                />
            </Show>
            <button
                type="button"
                class="chip-remove"
                aria-label=move || label.with_value(|label| format!("Remove {}", short(label)))
                on:click=move |event| {
                    focus::move_to_neighbour(&event, "#label-input");
                    replace("");
                }
            ></button>
        </li>
    }
}

/// The beginning of a label, for names of buttons.
fn short(label: &str) -> String {
    match label.char_indices().nth(40) {
        Some((end, _)) => format!("{}…", &label[..end]),
        None => label.to_owned(),
    }
}
