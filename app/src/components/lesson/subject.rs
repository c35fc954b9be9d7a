//! What the lesson is about: one of the person's pictures, and how the page ranks its labels.

use glance_protocol::PictureId;
use leptos::prelude::*;

use super::asked::{Asked, Wording, asked, rank};
use super::ranked::Ranked;
use crate::picture::Phase;
use crate::session::{ModelState, Session};
use crate::texts;

/// Labels that the lesson ranks.
pub const MAX_LABELS: usize = 40;
/// Pictures to choose from.
const MAX_PICTURES: usize = 100;
/// Pictures in the matrix.
const MATRIX: usize = 4;

/// What all steps share; cheap to copy into closures.
#[derive(Clone, Copy)]
pub struct Subject {
    /// The page's session.
    pub session: Session,
    open: RwSignal<bool>,
    /// The picture that the person chose.
    pub chosen: RwSignal<Option<PictureId>>,
    /// The id of the model, while one is ready.
    pub model: Memo<Option<String>>,
    /// The encoded pictures.
    pub pictures: Memo<Vec<PictureId>>,
    /// The picture that it is about.
    pub picture: Memo<Option<PictureId>>,
    /// The labels in the page's own sentences, ranked for that picture and those of the matrix.
    pub ranking: RwSignal<Asked<Ranked>>,
}

#[derive(Clone, PartialEq)]
struct Question {
    model: String,
    pictures: Vec<PictureId>,
    wording: Wording,
}

impl Subject {
    /// About the first picture, while `open`.
    pub fn new(session: Session, open: RwSignal<bool>) -> Self {
        let chosen = RwSignal::new(None);
        let model = while_open(open, move || {
            session.model.with(|model| match model {
                ModelState::Ready(info) => Some(info.id.clone()),
                _ => None,
            })
        });
        let pictures = while_open(open, move || {
            session.library.changed.track();
            session.library.pictures.with(|pictures| {
                let encoded = pictures
                    .iter()
                    .filter(|picture| picture.phase.with_untracked(|p| *p == Phase::Encoded));
                encoded
                    .take(MAX_PICTURES)
                    .map(|picture| picture.id)
                    .collect()
            })
        });
        let picture = Memo::new(move |_| {
            let chosen = chosen.get();
            pictures.with(|pictures: &Vec<PictureId>| {
                let still = chosen.filter(|id| pictures.contains(id));
                still.or_else(|| pictures.first().copied())
            })
        });
        let question = while_open(open, move || {
            let wording = wording(session);
            let picture = picture.get()?;
            let others = pictures.with(|pictures| {
                let first = pictures.iter().take(MATRIX).copied();
                first.filter(|id| *id != picture).collect::<Vec<_>>()
            });
            (!wording.labels.is_empty()).then_some(Question {
                model: model.get()?,
                pictures: [vec![picture], others].concat(),
                wording,
            })
        });
        let ranking = asked(question, move |question: Question| async move {
            let Question {
                pictures, wording, ..
            } = question;
            let scores = rank(session, pictures.clone(), wording.clone()).await?;
            Ok(Ranked::new(pictures, &wording, &scores))
        });
        Self {
            session,
            open,
            chosen,
            model,
            pictures,
            picture,
            ranking,
        }
    }

    /// Computes a value while the lesson is open; keeps the last one otherwise.
    pub fn while_open<T: Clone + Default + PartialEq + Send + Sync + 'static>(
        self,
        value: impl Fn() -> T + Send + Sync + 'static,
    ) -> Memo<T> {
        while_open(self.open, value)
    }

    /// The pictures of the matrix.
    pub fn of_matrix(self) -> Vec<PictureId> {
        self.pictures
            .with(|pictures| pictures.iter().take(MATRIX).copied().collect())
    }

    /// The model's own factor from cosines to logits, if it is known.
    pub fn scale(self) -> Option<f32> {
        self.ranking.with(|ranking| ranking.known()?.scale)
    }

    /// A picture's name.
    pub fn name(self, picture: PictureId) -> String {
        let picture = self.session.library.get(picture);
        picture
            .map(|picture| picture.name.clone())
            .unwrap_or_default()
    }

    /// The address of a picture to be shown small.
    pub fn thumbnail(self, picture: PictureId) -> Option<String> {
        let picture = self.session.library.get(picture)?;
        let thumbnail = picture.thumbnail.get();
        Some(thumbnail.unwrap_or_else(|| picture.url.clone()))
    }

    /// What the person should do first, if something can be computed after that.
    pub fn missing(self) -> &'static str {
        match (self.model.with(Option::is_some), self.picture.get()) {
            (false, _) => texts::lesson_no_model(),
            (true, None) => texts::lesson_no_picture(),
            (true, Some(_)) => texts::lesson_no_label(),
        }
    }
}

/// The page's labels, in its sentences.
fn wording(session: Session) -> Wording {
    session.settings.with(|settings| Wording {
        labels: settings.labels.iter().take(MAX_LABELS).cloned().collect(),
        templates: settings.templates(),
        none_of_these: settings.none_of_these,
    })
}

fn while_open<T: Clone + Default + PartialEq + Send + Sync + 'static>(
    open: RwSignal<bool>,
    value: impl Fn() -> T + Send + Sync + 'static,
) -> Memo<T> {
    Memo::new(move |old: Option<&T>| match open.get() {
        true => value(),
        false => old.cloned().unwrap_or_default(),
    })
}
