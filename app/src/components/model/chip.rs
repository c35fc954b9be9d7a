//! The name of the model in use, on the top bar; it opens the models.

use glance_protocol::DeviceKind;
use leptos::prelude::*;

use crate::session::{ModelState, Session};
use crate::texts;

/// The chip.
#[component]
pub fn ModelChip(session: Session) -> impl IntoView {
    let text = move || match session.model.get() {
        ModelState::Ready(info) => {
            let device = match info.device {
                DeviceKind::Cpu => texts::device_on_processor(),
                DeviceKind::Gpu => texts::device_on_card(),
            };
            format!("{} · {device}", info.name)
        }
        ModelState::Idle | ModelState::Loading(_) | ModelState::Failed(_) => {
            texts::models_title().to_owned()
        }
    };
    view! {
        <button
            type="button"
            class="model-chip"
            aria-haspopup="dialog"
            title=texts::models_chip_title()
            on:click=move |_| session.watch_stored(true)
        >
            <span dir="auto">{text}</span>
        </button>
    }
}
