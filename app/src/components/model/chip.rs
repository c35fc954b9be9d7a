//! The name of the model in use, on the top bar; it opens the models.

use glance_protocol::DeviceKind;
use leptos::prelude::*;

use crate::session::{ModelState, Session};

/// The chip.
#[component]
pub fn ModelChip(session: Session) -> impl IntoView {
    let text = move || match session.model.get() {
        ModelState::Ready(info) => {
            let device = match info.device {
                DeviceKind::Cpu => "processor",
                DeviceKind::Gpu => "graphics card",
            };
            format!("{} · {device}", info.name)
        }
        ModelState::Idle | ModelState::Loading(_) | ModelState::Failed(_) => "Models".to_owned(),
    };
    view! {
        <button
            type="button"
            class="model-chip"
            aria-haspopup="dialog"
            title="Models: which one is used, and where it runs"
            on:click=move |_| session.watch_stored(true)
        >
            <span dir="auto">{text}</span>
        </button>
    }
}
