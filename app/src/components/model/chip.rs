//! The name of the model in use, on the top bar; it leads to the models.

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
        <a class="model-chip" href="#models" title="Models: which one is used, and where it runs">
            <span dir="auto">{text}</span>
        </a>
    }
}
