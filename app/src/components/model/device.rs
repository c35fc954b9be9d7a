//! The switch for the device, and the sentence about where the model runs.

use glance_protocol::{DeviceKind, DeviceReason, Speeds};
use leptos::html;
use leptos::prelude::*;

use crate::format;
use crate::session::{Graphics, Session};
use crate::texts;

/// Devices within this ratio are called about equally fast.
const ABOUT_EQUAL: f64 = 1.2;

const AUTOMATIC: &str = "auto";
const GPU: &str = "gpu";
const CPU: &str = "cpu";

/// The switch for the device: whichever is faster, or the person's choice.
#[component]
pub fn Device(session: Session) -> impl IntoView {
    let select = NodeRef::<html::Select>::new();
    let missing = move || session.graphics.get() == Graphics::Missing;
    let graphics_card = move || match session.graphics.get() {
        Graphics::Unknown | Graphics::Available => texts::device_card(),
        Graphics::Emulated => texts::device_card_emulated(),
        Graphics::Missing => texts::device_card_missing(),
    };
    let choose = move |_| {
        if let Some(select) = select.get_untracked() {
            session.choose_device(match select.value().as_str() {
                GPU => Some(DeviceKind::Gpu),
                CPU => Some(DeviceKind::Cpu),
                _ => None,
            });
        }
    };
    let chosen = move || match session.device.get() {
        None => AUTOMATIC,
        Some(DeviceKind::Gpu) => GPU,
        Some(DeviceKind::Cpu) => CPU,
    };
    view! {
        <div class="device">
            <label for="device">{texts::device_label()}</label>
            <select id="device" node_ref=select prop:value=chosen on:change=choose>
                <option value=AUTOMATIC>{texts::device_automatic()}</option>
                <option value=GPU disabled=missing>{graphics_card}</option>
                <option value=CPU>{texts::device_processor()}</option>
            </select>
        </div>
    }
}

/// Where a model runs and why, in a sentence.
pub fn where_it_runs(device: DeviceKind, reason: DeviceReason) -> String {
    let sentence = match (reason, device) {
        (DeviceReason::Measured(speeds), _) => return measured(device, speeds),
        (DeviceReason::Chosen, DeviceKind::Cpu) => texts::device_why_processor_chosen(),
        (DeviceReason::Chosen, DeviceKind::Gpu) => texts::device_why_card_chosen(),
        (DeviceReason::NoGpu, _) => texts::device_why_card_missing(),
        (DeviceReason::SoftwareGpu, _) => texts::device_why_card_emulated(),
        (DeviceReason::GpuFailed, _) => texts::device_why_card_failed(),
    };
    sentence.to_owned()
}

fn measured(device: DeviceKind, speeds: Speeds) -> String {
    let ratio = speeds.ratio();
    match (device, ratio < ABOUT_EQUAL) {
        (DeviceKind::Cpu, true) => texts::device_why_processor_equal().to_owned(),
        (DeviceKind::Gpu, true) => texts::device_why_card_equal().to_owned(),
        (DeviceKind::Cpu, false) => texts::device_why_processor_faster(&format::ratio(ratio)),
        (DeviceKind::Gpu, false) => texts::device_why_card_faster(&format::ratio(ratio)),
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn each_reason_is_one_sentence() {
        let measured = |cpu, gpu| DeviceReason::Measured(Speeds { cpu, gpu });
        let said = where_it_runs(DeviceKind::Gpu, measured(200.0, 50.0));
        assert_eq!(
            said,
            "It runs on the graphics card, which was measured 4 times as fast as the processor here."
        );
        let said = where_it_runs(DeviceKind::Cpu, measured(50.0, 75.0));
        assert!(
            said.contains("measured 1.5 times as fast as the graphics card"),
            "{said}"
        );
        let said = where_it_runs(DeviceKind::Cpu, measured(50.0, 51.0));
        assert!(said.contains("about as fast as"), "{said}");
        for reason in [
            DeviceReason::Chosen,
            DeviceReason::NoGpu,
            DeviceReason::SoftwareGpu,
            DeviceReason::GpuFailed,
        ] {
            let said = where_it_runs(DeviceKind::Cpu, reason);
            assert!(said.starts_with("It runs on the processor") && said.ends_with('.'));
            assert_eq!(said.matches('.').count(), 1, "{said}");
        }
    }
}
