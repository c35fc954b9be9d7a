//! The device that the model runs on: the person's choice, what is available, and failures.

use glance_protocol::{DeviceKind, DeviceReason};
use glance_protocol::{ErrorKind, Failure, ModelInfo, ModelSource, ToWorker};
use leptos::prelude::*;

use super::graphics::Graphics;
use super::model_state::{ModelState, Previous};
use crate::browser::address;
use crate::picture::Phase;
use crate::session::state::Session;
use crate::texts;

impl Session {
    /// Moves the model to another device. Answers stay: both devices give the same numbers.
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

    /// Sets the device for this visit, and saves `chosen` for later ones.
    fn run_on(self, device: Option<DeviceKind>, chosen: Option<DeviceKind>) {
        self.device.set(device);
        self.remember(|settings| settings.device = chosen);
        self.inner.update_value(|inner| {
            if let Some(load) = inner.load.take() {
                inner.tell(&ToWorker::Cancel(load));
            }
            inner.cancel_work();
        });
        self.requeue(&[Phase::Running]);
        self.texts.set(None);
    }

    /// Goes back to the previous device, because the chosen one cannot run the model.
    pub(crate) fn back_to_device(
        self,
        ran_on: Option<DeviceKind>,
        chosen: Option<DeviceKind>,
        failure: &Failure,
    ) {
        self.learn_failure(failure);
        self.say(texts::device_before_again(&failure.message));
        self.run_on(ran_on, chosen);
        self.load_or_start();
    }

    /// Does without a GPU that was chosen on an earlier visit, if it fails. Returns whether it did.
    pub(crate) fn fall_back_from_gpu(self, failure: &Failure) -> bool {
        let chosen = self.device.get_untracked() == Some(DeviceKind::Gpu);
        let at_this_visit = address::device().is_some();
        let about_device = matches!(failure.kind, ErrorKind::Device | ErrorKind::NoDevice);
        if !about_device || !chosen || at_this_visit {
            return false;
        }
        self.learn_failure(failure);
        self.say(texts::device_processor_instead().to_owned());
        // The saved choice stays for when the card is back.
        self.device.set(None);
        self.load_or_start();
        true
    }

    /// Handles a model that recovered, on another device or the same one.
    pub(crate) fn changed(self, info: ModelInfo) {
        self.learn_graphics(&info);
        self.message.set(String::new());
        if let ModelState::Ready(before) = self.model.get_untracked() {
            if before.source == ModelSource::Storing {
                self.remember_kept(&info);
            }
            self.model.set(ModelState::Ready(info));
        }
    }

    pub(crate) fn learn_graphics(self, info: &ModelInfo) {
        let graphics = match (info.device, info.reason) {
            (DeviceKind::Gpu, _) => Graphics::Available,
            (_, DeviceReason::Measured(_)) => Graphics::Available,
            (_, DeviceReason::SoftwareGpu) => Graphics::Emulated,
            (_, DeviceReason::NoGpu) => Graphics::Missing,
            (_, DeviceReason::Chosen | DeviceReason::GpuFailed) => return,
        };
        // A GPU that works may still be known as an emulated one.
        if graphics != Graphics::Available || self.graphics.get_untracked() != Graphics::Emulated {
            self.graphics.set(graphics);
        }
    }

    fn learn_failure(self, failure: &Failure) {
        if failure.kind == ErrorKind::NoDevice {
            self.graphics.set(Graphics::Missing);
        }
    }
}
