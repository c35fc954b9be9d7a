//! What the parts of the popover share.

use leptos::prelude::*;

use crate::components::popover::Popover;
use crate::components::question::labels::replace::take_set;
use crate::session::Session;

/// The popover, and how its sets are taken.
#[derive(Clone, Copy)]
pub struct Menu {
    pub session: Session,
    pub popover: Popover,
    /// Whether a set is added to the present labels.
    pub keep: RwSignal<bool>,
}

impl Menu {
    /// Takes a set, with a sentence that suits it, and closes.
    pub fn take(self, labels: &[String], template: Option<&str>) {
        take_set(self.session, labels, template, self.keep.get_untracked());
        self.popover.close();
    }
}
