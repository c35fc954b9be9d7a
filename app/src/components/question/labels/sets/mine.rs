//! Label sets that the person saved.

use leptos::html;
use leptos::prelude::*;
use web_sys::SubmitEvent;

use super::menu::Menu;
use crate::browser::focus;
use crate::format;
use crate::label_sets::own::{MAX_NAME, OwnSet, OwnSets};

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
                said.set("The set is saved in this browser.".to_owned());
            }
            Err(problem) => said.set(problem.to_owned()),
        }
    };
    let delete = move |name: &str| {
        if let Some(set) = sets.delete(name) {
            said.set(format!("“{}” is deleted.", set.name));
            deleted.set(Some(set));
        }
    };
    let undo = move |_| {
        if let Some(set) = deleted.try_update(Option::take).flatten() {
            focus::first(NAME);
            said.set(match sets.put(set) {
                Ok(()) => "The set is back.".to_owned(),
                Err(problem) => problem.to_owned(),
            });
        }
    };
    view! {
        <p id="own-sets-title" class="sets-title">"My sets"</p>
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
                aria-label="Name for the present labels"
                placeholder="Name for the present labels"
                node_ref=name
            />
            <button type="submit" class="tool">"Save"</button>
        </form>
        <p class="hint sets-said">
            <span role="status">{move || said.get()}</span>
            " "
            <Show when=move || deleted.with(Option::is_some)>
                <button type="button" class="quiet" on:click=undo>"Undo"</button>
            </Show>
        </p>
    }
}

/// One set: press it to use it, or delete it.
#[component]
fn OwnSetLine(menu: Menu, set: OwnSet, delete: impl Fn(&str) + Copy + 'static) -> impl IntoView {
    let OwnSet { name, labels } = set;
    let count = match labels.len() {
        1 => "1 label".to_owned(),
        count => format!("{} labels", format::count(count)),
    };
    let (shown, remove) = (name.clone(), format!("Delete {name}"));
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
