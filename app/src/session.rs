//! What the page knows and does: turns a person's actions into requests, and answers into state.
//!
//! The page decides what runs next. A few pictures are in the worker at a time, so that it can take
//! several together; those it was looking at when it died are tried once more, each by itself, and
//! everything else waits here, files included.

use std::collections::HashMap;

use glance_engine::DeviceKind;
use glance_engine::web::protocol::{
    Answer, ErrorKind, Failure, PictureId, Progress, Request, RequestId, TextNote, ToPage, ToWorker,
};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use web_sys::File;

use crate::browser::address;
use crate::connection::{Connection, Signal};
use crate::picture::{Phase, Picture};
use crate::settings::{self, Mode, Settings};
use crate::table::Table;
use crate::text_list;

mod answers;
mod device;
mod in_flight;
mod interruptions;
mod model;
mod stored;

pub use device::Graphics;
pub use model::{Candidate, ModelState, comes_with_page};
pub use stored::Stored;

/// Typing pauses this long before labels are encoded again.
const TYPING_PAUSE_MILLISECONDS: u32 = 300;
/// Pictures one page holds.
const MAX_PICTURES: usize = 1000;
/// Workers that may die in a row before the page stops starting new ones.
const MAX_DEATHS: u32 = 2;

/// A handle on everything the page knows; cheap to copy into closures.
#[derive(Clone, Copy)]
pub struct Session {
    /// In the order they were added.
    pub pictures: RwSignal<Vec<Picture>>,
    /// The person's texts and choices.
    pub settings: RwSignal<Settings>,
    /// How the model stands.
    pub model: RwSignal<ModelState>,
    /// The device that the model is to run on, or whichever is faster.
    pub device: RwSignal<Option<DeviceKind>>,
    /// What is known of the graphics card here.
    pub graphics: RwSignal<Graphics>,
    /// A model that the person is about to choose.
    pub candidate: RwSignal<Candidate>,
    /// What is stored on this device.
    pub stored: Stored,
    /// Texts being encoded: so many of so many.
    pub texts: RwSignal<Option<(u32, u32)>>,
    /// Whether the person stopped the pictures.
    pub paused: RwSignal<bool>,
    /// Something to know that concerns no single picture.
    pub message: RwSignal<String>,
    /// What to know about labels, by label.
    pub notes: RwSignal<HashMap<String, TextNote>>,
    /// The latest table of cosines.
    pub table: RwSignal<Table>,
    /// Counts the questions asked: labels, prompts or captions as they stand.
    pub revision: RwSignal<u32>,
    inner: StoredValue<Inner, LocalStorage>,
}

#[derive(Default)]
struct Inner {
    connection: Option<Connection>,
    /// Whether the worker listens.
    started: bool,
    files: HashMap<PictureId, File>,
    tries: HashMap<PictureId, u32>,
    next_picture: PictureId,
    next_request: RequestId,
    load: Option<RequestId>,
    model: model::ModelRequests,
    stored: stored::StoredRequests,
    /// Pictures in the worker, in the order that it takes them.
    embedding: Vec<(RequestId, PictureId)>,
    scoring: Option<Scoring>,
    /// The revision whose scoring was cancelled or failed; it waits for a retry or an edit.
    given_up: Option<u32>,
    deaths: u32,
    typing: Option<Timeout>,
}

/// A question on its way.
struct Scoring {
    id: RequestId,
    revision: u32,
    pictures: Vec<PictureId>,
    texts: Vec<String>,
}

impl Session {
    /// A page with the last visit's settings and no worker yet.
    pub fn new() -> Self {
        let settings = settings::load();
        let device = address::device().or(settings.device);
        Self {
            pictures: RwSignal::new(Vec::new()),
            settings: RwSignal::new(settings),
            model: RwSignal::new(ModelState::Idle),
            device: RwSignal::new(device),
            graphics: RwSignal::new(Graphics::known_at_start()),
            candidate: RwSignal::new(Candidate::None),
            stored: Stored::new(),
            texts: RwSignal::new(None),
            paused: RwSignal::new(false),
            message: RwSignal::new(String::new()),
            notes: RwSignal::new(HashMap::new()),
            table: RwSignal::new(Table::default()),
            revision: RwSignal::new(0),
            inner: StoredValue::new_local(Inner::default()),
        }
    }

    /// Starts a worker, which loads the model as soon as it listens.
    pub fn start(self) {
        self.model.set(ModelState::Loading(None));
        let connection = Connection::open(move |signal| match signal {
            Signal::Said(message) => self.hear(message),
            Signal::Died => self.restart(),
        });
        if connection.is_none() {
            let message = "This browser cannot run the engine; try a current one.";
            self.model_fails(ErrorKind::Device, message);
        }
        self.inner.update_value(|inner| {
            inner.connection = connection;
            inner.started = false;
        });
    }

    /// Adds files in order; each becomes a card at once.
    pub fn add_files(self, files: impl IntoIterator<Item = File>) {
        let mut added = Vec::new();
        let mut room = MAX_PICTURES.saturating_sub(self.pictures.with_untracked(Vec::len));
        let mut left_out = 0;
        for file in files {
            if room == 0 {
                left_out += 1;
                continue;
            }
            room -= 1;
            let url = web_sys::Url::create_object_url_with_blob(&file).unwrap_or_default();
            let name = file.name();
            let id = self.inner.try_update_value(|inner| {
                inner.next_picture += 1;
                inner.files.insert(inner.next_picture, file);
                inner.next_picture
            });
            let Some(id) = id else { return };
            added.push(Picture {
                id,
                name,
                url,
                phase: ArcRwSignal::new(Phase::Waiting),
                ranking: ArcRwSignal::new(None),
            });
        }
        if left_out > 0 {
            self.say(format!(
                "A page holds {MAX_PICTURES} pictures; {left_out} were left out. Remove some first."
            ));
        }
        self.pictures.update(|pictures| pictures.extend(added));
        self.paused.set(false);
        self.advance();
    }

    /// Takes a picture off the page.
    pub fn remove(self, id: PictureId) {
        self.pictures.update(|pictures| {
            if let Some(index) = pictures.iter().position(|picture| picture.id == id) {
                let picture = pictures.remove(index);
                // An address that cannot be revoked is freed with the page.
                let _ = web_sys::Url::revoke_object_url(&picture.url);
            }
        });
        self.table.update(|table| table.remove(id));
        self.inner.update_value(|inner| {
            inner.files.remove(&id);
            inner.tries.remove(&id);
            if let Some(at) = inner.embedding.iter().position(|(_, sent)| *sent == id) {
                let (request, _) = inner.embedding.remove(at);
                inner.tell(&ToWorker::Cancel(request));
            }
            inner.tell(&ToWorker::Forget(id));
        });
        self.advance();
    }

    /// Takes all pictures off the page.
    pub fn remove_all(self) {
        for id in self
            .pictures
            .with_untracked(|all| all.iter().map(|p| p.id).collect::<Vec<_>>())
        {
            self.remove(id);
        }
    }

    /// Changes settings and, where the question changes with them, asks it anew once typing pauses.
    pub fn edit(self, change: impl FnOnce(&mut Settings)) {
        self.remember(change);
        self.revision.update(|revision| *revision += 1);
        let typing = Timeout::new(TYPING_PAUSE_MILLISECONDS, move || self.advance());
        self.inner.update_value(|inner| inner.typing = Some(typing));
    }

    /// Changes settings that are no part of the question.
    fn remember(self, change: impl FnOnce(&mut Settings)) {
        self.settings.update(change);
        self.settings.with_untracked(settings::save);
    }

    /// Adds labels from typed or pasted text.
    pub fn add_labels(self, text: &str) {
        let mut full = false;
        self.edit(|settings| full = text_list::add_labels(&mut settings.labels, text));
        if full {
            self.say(format!(
                "A page ranks {} labels at most.",
                text_list::MAX_LABELS
            ));
        }
    }

    /// Shows something to know that concerns no single picture.
    pub fn say(self, message: String) {
        self.message.set(message);
    }

    fn picture(self, id: PictureId) -> Option<Picture> {
        self.pictures
            .with_untracked(|all| all.iter().find(|picture| picture.id == id).cloned())
    }

    /// Has pictures of these phases wait again.
    fn have_wait(self, phases: &[Phase]) {
        for picture in self.pictures.get_untracked() {
            if phases.contains(&picture.phase.get_untracked()) {
                picture.phase.set(Phase::Waiting);
            }
        }
    }

    fn set_phase(self, id: PictureId, phase: Phase) {
        if let Some(picture) = self.picture(id) {
            picture.phase.set(phase);
        }
    }

    /// Sends whatever can be sent now.
    fn advance(self) {
        if !matches!(self.model.get_untracked(), ModelState::Ready(_)) {
            return;
        }
        self.score();
        if !self.paused.get_untracked() {
            self.send_pictures();
        }
    }

    /// Asks the question as it stands about the pictures that have no answer to it yet.
    fn score(self) {
        let revision = self.revision.get_untracked();
        let settings = self.settings.get_untracked();
        let stale = self.inner.try_update_value(|inner| {
            let stale = inner
                .scoring
                .take_if(|scoring| scoring.revision != revision)?;
            inner.tell(&ToWorker::Cancel(stale.id));
            Some(())
        });
        if let Some(Some(())) = stale {
            self.texts.set(None);
        }
        let busy = self
            .inner
            .with_value(|inner| inner.scoring.is_some() || inner.given_up == Some(revision));
        if busy {
            return;
        }
        let encoded = self
            .pictures
            .get_untracked()
            .into_iter()
            .filter(|picture| picture.phase.get_untracked() == Phase::Encoded);
        let (pictures, texts, request) = match settings.mode {
            Mode::Labels => {
                let answered = |picture: &Picture| {
                    picture.ranking.with_untracked(|ranking| {
                        ranking
                            .as_ref()
                            .is_some_and(|ranking| ranking.revision == revision)
                    })
                };
                let pictures: Vec<_> = encoded.filter(|p| !answered(p)).map(|p| p.id).collect();
                let request = Request::Rank {
                    pictures: pictures.clone(),
                    labels: settings.labels.clone(),
                    templates: settings
                        .templates()
                        .into_iter()
                        .map(str::to_owned)
                        .collect(),
                    none_of_these: settings.none_of_these,
                };
                (pictures, settings.labels, request)
            }
            Mode::Captions => {
                let captions = text_list::captions(&settings.captions);
                let pictures: Vec<_> = encoded.map(|picture| picture.id).collect();
                let known = self.table.with_untracked(|table| {
                    table.captions == captions && table.pictures == pictures
                });
                let pictures = if known { Vec::new() } else { pictures };
                let request = Request::Match {
                    pictures: pictures.clone(),
                    captions: captions.clone(),
                };
                (pictures, captions, request)
            }
        };
        if pictures.is_empty() || texts.is_empty() {
            return;
        }
        self.inner.update_value(|inner| {
            let id = inner.run(request, &[]);
            inner.scoring = Some(Scoring {
                id,
                revision,
                pictures,
                texts,
            });
        });
    }
}

impl Inner {
    fn tell(&self, message: &ToWorker) {
        if let Some(connection) = &self.connection {
            connection.send(message, &[]);
        }
    }

    fn run(&mut self, request: Request, files: &[File]) -> RequestId {
        self.next_request += 1;
        let id = self.next_request;
        if let Some(connection) = &self.connection {
            connection.send(&ToWorker::Run { id, request }, files);
        }
        id
    }
}
