//! Replaces all labels at once: by a set, by a link, or by nothing.

use leptos::prelude::*;

use crate::format;
use crate::label_sets::presets;
use crate::session::Session;
use crate::settings::{Prompts, Settings};
use crate::text_list::{self, MAX_LABELS};
use crate::texts;

/// Removes all labels.
pub fn remove_all(session: Session) {
    let count = session
        .settings
        .with_untracked(|settings| settings.labels.len());
    replace(session, |settings| settings.labels.clear());
    session.say(texts::labels_removed(count));
}

/// Takes a set: instead of the present labels, or after them. Its sentence replaces one that the
/// page wrote, never the person's own.
pub fn take_set(session: Session, set: &[String], template: Option<&str>, keep: bool) {
    let mut full = false;
    replace(session, |settings| {
        if !keep {
            settings.labels.clear();
        }
        full = text_list::add(&mut settings.labels, set);
        let ours = settings.prompts == Prompts::Own && presets::is_ours(&settings.template);
        if let Some(template) = template.filter(|_| ours && !keep) {
            template.clone_into(&mut settings.template);
        }
    });
    session.say(in_use(session, full));
}

/// Changes the labels and what belongs to them, and offers the way back.
pub fn replace(session: Session, change: impl FnOnce(&mut Settings)) {
    let previous = session.settings.get_untracked();
    session.edit(change);
    let changed = session
        .settings
        .with_untracked(|settings| settings.labels != previous.labels);
    if changed && !previous.labels.is_empty() {
        session.offer_question(previous);
    }
}

/// How many labels are in use, as a sentence. `full` says that some had no room.
pub fn in_use(session: Session, full: bool) -> String {
    let count = session
        .settings
        .with_untracked(|settings| settings.labels.len());
    match full {
        true => texts::labels_full(&format::count(MAX_LABELS)),
        false => texts::labels_now(count),
    }
}
