//! What the page knows.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;

use futures_channel::oneshot;
use glance_protocol::{
    Answer, DeviceKind, Example, Failure, PictureId, Request, RequestId, TextNote, ToWorker,
};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use web_sys::{File, FileSystemDirectoryHandle};

use super::models::graphics::Graphics;
use super::models::model_state::{Candidate, ModelRequests, ModelState};
use super::models::stored_state::{EarlierPictures, Stored, StoredRequests};
use super::pictures::arriving::{Arrived, Folder, Gathering, Stop};
use super::pictures::library::Library;
use super::pictures::undoable::Undoable;
use crate::arrangement::found::Found;
use crate::arrangement::groups::Groups;
use crate::browser::address;
use crate::connection::Connection;
use crate::picture::{Phase, Picture};
use crate::settings::{self, Settings};
use crate::table::Table;

/// A handle on the page's state; cheap to copy into closures.
#[derive(Clone, Copy)]
pub struct Session {
    /// The pictures.
    pub library: Library,
    /// The person's texts and choices.
    pub settings: RwSignal<Settings>,
    /// The state of the model.
    pub model: RwSignal<ModelState>,
    /// The device to run the model on; `None` for whichever is faster.
    pub device: RwSignal<Option<DeviceKind>>,
    /// What is known about the graphics card.
    pub graphics: RwSignal<Graphics>,
    /// A model that the person previews.
    pub candidate: RwSignal<Candidate>,
    /// The models stored on this device.
    pub stored: Stored,
    /// Texts encoded and their total, while they are being encoded.
    pub texts: RwSignal<Option<(u32, u32)>>,
    /// Whether the person stopped the pictures.
    pub paused: RwSignal<bool>,
    /// A message that concerns no single picture.
    pub message: RwSignal<String>,
    /// Notes on labels, by label.
    pub notes: RwSignal<HashMap<String, TextNote>>,
    /// The latest table of cosines.
    pub table: RwSignal<Table>,
    /// What the latest search found.
    pub found: RwSignal<Found>,
    /// The latest groups of pictures that look alike.
    pub groups: RwSignal<Groups>,
    /// The picture whose like is searched for, instead of a text.
    pub like: RwSignal<Option<PictureId>>,
    /// Pictures that were packed to be taken away, and their total.
    pub packing: RwSignal<Option<(usize, usize)>>,
    /// What is fetched or read to be added.
    pub gathering: RwSignal<Option<Gathering>>,
    /// Pictures of an earlier visit that the person may continue with.
    pub earlier: RwSignal<Option<EarlierPictures>>,
    /// Folders that the page may look into again, newest first.
    pub folders: RwSignal<Vec<Folder>>,
    /// What the person may take back.
    pub undoable: RwSignal<Option<Undoable>>,
    /// Counts the versions of the question: of labels, prompts and captions.
    pub revision: RwSignal<u32>,
    pub(super) inner: StoredValue<Inner, LocalStorage>,
}

#[derive(Default)]
pub(super) struct Inner {
    pub(super) connection: Option<Connection>,
    /// Whether the worker has started.
    pub(super) started: bool,
    /// Files that are to be added, in order.
    pub(super) arrived: VecDeque<Arrived>,
    pub(super) files: HashMap<PictureId, File>,
    pub(super) tries: HashMap<PictureId, u32>,
    pub(super) next_picture: PictureId,
    pub(super) next_request: RequestId,
    pub(super) load: Option<RequestId>,
    pub(super) model: ModelRequests,
    pub(super) stored: StoredRequests,
    /// Pictures in the worker, in the order that it takes them.
    pub(super) embedding: Vec<(RequestId, PictureId)>,
    /// Pictures that wait to be sent, in order.
    pub(super) waiting: VecDeque<PictureId>,
    /// Pictures with the same content as others, which are soon taken out.
    pub(super) duplicates: Vec<PictureId>,
    /// The labels that the person moved pictures to, by the pictures' contents.
    pub(super) corrections: HashMap<String, String>,
    /// The examples in the present question.
    pub(super) examples: Vec<Example>,
    /// Stops what is fetched or read.
    pub(super) gathering: Stop,
    /// The folders that the page may look into again, by their ids.
    pub(super) folders: Vec<(u32, FileSystemDirectoryHandle)>,
    /// Pictures that came from such folders, by place, size and date.
    pub(super) from_folders: HashMap<String, Arc<Picture>>,
    /// Whether a worker was asked for pictures of an earlier visit.
    pub(super) looked_for_earlier: bool,
    /// Pictures whose embedding the worker has.
    pub(super) embedded: HashSet<PictureId>,
    pub(super) scoring: Option<Scoring>,
    /// Whether the worker is grouping pictures.
    pub(super) grouping: bool,
    /// Who waits for an answer of their own.
    pub(super) asked: HashMap<RequestId, Waiting>,
    /// The revision whose scoring was cancelled or failed; it waits for a retry or an edit.
    pub(super) given_up: Option<u32>,
    pub(super) deaths: u32,
    pub(super) typing: Option<Timeout>,
    /// Withdraws what is offered to be taken back.
    pub(super) offer: Option<Timeout>,
}

/// Who waits for the answer to a request of their own.
pub(super) type Waiting = oneshot::Sender<Result<Answer, Failure>>;

/// A question that the worker is answering.
pub(super) struct Scoring {
    pub(super) id: RequestId,
    pub(super) revision: u32,
    pub(super) pictures: Vec<PictureId>,
    pub(super) texts: Vec<String>,
}

impl Session {
    /// A session with the last visit's settings and no worker yet.
    pub fn new() -> Self {
        let settings = settings::load();
        let device = address::device().or(settings.device);
        Self {
            library: Library::new(),
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
            found: RwSignal::new(Found::default()),
            groups: RwSignal::new(Groups::default()),
            like: RwSignal::new(None),
            packing: RwSignal::new(None),
            gathering: RwSignal::new(None),
            earlier: RwSignal::new(None),
            folders: RwSignal::new(Vec::new()),
            undoable: RwSignal::new(None),
            revision: RwSignal::new(0),
            inner: StoredValue::new_local(Inner::default()),
        }
    }

    /// Changes settings that are not part of the question.
    pub fn remember(self, change: impl FnOnce(&mut Settings)) {
        self.settings.update(change);
        self.settings.with_untracked(settings::save);
    }

    /// Shows a message that concerns no single picture.
    pub fn say(self, message: String) {
        self.message.set(message);
    }

    /// Queues pictures in these phases again.
    pub(super) fn requeue(self, phases: &[Phase]) {
        if phases.contains(&Phase::Encoded) {
            self.inner.update_value(|inner| inner.embedded.clear());
        }
        let again = self.library.in_phase(|phase| phases.contains(phase));
        for id in &again {
            self.library.set_phase(*id, Phase::Waiting);
        }
        // Their order on the page, with those that waited already.
        let waiting = self.library.in_phase(|phase| *phase == Phase::Waiting);
        self.inner
            .update_value(|inner| inner.waiting = waiting.into());
    }
}

impl Inner {
    pub(super) fn tell(&self, message: &ToWorker) {
        if let Some(connection) = &self.connection {
            connection.send(message, &[]);
        }
    }

    pub(super) fn run(&mut self, request: Request, files: &[File]) -> RequestId {
        self.next_request += 1;
        let id = self.next_request;
        if let Some(connection) = &self.connection {
            connection.send(&ToWorker::Run { id, request }, files);
        }
        id
    }
}
