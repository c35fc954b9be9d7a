//! The camera: its video, with the labels that fit best over it.
//!
//! ```text
//! live     starts, stops, freezes and switches the camera
//! looking  the loop that looks at its frames
//! bars     the best labels
//! still    keeps a frame as a picture
//! steady   which label is spoken
//! pace     frames a second
//! ```

mod bars;
mod live;
mod looking;
mod pace;
mod steady;
mod still;

use leptos::prelude::*;
use leptos::reactive::spawn_local_scoped_with_cancellation;
#[cfg(not(test))]
use leptos::wasm_split::wasm_split;
use leptos::{ev, html};
use web_sys::VisibilityState;

use crate::browser::camera;
use crate::browser::focus;
use crate::components::deferred::Part;
use crate::session::Session;
use crate::texts;
use live::{Live, State, VIEW};

/// Opens the camera; nothing where the browser offers none.
#[component]
pub fn OpenCamera(open: RwSignal<bool>) -> impl IntoView {
    camera::is_offered().then(|| {
        view! {
            <button type="button" id="open-camera" on:click=move |_| open.set(true)>
                {texts::camera_open()}
            </button>
        }
    })
}

/// The camera's view, in place of the other ways to add pictures.
#[cfg_attr(not(test), wasm_split(camera, wasm_split_path = leptos::wasm_split, fallible))]
pub fn camera(session: Session, open: RwSignal<bool>) -> Part {
    let video = NodeRef::<html::Video>::new();
    let live = Live::new(session, video, open);
    Effect::new(move |_| {
        if video.get().is_some() {
            live.start(camera::first());
            spawn_local_scoped_with_cancellation(live.follow());
        }
    });
    Effect::new(move |_| {
        session.revision.track();
        session.can_look();
        live.wake();
    });
    let visibility = window_event_listener(ev::visibilitychange, move |_| {
        live.seen(document().visibility_state() == VisibilityState::Visible);
    });
    on_cleanup(move || visibility.remove());
    // The button that opened it is gone.
    request_animation_frame(|| focus::first(VIEW));

    let opening = move || live.state.get() == State::Opening;
    let no_labels = Memo::new(move |_| session.settings.with(|s| s.labels.is_empty()));
    let can_look = Memo::new(move |_| session.can_look());
    let sentence = Memo::new(move |_| {
        let sentence = match live.problem.get() {
            _ if opening() => texts::camera_waiting(),
            _ if no_labels.get() => texts::camera_no_labels(),
            _ if !can_look.get() => texts::camera_not_ready(),
            problem if !problem.is_empty() => return problem,
            _ => "",
        };
        sentence.to_owned()
    });
    let freeze = move || match live.state.get() {
        State::Frozen => texts::camera_go_on(),
        State::Opening | State::Moving => texts::camera_freeze(),
    };
    let keep = move |_| {
        if let Some(video) = video.get_untracked().filter(|_| !untrack(opening)) {
            still::keep(session, video, live.spoken);
        }
    };
    let view = view! {
        <section
            id="camera"
            class="camera"
            aria-label=texts::camera_view()
            tabindex="-1"
            data-state=move || match live.state.get() {
                State::Opening => "opening",
                State::Moving => "moving",
                State::Frozen => "frozen",
            }
            data-fps=move || format!("{:.1}", live.pace.get())
        >
            <div class="camera-view">
                <video
                    node_ref=video
                    playsinline
                    prop:muted=true
                    aria-label=texts::camera_video()
                    class:mirrored=move || live.front.get()
                ></video>
                <div class="camera-answer">
                    <p hidden=move || sentence.with(String::is_empty)>{move || sentence.get()}</p>
                    <div hidden=move || !sentence.with(String::is_empty)>
                        <bars::Bars entries=live.entries />
                    </div>
                </div>
            </div>
            <div class="camera-actions">
                <button
                    type="button"
                    class="primary"
                    aria-disabled=move || opening().to_string()
                    on:click=keep
                >
                    {texts::camera_keep()}
                </button>
                <button
                    type="button"
                    aria-disabled=move || opening().to_string()
                    on:click=move |_| live.freeze_or_go_on()
                >
                    {freeze}
                </button>
                <button
                    type="button"
                    hidden=move || !live.several.get()
                    on:click=move |_| live.switch()
                >
                    {texts::camera_switch()}
                </button>
                <button type="button" on:click=move |_| live.stop()>
                    {texts::camera_stop()}
                </button>
                <p>{texts::camera_stays_here()}</p>
            </div>
            <p class="visually-hidden" role="status">{move || live.spoken.get()}</p>
        </section>
    };
    Ok(view.into_any())
}
