//! The status strip: the state of the model and the pictures, progress, cancel and retry.

use glance_protocol::DeviceKind;
use glance_protocol::{ModelSource, Progress};
use leptos::prelude::*;

use crate::format;
use crate::picture::Phase;
use crate::session::{Gathering, ModelState, Session};
use crate::texts;

/// What the strip shows.
#[derive(Clone, PartialEq)]
pub struct StatusView {
    /// A sentence.
    pub text: String,
    /// The same for screen readers: announced once, not at every step.
    pub spoken: String,
    /// The share done; the inner `None` means that the total is unknown.
    pub progress: Option<Option<f64>>,
    /// Whether it can be cancelled.
    pub cancel: bool,
    /// Whether it can be tried again.
    pub retry: bool,
}

/// The status strip.
#[component]
pub fn Status(session: Session) -> impl IntoView {
    let status_view = Memo::new(move |_| status_view(session));
    let spoken = Memo::new(move |_| status_view.with(|status_view| status_view.spoken.clone()));
    let state = move || match session.model.get() {
        ModelState::Idle => "idle",
        ModelState::Loading(_) => "loading",
        ModelState::Ready(_) => "ready",
        ModelState::Failed(_) => "error",
    };
    let ready = move || match session.model.get() {
        ModelState::Ready(info) => Some(info),
        _ => None,
    };
    let source = move || {
        ready().map(|info| match info.source {
            ModelSource::Network => "network",
            ModelSource::Storing => "storing",
            ModelSource::Cache => "cache",
            ModelSource::Memory => "memory",
        })
    };
    let device = move || {
        ready().map(|info| match info.device {
            DeviceKind::Cpu => "cpu",
            DeviceKind::Gpu => "gpu",
        })
    };
    view! {
        <div class="status">
            <div id="model-status" data-state=state data-source=source data-device=device>
                <span class="lamp" aria-hidden="true"></span>
                <span aria-hidden="true">
                    {move || status_view.with(|status_view| status_view.text.clone())}
                </span>
                <span class="visually-hidden" role="status">{move || spoken.get()}</span>
            </div>
            <div class="status-actions">
                <button
                    type="button"
                    id="cancel"
                    hidden=move || status_view.with(|status_view| !status_view.cancel)
                    on:click=move |_| session.cancel()
                >
                    {texts::status_cancel()}
                </button>
                <button
                    type="button"
                    id="retry"
                    hidden=move || status_view.with(|status_view| !status_view.retry)
                    on:click=move |_| session.retry()
                >
                    {texts::status_retry()}
                </button>
            </div>
            <div class="progress-slot">
                {move || status_view.with(|status_view| status_view.progress).map(|progress| view! {
                    <progress
                        max="1"
                        value=progress.map(|p| p.to_string())
                        aria-label=texts::status_progress()
                    ></progress>
                })}
            </div>
            <p id="message" aria-live="polite">{move || message(session)}</p>
        </div>
    }
}

/// What concerns no single picture, such as that the model is not stored.
pub fn message(session: Session) -> String {
    let message = session.message.get();
    match session.model.get() {
        ModelState::Ready(info) if message.is_empty() => info.notice.unwrap_or_default(),
        _ => message,
    }
}

impl StatusView {
    fn still(text: impl Into<String>, retry: bool) -> Self {
        let text = text.into();
        let spoken = text.clone();
        Self {
            text,
            spoken,
            progress: None,
            cancel: false,
            retry,
        }
    }

    fn running(spoken: &str, text: impl Into<String>, share: Option<f64>) -> Self {
        let (text, spoken) = (text.into(), spoken.to_owned());
        Self {
            text,
            spoken,
            progress: Some(share),
            cancel: true,
            retry: false,
        }
    }
}

fn status_view(session: Session) -> StatusView {
    if let Some((done, total)) = session.packing.get() {
        let text = texts::status_packing_step(
            &format::count((done + 1).min(total)),
            &format::count(total),
        );
        let share = done as f64 / total.max(1) as f64;
        return StatusView::running(texts::status_packing(), text, Some(share));
    }
    if let Some(gathering) = session.gathering.get() {
        return gathered(&gathering);
    }
    of_model(session).unwrap_or_else(|| pictures(session))
}

/// What is to be said of the model, unless it is ready and not being checked.
pub fn of_model(session: Session) -> Option<StatusView> {
    let model = session.model.get();
    if let (Some((done, total)), false) = (
        session.stored.check.get(),
        matches!(model, ModelState::Loading(_)),
    ) {
        let (text, share) = checking(done, total);
        return Some(StatusView::running(
            texts::status_checking(),
            text,
            Some(share),
        ));
    }
    match model {
        ModelState::Idle => Some(StatusView::still(texts::status_no_model(), true)),
        ModelState::Failed(failure) => Some(StatusView::still(failure.message, true)),
        ModelState::Loading(progress) => Some(loading(progress)),
        ModelState::Ready(_) => None,
    }
}

fn gathered(gathering: &Gathering) -> StatusView {
    match gathering {
        Gathering::Addresses { done, total } => {
            let step = format::count((done + 1).min(*total));
            let text = texts::status_fetching_step(&step, &format::count(*total));
            let share = *done as f64 / (*total).max(1) as f64;
            StatusView::running(texts::status_fetching(), text, Some(share))
        }
        Gathering::Folder { name, files } => {
            let text = texts::status_folder_files(name, &format::count(*files));
            StatusView::running(&texts::status_folder(name), text, None)
        }
    }
}

fn loading(progress: Option<Progress>) -> StatusView {
    let (text, share) = match progress {
        Some(Progress::Fetching {
            received,
            total: Some(total),
        }) => (
            texts::status_loading_of(&format::bytes(received), &format::bytes(total)),
            Some(received / total.max(1.0)),
        ),
        Some(Progress::Fetching {
            received,
            total: None,
        }) => (texts::status_loading_so_far(&format::bytes(received)), None),
        Some(Progress::Converting { done, total }) => (
            texts::status_reading_of(&format::bytes(done), &format::bytes(total)),
            Some(done / total.max(1.0)),
        ),
        Some(Progress::Waiting) => {
            let text = texts::status_other_tab();
            return StatusView::running(text, text, None);
        }
        Some(Progress::Checking { done, total }) => {
            let (text, share) = checking(done, total);
            (text, Some(share))
        }
        Some(Progress::Preparing) => (texts::status_preparing().to_owned(), None),
        Some(Progress::Texts { .. } | Progress::Looking) | None => {
            (texts::status_starting().to_owned(), None)
        }
    };
    StatusView::running(texts::status_loading(), text, share)
}

fn checking(done: f64, total: f64) -> (String, f64) {
    let (so_far, all) = (format::bytes(done), format::bytes(total));
    (
        texts::status_checking_of(&so_far, &all),
        done / total.max(1.0),
    )
}

fn pictures(session: Session) -> StatusView {
    session.library.changed.track();
    let (mut left, mut failed, mut retry) = (0, 0, false);
    let total = session.library.pictures.with(|pictures| {
        for picture in pictures {
            picture.phase.with_untracked(|phase| match phase {
                Phase::Waiting | Phase::Running => left += 1,
                Phase::Failed { retry: again, .. } => {
                    failed += 1;
                    retry |= again;
                }
                Phase::Encoded => {}
            });
        }
        pictures.len()
    });
    let done = total - left;
    if left > 0 && session.paused.get() {
        return StatusView::still(stopped(done, failed, total), true);
    }
    if left > 0 {
        let text = texts::status_looking_step(&format::count(done + 1), &format::count(total));
        return StatusView::running(
            texts::status_looking(),
            text,
            Some(done as f64 / total as f64),
        );
    }
    if let Some((done, total)) = session.texts.get() {
        let step = format::count((done + 1).min(total) as usize);
        let text = texts::status_texts_step(&step, &format::count(total as usize));
        let share = f64::from(done) / f64::from(total.max(1));
        return StatusView::running(texts::status_texts(), text, Some(share));
    }
    StatusView::still(outcome(total - failed, failed), retry)
}

/// How far the pictures came before they were stopped. Those that could not be read count as done.
fn stopped(done: usize, failed: usize, total: usize) -> String {
    let (done, total) = (format::count(done), format::count(total));
    match failed {
        0 => texts::status_stopped(&done, &total),
        _ => texts::status_stopped_failed(&done, &total, &format::count(failed)),
    }
}

/// How many pictures are done, and how many could not be read.
fn outcome(done: usize, failed: usize) -> String {
    match (done, failed) {
        (0, 0) => texts::status_ready().to_owned(),
        (_, 0) => texts::status_done(done),
        (0, _) => texts::status_failed(failed),
        (_, _) => texts::status_done_failed(done, &format::count(failed)),
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::{outcome, stopped};

    #[wasm_bindgen_test]
    fn failures_are_counted_apart() {
        for (done, failed, text) in [
            (0, 0, "Ready for pictures."),
            (3, 0, "3 pictures done."),
            (24, 2, "24 pictures done, 2 could not be read."),
            (1, 1, "1 picture done, 1 could not be read."),
            (0, 2, "None of the 2 pictures could be read."),
        ] {
            assert_eq!(outcome(done, failed), text);
        }
    }

    #[wasm_bindgen_test]
    fn failures_before_a_stop_are_counted_too() {
        assert_eq!(stopped(3, 0, 9), "Stopped after 3 of 9 pictures.");
        assert_eq!(
            stopped(3, 2, 9),
            "Stopped after 3 of 9 pictures; 2 of them could not be read."
        );
    }
}
