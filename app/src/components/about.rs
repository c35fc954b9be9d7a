//! The footer: what the numbers mean, where pictures go, and what runs.

use glance_engine::DeviceKind;
use leptos::prelude::*;

use crate::format;
use crate::session::{ModelState, Session};

/// The footer.
#[component]
pub fn About(session: Session) -> impl IntoView {
    let model = move || match session.model.get() {
        ModelState::Ready(info) => {
            let device = match info.device {
                DeviceKind::Cpu => "the processor",
                DeviceKind::Gpu => "the graphics card, by WebGPU",
            };
            let license = info.license.unwrap_or_else(|| "licence unknown".to_owned());
            format!(
                "Model: {}, {}, {license}. It runs on {device}.",
                info.name,
                format::bytes(info.bytes)
            )
        }
        _ => "The model is not ready yet.".to_owned(),
    };
    view! {
        <footer>
            <p><strong>"Pictures never leave this device."</strong></p>
            <p>
                "Percentages compare only the labels you give: they say which fits best, not \
                 whether any fits. The cosine beside them does not depend on the other labels."
            </p>
            <p>{model}</p>
        </footer>
    }
}
