//! Pictures that are fetched or looked for, until they are all here or the person cancels.

use leptos::prelude::*;

use super::arriving::{Gathering, Stop};
use crate::session::state::Session;
use crate::texts;

impl Session {
    /// Starts to gather pictures; only one gathering runs at a time.
    pub(crate) fn start_gathering(self, gathering: Gathering) -> Option<Stop> {
        if self.gathering.with_untracked(Option::is_some) {
            self.say(texts::library_gathering().to_owned());
            return None;
        }
        self.say(String::new());
        self.gathering.set(Some(gathering));
        let stop = Stop::default();
        self.inner
            .update_value(|inner| inner.gathering = stop.clone());
        Some(stop)
    }

    /// Cancels what is gathered; returns whether there was something.
    pub(crate) fn cancel_gathering(self) -> bool {
        let gathered = self.gathering.try_update(Option::take).flatten();
        self.inner.with_value(|inner| inner.gathering.stop());
        gathered.is_some()
    }

    /// Shows how far it is.
    pub(crate) fn show_gathering(self, stop: &Stop, gathering: Gathering) {
        if !stop.is_stopped() {
            self.gathering.set(Some(gathering));
        }
    }

    /// Ends a gathering that is complete.
    pub(crate) fn end_gathering(self, stop: &Stop) {
        if !stop.is_stopped() {
            self.gathering.set(None);
        }
    }
}
