//! The worker's sentences for the person. It knows English only, so in another language the page puts
//! a sentence of its own before each.

use glance_protocol::{Answer, ErrorKind, Failure, ModelInfo, TextNote, ToPage};

use crate::texts;

/// Puts all sentences of a message into the page's language.
pub(super) fn translate(message: &mut ToPage) {
    match message {
        ToPage::Failed { failure, .. } => failure.message = failed(failure),
        ToPage::Answer { answer, .. } => translate_answer(answer),
        ToPage::Changed(info) => translate_notice(info),
        ToPage::Kept {
            refusal: Some(why), ..
        } => *why = texts::failure_not_stored(why),
        ToPage::NotRemembered(why) => *why = texts::failure_not_remembered(why),
        _ => {}
    }
}

fn translate_answer(answer: &mut Answer) {
    match answer {
        Answer::Loaded(info) => translate_notice(info),
        Answer::Rankings { notes, .. } | Answer::Cosines { notes, .. } => {
            notes.iter_mut().for_each(translate_note);
        }
        Answer::Found { note, .. } => translate_note(note),
        _ => {}
    }
}

fn translate_notice(info: &mut ModelInfo) {
    if let Some(notice) = &mut info.notice {
        *notice = texts::failure_notice(notice);
    }
}

fn translate_note(note: &mut TextNote) {
    if let TextNote::Refused(why) = note {
        *why = texts::failure_text(why);
    }
}

fn failed(failure: &Failure) -> String {
    let translate = match failure.kind {
        ErrorKind::Picture => texts::failure_picture,
        ErrorKind::Model => texts::failure_model,
        ErrorKind::Connection => texts::failure_connection,
        ErrorKind::NoDevice => texts::failure_no_device,
        ErrorKind::Device => texts::failure_device,
        ErrorKind::Lost => texts::failure_lost,
        ErrorKind::Cancelled => texts::failure_cancelled,
        ErrorKind::Unknown => texts::failure_unknown,
    };
    translate(&failure.message)
}
