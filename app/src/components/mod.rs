//! The page's components.
//!
//! ```text
//! add/        ways to add pictures
//! question/   what is asked about them
//! results/    the pictures with their answers;  grid/  thousands of them
//! model/      the model, and others
//! lesson/     how CLIP works
//! frame/      what is around all that
//! arranged    the pictures in sections
//! deferred    parts whose code is fetched when they are first shown
//! landmarks   where the focus goes when its element disappears
//! menu, popover   what opens below a button
//! ```

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use leptos::{ev, html};

use crate::browser::focus;
use crate::browser::storage::persistence;
use crate::browser::updates::Updates;
use crate::components::deferred::deferred;
use crate::launch;
use crate::picture::Phase;
use crate::session::{ModelState, Session};
use crate::settings::Mode;
use crate::shared_pictures;
use crate::texts;

mod add;
mod arranged;
mod deferred;
mod frame;
mod grid;
mod landmarks;
mod lesson;
mod menu;
mod model;
mod popover;
mod question;
mod results;

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
        session.library.changed.track();
        let looking = |phase: &Phase| matches!(phase, Phase::Waiting | Phase::Running);
        let works = session
            .model
            .with(|model| matches!(model, ModelState::Ready(_)))
            && !session.paused.get()
            && !session.library.in_phase(looking).is_empty();
        if settled && !works {
            updates.start();
        }
    });
    let mode = Memo::new(move |_| session.settings.with(|settings| settings.mode));
    frame::shortcuts::listen(session, mode);
    let empty = Memo::new(move |_| session.library.pictures.with(Vec::is_empty));
    let heading = NodeRef::<html::H2>::new();
    let camera = RwSignal::new(false);
    let panel = move |own: Mode, id: &'static str, tab: &'static str, content: AnyView| {
        view! {
            <div role="tabpanel" id=id aria-labelledby=tab hidden=move || mode.get() != own>
                {content}
            </div>
        }
    };
    view! {
        <a class="skip" href="#pictures" on:click=move |event| {
            event.prevent_default();
            focus::first(landmarks::RESULTS);
        }>
            {texts::page_skip()}
        </a>
        <header class="top-bar">
            <div class="masthead">
                <img src="icons/icon.svg" alt="" width="32" height="32" />
                <h1>"Glance"</h1>
            </div>
            <frame::status::Status session />
            <model::chip::ModelChip session />
        </header>
        <main>
            <div class="ways-in" class:filled=move || !empty.get()>
                <Show when=move || empty.get()>
                    <p class="tagline">{texts::page_tagline()}</p>
                </Show>
                <add::drop_zone::DropZone session empty camera />
                <add::remembered::Remembered session />
                <Show when=move || camera.get()>
                    {deferred(move || add::camera::camera(session, camera))}
                </Show>
                <Show when=move || empty.get() && !camera.get()>
                    <add::samples::Samples session results=heading />
                </Show>
                <model::hint::ModelHint session />
            </div>
            <section class="question" aria-label=texts::page_question()>
                <question::modes::Modes session mode />
                {panel(Mode::Sort, "panel-sort", "mode-sort", view! {
                    <question::labels::Labels session />
                }.into_any())}
                {panel(Mode::Search, "panel-search", "mode-search", view! {
                    <question::search::Search session />
                }.into_any())}
                {panel(Mode::Match, "panel-match", "mode-match", view! {
                    <question::captions::CaptionsInput session />
                }.into_any())}
            </section>
            <results::Results session mode heading />
        </main>
        <model::sheet::ModelSheet session />
        <lesson::HowItWorks session />
        <frame::about::About />
        <frame::undo::Undo session />
        <frame::update::Update session updates />
    }
}
