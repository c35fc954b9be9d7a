//! The lesson at the end of the page: how CLIP works, computed from the person's own pictures. Nothing
//! is built or computed before it is opened.
//!
//! ```text
//! asked          asks the worker again when a question changes
//! subject        the picture that it is about;  ranked  its labels;  picture_choice  chooses it
//!
//! arrow          1  a picture becomes an arrow, a text too
//! temperature    2  from cosines to percentages
//! prompts        3  why a sentence helps
//! training       4  what CLIP was trained to do;  matrix  draws it
//! zero_shot      5  labels as a classifier
//! paper          6  the nine models;  7  limits, and the sources
//! ```

mod arrow;
mod asked;
mod matrix;
mod paper;
mod picture_choice;
mod prompts;
mod ranked;
mod subject;
mod temperature;
mod training;
mod zero_shot;

use leptos::html;
use leptos::prelude::*;
use leptos::wasm_split::wasm_split;

use crate::components::deferred::{Part, deferred};
use crate::session::Session;
use picture_choice::PictureChoice;
use subject::Subject;

/// The section. Its contents are built when it is first opened.
#[component]
pub fn HowItWorks(session: Session) -> impl IntoView {
    let details = NodeRef::<html::Details>::new();
    let open = RwSignal::new(false);
    let opened_once = RwSignal::new(false);
    let toggled = move |_| {
        let is_open = details
            .get_untracked()
            .is_some_and(|details| details.open());
        open.set(is_open);
        if is_open {
            opened_once.set(true);
        }
    };
    view! {
        <section id="how" class="how" aria-labelledby="how-title">
            <h2 id="how-title">"How it works"</h2>
            <details node_ref=details on:toggle=toggled>
                <summary>"Seven steps to try, with your own pictures"</summary>
                <Show when=move || opened_once.get()>
                    {deferred(move || steps(session, open))}
                </Show>
            </details>
        </section>
    }
}

#[wasm_split(lesson, wasm_split_path = leptos::wasm_split, fallible)]
fn steps(session: Session, open: RwSignal<bool>) -> Part {
    let subject = Subject::new(session, open);
    let steps = view! {
        <p class="how-lead">
            "Glance runs "
            <a href="https://arxiv.org/abs/2103.00020" rel="noreferrer">"CLIP"</a>
            " (Radford and others, 2021). Steps 1 to 5 compute their numbers here, with the model in \
             use. Sections in brackets are those of the paper."
        </p>
        <PictureChoice subject />
        <ol class="steps" role="list">
            <Step title="1. A picture becomes an arrow, and a text too">
                <arrow::Arrow subject />
            </Step>
            <Step title="2. From cosines to percentages">
                <temperature::Temperature subject />
            </Step>
            <Step title="3. Why a sentence helps">
                <prompts::Prompts subject />
            </Step>
            <Step title="4. What it was trained to do">
                <training::Training subject />
            </Step>
            <Step title="5. Zero-shot: labels become a classifier">
                <zero_shot::ZeroShot subject />
            </Step>
            <Step title="6. The nine models of the paper">
                <paper::NineModels />
            </Step>
            <Step title="7. Limits and bias">
                <paper::Limits />
            </Step>
        </ol>
        <paper::Sources />
    };
    Ok(steps.into_any())
}

#[component]
fn Step(title: &'static str, children: Children) -> impl IntoView {
    view! { <li class="step"><h3>{title}</h3>{children()}</li> }
}
