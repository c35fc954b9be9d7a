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
#[cfg(not(test))]
use leptos::wasm_split::wasm_split;

use crate::components::deferred::{Part, deferred};
use crate::session::Session;
use crate::texts;
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
            <h2 id="how-title">{texts::lesson_title()}</h2>
            <details node_ref=details on:toggle=toggled>
                <summary>{texts::lesson_open()}</summary>
                <Show when=move || opened_once.get()>
                    {deferred(move || steps(session, open))}
                </Show>
            </details>
        </section>
    }
}

#[cfg_attr(not(test), wasm_split(lesson, wasm_split_path = leptos::wasm_split, fallible))]
fn steps(session: Session, open: RwSignal<bool>) -> Part {
    let subject = Subject::new(session, open);
    let steps = view! {
        <p class="how-lead">
            {texts::lesson_lead_runs()}
            " "
            <a href="https://arxiv.org/abs/2103.00020" rel="noreferrer">"CLIP"</a>
            " "
            {texts::lesson_lead_steps()}
        </p>
        <PictureChoice subject />
        <ol class="steps" role="list">
            <Step title=texts::lesson_arrow_step()>
                <arrow::Arrow subject />
            </Step>
            <Step title=texts::lesson_temperature_step()>
                <temperature::Temperature subject />
            </Step>
            <Step title=texts::lesson_prompts_step()>
                <prompts::Prompts subject />
            </Step>
            <Step title=texts::lesson_training_step()>
                <training::Training subject />
            </Step>
            <Step title=texts::lesson_zero_shot_step()>
                <zero_shot::ZeroShot subject />
            </Step>
            <Step title=texts::lesson_models_step()>
                <paper::NineModels />
            </Step>
            <Step title=texts::lesson_limits_step()>
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
