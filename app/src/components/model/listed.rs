//! Models that are one click away, with what is known of them here.

use glance_protocol::{Answer, DeviceKind, Request};
use js_sys::Number;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser::feature::property;
use crate::format;
use crate::model_list::{DEMO_NAME, ListedModel, listed_models, recommended};
use crate::session::{ModelState, Session};
use crate::settings::ChosenModel;
use crate::texts;

const GIB: f64 = 1_073_741_824.0;
/// Assumed where the browser does not say how much memory the device has.
const USUAL_MEMORY: f64 = 4.0 * GIB;

/// What can be done with a listed model.
#[derive(Clone, Copy, PartialEq)]
enum State {
    InUse,
    Loading,
    Usable,
}

/// The list of models.
#[component]
pub fn ListedModels(session: Session) -> impl IntoView {
    let models = listed_models();
    let speed = measured(session);
    let best = {
        let models = models.clone();
        Memo::new(move |_| {
            recommended(&models, speed.get()?, memory()).map(|model| model.name.clone())
        })
    };
    let cards = models
        .into_iter()
        .map(|model| card(session, model, speed, best))
        .collect_view();
    view! {
        <section aria-labelledby="listed-title">
            <h3 id="listed-title">{texts::models_listed()}</h3>
            <p class="hint">{texts::models_listed_hint()}</p>
            <ul class="listed-models" role="list">{cards}</ul>
        </section>
    }
}

fn card(
    session: Session,
    model: ListedModel,
    speed: Memo<Option<f64>>,
    best: Memo<Option<String>>,
) -> AnyView {
    let own = match &model.repository {
        Some(repository) => ChosenModel::Hub(repository.clone()),
        None => ChosenModel::Demo,
    };
    let chosen = Memo::new(move |_| session.settings.with(|settings| settings.model == own));
    let state = Memo::new(move |_| match (chosen.get(), session.model.get()) {
        (true, ModelState::Ready(_)) => State::InUse,
        (true, ModelState::Loading(_)) => State::Loading,
        _ => State::Usable,
    });
    let action = move || match state.get() {
        State::InUse => texts::models_in_use(),
        State::Loading => texts::models_loading(),
        State::Usable => texts::models_use(),
    };
    let usable = move || state.get() == State::Usable;
    let is_demo = model.repository.is_none();
    // A host may have put another model in the place of the demo.
    let replaced = Memo::new(move |before: Option<&bool>| match session.model.get() {
        ModelState::Ready(info) if is_demo && chosen.get() => !info.name.starts_with(DEMO_NAME),
        _ => before.copied().unwrap_or_default(),
    });
    let (facts, good_at) = (facts(&model), model.good_at());
    let source = model.repository.clone();
    let label = {
        let name = model.name.clone();
        move || texts::models_action_of(action(), &name)
    };
    let is_best = {
        let name = model.name.clone();
        move || best.with(|best| best.as_ref() == Some(&name))
    };
    let kind = {
        let model = model.clone();
        move || {
            let speed = speed.get().and_then(|speed| model.speed_in_words(speed));
            let speed = speed.map(|speed| format!(" · {speed}"));
            (model.kind_in_words(), speed)
        }
    };
    let fetch = move |_| match &model.repository {
        _ if !untrack(usable) => {}
        Some(repository) => session.use_repository(repository),
        None => session.use_demo(),
    };
    view! {
        <li
            class="listed-model"
            class:in-use=move || chosen.get()
            hidden=move || replaced.get()
        >
            <h4>
                {model.name}
                <span class="recommended" hidden=move || !is_best()>
                    {texts::models_recommended()}
                </span>
            </h4>
            <p class="kind">{kind}</p>
            <p>{good_at}</p>
            <p class="hint">{facts}</p>
            <p class="hint repository">
                {source.unwrap_or_else(|| texts::models_from_page().to_owned())}
            </p>
            <button
                type="button"
                aria-label=label
                aria-disabled=move || (!usable()).to_string()
                on:click=fetch
            >
                {action}
            </button>
        </li>
    }
    .into_any()
}

fn facts(model: &ListedModel) -> String {
    let megabytes = |bytes: f64| format!("{:.0} MB", bytes / 1e6);
    let imagenet = model
        .imagenet
        .map(|percent| format!(" · ImageNet {}", format::percent((percent / 100.0) as f32)));
    texts::models_listed_facts(
        &megabytes(model.download),
        &megabytes(model.stored),
        &model.license,
    ) + &imagenet.unwrap_or_default()
}

/// Multiply-adds a second of a vision transformer where the model in use runs. Measured when the sheet
/// is first open beside a ready model, and again on another device.
fn measured(session: Session) -> Memo<Option<f64>> {
    let measured = RwSignal::new(None::<(DeviceKind, f64)>);
    let device = Memo::new(move |_| match session.model.get() {
        ModelState::Ready(info) => Some(info.device),
        _ => None,
    });
    Effect::new(move |_| {
        let (true, Some(device)) = (session.stored.watched.get(), device.get()) else {
            return;
        };
        let known = measured.get_untracked().map(|(device, _)| device);
        if known == Some(device) {
            return;
        }
        spawn_local(async move {
            // Waits in the worker until the pictures are done. Without an answer, only figures are
            // missing.
            if let Ok(Answer::Speed { multiply_adds }) = session.ask(Request::Measure, &[]).await {
                measured.set(Some((device, multiply_adds)));
            }
        });
    });
    Memo::new(move |_| measured.get().map(|(_, speed)| speed))
}

/// Bytes of the device's memory.
fn memory() -> f64 {
    let navigator = web_sys::window().map(|window| window.navigator());
    let known = navigator.and_then(|navigator| property::<Number>(navigator, "deviceMemory"));
    known.map_or(USUAL_MEMORY, |gibibytes| gibibytes.value_of() * GIB)
}
