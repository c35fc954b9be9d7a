//! Where the model runs: what the person chose, what there is, and what became of it.

use glance_engine::DeviceReason;
use glance_engine::web::protocol::{ModelInfo, ModelSource};

use super::model::Previous;
use super::*;
use crate::browser::offered::offered;

/// What is known of the graphics card here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Graphics {
    /// Nothing yet.
    Unknown,
    /// It works.
    There,
    /// Software stands in for it.
    Imitated,
    /// The browser offers none.
    Missing,
}

impl Graphics {
    /// Without WebGPU nothing needs to be tried.
    pub(super) fn known_at_start() -> Self {
        let navigator = web_sys::window().map(|window| window.navigator());
        let gpu = navigator.and_then(|navigator| offered::<js_sys::Object>(navigator, "gpu"));
        match gpu {
            Some(_) => Self::Unknown,
            None => Self::Missing,
        }
    }
}

impl Session {
    /// Has the model run elsewhere. What was answered stays: both devices give the same numbers.
    pub fn choose_device(self, device: Option<DeviceKind>) {
        address::drop_query("device");
        let ran_on = self.device.get_untracked();
        let chosen = self.settings.with_untracked(|settings| settings.device);
        self.message.set(String::new());
        self.run_on(device, device);
        let previous = Previous::Device { ran_on, chosen };
        self.inner
            .update_value(|inner| inner.model.previous = Some(previous));
        self.load_or_start();
    }

    /// Runs on a device at this visit, and on `chosen` at later ones.
    fn run_on(self, device: Option<DeviceKind>, chosen: Option<DeviceKind>) {
        self.device.set(device);
        self.remember(|settings| settings.device = chosen);
        self.inner.update_value(|inner| {
            if let Some(load) = inner.load.take() {
                inner.tell(&ToWorker::Cancel(load));
            }
            inner.cancel_work();
        });
        self.have_wait(&[Phase::Running]);
        self.texts.set(None);
    }

    /// The device that was chosen cannot run the model.
    pub(super) fn back_to_device(
        self,
        ran_on: Option<DeviceKind>,
        chosen: Option<DeviceKind>,
        failure: &Failure,
    ) {
        self.learn_failure(failure);
        self.say(format!("{} It runs where it ran before.", failure.message));
        self.run_on(ran_on, chosen);
        self.load_or_start();
    }

    /// Whether a device that was chosen at an earlier visit is done without at this one.
    pub(super) fn does_without_device(self, failure: &Failure) -> bool {
        let chosen = self.device.get_untracked() == Some(DeviceKind::Gpu);
        let at_this_visit = address::device().is_some();
        let about_device = matches!(failure.kind, ErrorKind::Device | ErrorKind::NoDevice);
        if !about_device || !chosen || at_this_visit {
            return false;
        }
        self.learn_failure(failure);
        self.say(
            "The graphics card cannot be used now, so the processor does the work.".to_owned(),
        );
        // The person's choice stays for when the card is back.
        self.device.set(None);
        self.load_or_start();
        true
    }

    /// The model goes on elsewhere, of itself.
    pub(super) fn changed(self, info: ModelInfo) {
        self.learn_graphics(&info);
        self.message.set(String::new());
        if let ModelState::Ready(before) = self.model.get_untracked() {
            if before.source == ModelSource::Storing {
                self.remember_kept(&info);
            }
            self.model.set(ModelState::Ready(info));
        }
    }

    pub(super) fn learn_graphics(self, info: &ModelInfo) {
        let graphics = match (info.device, info.reason) {
            (DeviceKind::Gpu, _) => Graphics::There,
            (_, DeviceReason::Measured(_)) => Graphics::There,
            (_, DeviceReason::SoftwareGpu) => Graphics::Imitated,
            (_, DeviceReason::NoGpu) => Graphics::Missing,
            (_, DeviceReason::Chosen | DeviceReason::GpuFailed) => return,
        };
        // A choice says that it works, not what it is.
        if graphics != Graphics::There || self.graphics.get_untracked() != Graphics::Imitated {
            self.graphics.set(graphics);
        }
    }

    fn learn_failure(self, failure: &Failure) {
        if failure.kind == ErrorKind::NoDevice {
            self.graphics.set(Graphics::Missing);
        }
    }
}
