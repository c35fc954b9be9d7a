//! The page's components.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use leptos::{ev, html};

use crate::browser::focus;
use crate::browser::persistence;
use crate::browser::updates::Updates;
use crate::launch;
use crate::picture::{Phase, Picture};
use crate::session::{ModelState, Session};
use crate::settings::Mode;
use crate::shared_pictures;

mod about;
mod captions;
mod drop_zone;
mod labels;
mod model;
mod modes;
mod picture_card;
mod samples;
mod status;
mod take_away;
mod update;

/// The whole page.
#[component]
pub fn App() -> impl IntoView {
    let session = Session::new();
    // Connects to the worker after the first paint, so that the page is usable at once.
    request_animation_frame(move || {
        Timeout::new(0, move || session.start()).forget();
    });
    // The listener lives as long as the page.
    let _ = window_event_listener(ev::online, move |_| session.connected());
    persistence::ask_if_installed();
    launch::listen(session);
    shared_pictures::take(session);
    let updates = Updates::new();
    // The service worker fetches the page's files again, so the first model and pictures go first.
    Effect::new(move |_| {
        let settled = session
            .model
            .with(|model| matches!(model, ModelState::Ready(_) | ModelState::Failed(_)));
        let looking = |picture: &Picture| {
            let phase = picture.phase.get();
            matches!(phase, Phase::Waiting | Phase::Running)
        };
        let works = session
            .model
            .with(|model| matches!(model, ModelState::Ready(_)))
            && !session.paused.get()
            && session.pictures.with(|all| all.iter().any(looking));
        if settled && !works {
            updates.start();
        }
    });
    let mode = Memo::new(move |_| session.settings.with(|settings| settings.mode));
    let empty = Memo::new(move |_| session.pictures.with(Vec::is_empty));
    let results = NodeRef::<html::H2>::new();
    view! {
        <header class="masthead">
            <img src="icons/icon.svg" alt="" width="40" height="40" />
            <div>
                <h1>"Glance"</h1>
                <p>"Names what is in a picture, in your own words."</p>
            </div>
            <model::device::Device session />
        </header>
        <status::Status session />
        <main>
            <div class="ways-in">
                <drop_zone::DropZone session />
                <Show when=move || empty.get()>
                    <samples::Samples session results />
                </Show>
                <model::hint::ModelHint session />
            </div>
            <section class="controls" aria-label="What to look for">
                <modes::Modes session mode />
                <div
                    role="tabpanel"
                    id="panel-labels"
                    aria-labelledby="mode-labels"
                    hidden=move || mode.get() != Mode::Labels
                >
                    <labels::Labels session />
                </div>
                <div
                    role="tabpanel"
                    id="panel-captions"
                    aria-labelledby="mode-captions"
                    hidden=move || mode.get() != Mode::Captions
                >
                    <captions::CaptionsInput session />
                </div>
            </section>
            <section class="results" aria-label="Pictures">
                <Show when=move || mode.get() == Mode::Captions>
                    <captions::CaptionTable session />
                </Show>
                <Show when=move || !empty.get()>
                    <div class="results-bar">
                        <h2 node_ref=results tabindex="-1">
                            {move || match session.pictures.with(Vec::len) {
                                1 => "1 picture".to_owned(),
                                count => format!("{count} pictures"),
                            }}
                        </h2>
                        <take_away::TakeAway session />
                        <button
                            type="button"
                            class="quiet"
                            on:click=move |_| {
                                focus::first(drop_zone::CHOOSE);
                                session.remove_all();
                            }
                        >
                            "Remove all"
                        </button>
                    </div>
                </Show>
                <ul class="cards" data-mode=move || match mode.get() {
                    Mode::Labels => "labels",
                    Mode::Captions => "captions",
                }>
                    <For
                        each=move || session.pictures.get()
                        key=|picture| picture.id
                        children=move |picture| view! {
                            <picture_card::PictureCard session picture mode />
                        }
                    />
                </ul>
            </section>
        </main>
        <model::picker::ModelPicker session />
        <about::About />
        <update::Update session updates />
    }
}
