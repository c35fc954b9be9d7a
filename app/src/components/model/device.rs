//! The switch for the device, and the sentence about where the model runs.

use glance_protocol::{DeviceKind, DeviceReason, Speeds};
use leptos::html;
use leptos::prelude::*;

use crate::session::{Graphics, Session};

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
        Graphics::Unknown | Graphics::Available => "Graphics card",
        Graphics::Emulated => "Graphics card (emulated here, slow)",
        Graphics::Missing => "Graphics card (none in this browser)",
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
            <label for="device">"Runs on"</label>
            <select id="device" node_ref=select prop:value=chosen on:change=choose>
                <option value=AUTOMATIC>"Automatic"</option>
                <option value=GPU disabled=missing>{graphics_card}</option>
                <option value=CPU>"Processor"</option>
            </select>
        </div>
    }
}

/// Where a model runs and why, in a sentence.
pub fn where_it_runs(device: DeviceKind, reason: DeviceReason) -> String {
    let here = match device {
        DeviceKind::Cpu => "the processor",
        DeviceKind::Gpu => "the graphics card",
    };
    let why = match (reason, device) {
        (DeviceReason::Chosen, _) => ", as you chose".to_owned(),
        (DeviceReason::NoGpu, _) => ": this browser offers no graphics card".to_owned(),
        (DeviceReason::SoftwareGpu, _) => {
            ": the graphics card here is emulated in software, which is slower".to_owned()
        }
        (DeviceReason::GpuFailed, _) => ": the graphics card failed at this model".to_owned(),
        (DeviceReason::Measured(speeds), DeviceKind::Cpu) => {
            format!(
                ", which was measured {} the graphics card here",
                faster(speeds)
            )
        }
        (DeviceReason::Measured(speeds), DeviceKind::Gpu) => {
            format!(", which was measured {} the processor here", faster(speeds))
        }
    };
    format!("It runs on {here}{why}.")
}

fn faster(speeds: Speeds) -> String {
    match speeds.ratio() {
        ..ABOUT_EQUAL => "about as fast as".to_owned(),
        ratio @ ..3.0 => format!("{ratio:.1} times as fast as"),
        ratio => format!("{ratio:.0} times as fast as"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
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
