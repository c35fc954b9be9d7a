//! Label sets that the person saved.

use leptos::html;
use leptos::prelude::*;
use web_sys::SubmitEvent;

use super::menu::Menu;
use crate::browser::focus;
use crate::label_sets::own::{MAX_NAME, OwnSet, OwnSets};
use crate::texts;

/// The field for a name.
const NAME: &str = "#set-name";

/// The sets, and a form that saves the present labels as one.
#[component]
pub fn Mine(menu: Menu) -> impl IntoView {
    let sets = OwnSets::load();
    let session = menu.session;
    let name = NodeRef::<html::Input>::new();
    let deleted = RwSignal::new(None::<OwnSet>);
    let said = RwSignal::new(String::new());
    let save = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(name) = name.get_untracked() else {
            return;
        };
        let labels = session
            .settings
            .with_untracked(|settings| settings.labels.clone());
        match sets.add(&name.value(), &labels) {
            Ok(()) => {
                name.set_value("");
                deleted.set(None);
                said.set(texts::sets_saved().to_owned());
            }
            Err(problem) => said.set(problem.to_owned()),
        }
    };
    let delete = move |name: &str| {
        if let Some(set) = sets.delete(name) {
            said.set(texts::sets_deleted(&set.name));
            deleted.set(Some(set));
        }
    };
    let undo = move |_| {
        if let Some(set) = deleted.try_update(Option::take).flatten() {
            focus::first(NAME);
            said.set(match sets.put(set) {
                Ok(()) => texts::sets_restored().to_owned(),
                Err(problem) => problem.to_owned(),
            });
        }
    };
    view! {
        <p id="own-sets-title" class="sets-title">{texts::sets_mine()}</p>
        <ul role="list" aria-labelledby="own-sets-title" data-testid="own-sets">
            <For
                each=move || sets.all()
                key=|set| set.clone()
                children=move |set| view! { <OwnSetLine menu set delete /> }
            />
        </ul>
        <form class="save-set" on:submit=save>
            <input
                id="set-name"
                type="text"
                autocomplete="off"
                dir="auto"
                maxlength=MAX_NAME.to_string()
                aria-label=texts::sets_name()
                placeholder=texts::sets_name()
                node_ref=name
            />
            <button type="submit" class="tool">{texts::sets_save()}</button>
        </form>
        <p class="hint sets-said">
            <span role="status">{move || said.get()}</span>
            " "
            <Show when=move || deleted.with(Option::is_some)>
                <button type="button" class="quiet" on:click=undo>{texts::sets_undo()}</button>
            </Show>
        </p>
    }
}

/// One set: press it to use it, or delete it.
#[component]
fn OwnSetLine(menu: Menu, set: OwnSet, delete: impl Fn(&str) + Copy + 'static) -> impl IntoView {
    let OwnSet { name, labels } = set;
    let count = texts::labels_count(labels.len());
    let (shown, remove) = (name.clone(), texts::sets_delete(&name));
    view! {
        <li class="own-set">
            <button type="button" class="set" on:click=move |_| menu.take(&labels, None)>
                <strong dir="auto">{shown}</strong>
                " "
                <small>{count}</small>
            </button>
            <button
                type="button"
                class="set-remove"
                aria-label=remove
                on:click=move |event| {
                    focus::move_to_neighbours(&event, ".set-remove", NAME);
                    delete(&name);
                }
            ></button>
        </li>
    }
}
