//! The model in use: what it is, where it runs, how far another has come, and the way back.

use leptos::prelude::*;

use crate::browser::focus;
use crate::components::frame::status::{StatusView, message, of_model};
use crate::components::landmarks::MODELS;
use crate::components::model::device::{Device, where_it_runs};
use crate::format;
use crate::session::{ModelState, Session};
use crate::settings::ChosenModel;
use crate::texts;

/// The model in use. The status on the top bar is out of reach behind the sheet, so what concerns the
/// model is repeated here.
#[component]
pub fn ModelInUse(session: Session) -> impl IntoView {
    let demo = Memo::new(move |_| {
        session
            .settings
            .with(|settings| settings.model == ChosenModel::Demo)
    });
    view! {
        <section class="model-in-use" aria-labelledby="in-use-title">
            <h3 id="in-use-title">{texts::models_in_use()}</h3>
            <p id="model-in-use">{move || in_use(&session.model.get())}</p>
            {progress(session)}
            <div class="model-choices">
                <Device session />
                <button
                    type="button"
                    id="use-demo"
                    hidden=move || demo.get()
                    on:click=move |_| {
                        // The button goes away.
                        focus::first(MODELS);
                        session.use_demo();
                    }
                >
                    {texts::models_use_own()}
                </button>
            </div>
        </section>
    }
}

/// How far a model has come, and a message about it.
fn progress(session: Session) -> AnyView {
    let status = Memo::new(move |_| of_model(session));
    let of = move |part: fn(&StatusView) -> String| {
        status.with(|status| status.as_ref().map(part).unwrap_or_default())
    };
    let spoken = Memo::new(move |_| of(|status| status.spoken.clone()));
    let has = move |part: fn(&StatusView) -> bool| {
        status.with(|status| status.as_ref().is_some_and(part))
    };
    let bar = move || {
        let share = status.with(|status| status.as_ref()?.progress)?;
        let share = share.map(|share| share.to_string());
        Some(view! {
            <progress max="1" value=share aria-label=texts::status_progress()></progress>
        })
    };
    view! {
        <div class="model-progress" class:shown=move || status.with(Option::is_some)>
            <p aria-hidden="true">{move || of(|status| status.text.clone())}</p>
            <p class="visually-hidden" role="status">{move || spoken.get()}</p>
            <button
                type="button"
                hidden=move || !has(|status| status.cancel)
                on:click=move |_| {
                    focus::first(MODELS);
                    session.cancel();
                }
            >
                {texts::status_cancel()}
            </button>
            <button
                type="button"
                hidden=move || !has(|status| status.retry)
                on:click=move |_| {
                    focus::first(MODELS);
                    session.retry();
                }
            >
                {texts::status_retry()}
            </button>
            <div class="progress-slot">{bar}</div>
        </div>
        <p class="model-message" aria-live="polite">{move || message(session)}</p>
    }
    .into_any()
}

fn in_use(model: &ModelState) -> String {
    let ModelState::Ready(info) = model else {
        return texts::models_not_ready().to_owned();
    };
    let license = info.license.as_deref();
    texts::models_in_use_facts(
        &info.name,
        &format::bytes(info.bytes),
        license.unwrap_or(texts::models_license_unknown()),
        &where_it_runs(info.device, info.reason),
    )
}
