//! Gives queued pictures to helper workers. If the model runs on the CPU, they encode pictures; if it
//! runs on a GPU, they preprocess pictures for it.
//!
//! ```text
//! helper      one helper, as the worker sees it
//! assistant   what the helper itself does
//! messages    what they say to each other
//! ```
//!
//! [`Pool::hear`] takes the helpers' messages and returns what the worker has to do.

mod assistant;
mod helper;
mod messages;

use std::collections::VecDeque;
use std::rc::Rc;

use glance_protocol::{ErrorKind, Failure, PictureId, Progress, RequestId, ToPage};
use gloo_timers::callback::Timeout;
use js_sys::{Function, Reflect};

use crate::web::policy::pool_size::{encoders, preparers, waiting_pictures};
use crate::web::request::context::Job;
use crate::web::request::failure::cancelled;
use crate::web::request::port::{post, reply, scope};
pub use assistant::help;
use helper::{Busy, Heard, Helper};
use messages::FromHelper;
pub use messages::{Encoded, Task};

/// Queued pictures at which helpers are started: fewer are done sooner than a helper is
/// ready.
const ENOUGH_PICTURES: usize = 4;
/// A larger file may be a picture from a large camera, which takes some 150 MB when it is decoded.
const LARGE_FILE_BYTES: f64 = 6e6;
/// Idle helpers are terminated after this time.
const IDLE_MILLISECONDS: u32 = 20_000;

/// An event that the pool handles.
pub enum Signal {
    /// From the helper with this number.
    Helper(u32, Heard),
    /// All helpers were idle for a while.
    Idle,
}

/// What the worker has to do after a signal.
pub enum Outcome {
    /// Nothing.
    Nothing,
    /// A helper may be free.
    Free,
    /// A picture is encoded.
    Encoded {
        job: Job,
        picture: PictureId,
        encoded: Encoded,
    },
    /// A picture is preprocessed.
    Prepared(Prepared),
    /// A picture has a thumbnail, a JPEG file.
    Thumbnail { picture: PictureId, jpeg: Vec<u8> },
    /// A request has failed or was cancelled.
    Failed { id: RequestId, failure: Failure },
    /// A helper is gone; its picture goes back to the queue.
    GivenBack(Job),
}

/// A preprocessed picture.
pub struct Prepared {
    pub job: Job,
    /// SHA-256 of its file.
    pub content: String,
    /// `[size, size, 3]`.
    pub levels: Vec<u8>,
}

/// The helpers and their task.
pub struct Pool {
    /// Returns a new worker.
    start: Function,
    notify: Rc<dyn Fn(Signal)>,
    /// What helpers do for the loaded model, if anything.
    task: Option<Task>,
    /// Most helpers for this task.
    most: usize,
    /// Helpers by number. Numbers are not reused, because a message may arrive late.
    helpers: Vec<(u32, Helper)>,
    next: u32,
    idle: Option<Timeout>,
}

impl Pool {
    /// A pool without helpers, which `start` will start. `notify` must pass signals on to [`Pool::hear`].
    pub fn new(start: Function, notify: impl Fn(Signal) + 'static) -> Self {
        Self {
            start,
            notify: Rc::new(notify),
            task: None,
            most: 0,
            helpers: Vec::new(),
            next: 0,
            idle: None,
        }
    }

    /// Sets the task, for a model of so many bytes. If it is another one, terminates the helpers and
    /// returns their pictures.
    pub fn help_with(&mut self, task: Option<Task>, model_bytes: f64) -> Vec<Job> {
        if task == self.task {
            return Vec::new();
        }
        self.most = task.as_ref().map_or(0, |task| most(task, model_bytes));
        self.task = task;
        self.idle = None;
        let mut jobs = Vec::new();
        for (_, mut helper) in self.helpers.drain(..) {
            match helper.busy.take() {
                Some(busy) if busy.cancelled => reply(busy.job.id, Err(cancelled())),
                Some(busy) => jobs.push(busy.job),
                None => {}
            }
        }
        jobs
    }

    /// Whether queued pictures are better left to helpers: some preprocess for a GPU.
    pub fn prepares(&self) -> bool {
        let ready = self.helpers.iter().any(|(_, helper)| helper.ready);
        ready && matches!(self.task, Some(Task::Prepare { .. }))
    }

    /// Gives queued pictures to helpers, and starts helpers if enough are queued. `prepared` pictures
    /// wait for the GPU.
    pub fn take_from(&mut self, waiting: &mut VecDeque<Job>, prepared: usize) {
        if self.task.is_none() {
            return;
        }
        if waiting.iter().filter_map(Job::picture_file).count() >= ENOUGH_PICTURES {
            self.start_helpers();
        }
        let has_large =
            |helper: &Helper| helper.busy.as_ref().is_some_and(|busy| is_large(&busy.job));
        let mut large = self.helpers.iter().any(|(_, helper)| has_large(helper));
        let busy = self.helpers.iter().filter(|(_, of)| of.busy.is_some());
        let mut room = match self.task {
            Some(Task::Prepare { size, .. }) => {
                waiting_pictures(size).saturating_sub(prepared + busy.count())
            }
            _ => usize::MAX,
        };
        for (_, helper) in &mut self.helpers {
            if room == 0 {
                break;
            }
            if !helper.ready || helper.busy.is_some() {
                continue;
            }
            let next = |(at, job): (usize, &Job)| match large && is_large(job) {
                true => None,
                false => Some((at, job.picture_file()?)),
            };
            let Some((at, picture)) = waiting.iter().enumerate().find_map(next) else {
                break;
            };
            if let Some(job) = waiting.remove(at) {
                let (id, progress) = (job.id, Progress::Looking);
                post(&ToPage::Progress { id, progress });
                large |= is_large(&job);
                room -= 1;
                helper.take(picture, job);
            }
        }
        let idle = self.helpers.iter().all(|(_, helper)| helper.busy.is_none());
        self.idle = (idle && !self.helpers.is_empty()).then(|| {
            let notify = self.notify.clone();
            Timeout::new(IDLE_MILLISECONDS, move || notify(Signal::Idle))
        });
    }

    fn start_helpers(&mut self) {
        while self.helpers.len() < self.most {
            let (notify, number) = (self.notify.clone(), self.next);
            let heard = move |heard| notify(Signal::Helper(number, heard));
            let Some(helper) = Helper::start(&self.start, heard) else {
                self.most = 0;
                break;
            };
            self.helpers.push((number, helper));
            self.next += 1;
        }
    }

    /// Cancels the picture of this request, and returns whether a helper has it.
    pub fn cancel(&mut self, id: RequestId) -> bool {
        self.helpers.iter_mut().any(|(_, helper)| helper.cancel(id))
    }

    /// Handles a signal.
    pub fn hear(&mut self, signal: Signal) -> Outcome {
        let (number, heard) = match signal {
            Signal::Helper(number, heard) => (number, heard),
            Signal::Idle => {
                self.helpers.clear();
                return Outcome::Nothing;
            }
        };
        let mut helpers = self.helpers.iter_mut();
        let Some((_, helper)) = helpers.find(|(other, _)| *other == number) else {
            return Outcome::Nothing;
        };
        let answer = match heard {
            Heard::Died => return self.lose(number),
            Heard::Said(FromHelper::Started, _) => {
                if let Some(task) = &self.task {
                    helper.begin(task);
                }
                return Outcome::Nothing;
            }
            Heard::Said(FromHelper::Ready, _) => {
                helper.ready = true;
                return Outcome::Free;
            }
            Heard::Said(FromHelper::Thumbnail(picture), Some(jpeg)) => {
                return Outcome::Thumbnail { picture, jpeg };
            }
            Heard::Said(FromHelper::Thumbnail(_), None) => return Outcome::Nothing,
            Heard::Said(FromHelper::Encoded(encoded), _) => Ok(Done::Encoded(encoded)),
            Heard::Said(FromHelper::Prepared(content), Some(levels)) => {
                Ok(Done::Prepared(content, levels))
            }
            Heard::Said(FromHelper::Failed(failure), _) => match failure.kind {
                ErrorKind::Picture | ErrorKind::Cancelled => Err(failure),
                // Any failure but a bad picture or a cancelled one is the helper's own.
                _ => return self.lose(number),
            },
            Heard::Said(FromHelper::Crashed | FromHelper::Prepared(_), _) => {
                return self.lose(number);
            }
        };
        let Some(Busy { job, cancelled }) = helper.busy.take() else {
            return Outcome::Free;
        };
        let id = job.id;
        match (job.picture(), answer) {
            _ if cancelled => failed_as_cancelled(id),
            (Some(picture), Ok(Done::Encoded(encoded))) => Outcome::Encoded {
                job,
                picture,
                encoded,
            },
            (_, Ok(Done::Prepared(content, levels))) => Outcome::Prepared(Prepared {
                job,
                content,
                levels,
            }),
            (_, Err(failure)) => Outcome::Failed { id, failure },
            (_, Ok(_)) => Outcome::Free,
        }
    }

    /// Removes a failed helper. No new one is started for this model.
    fn lose(&mut self, number: u32) -> Outcome {
        self.most = 0;
        let mut helpers = self.helpers.iter();
        let at = helpers.position(|(other, _)| *other == number);
        let lost = at.map(|at| self.helpers.remove(at));
        match lost.and_then(|(_, mut helper)| helper.busy.take()) {
            Some(busy) if busy.cancelled => failed_as_cancelled(busy.job.id),
            Some(busy) => Outcome::GivenBack(busy.job),
            None => Outcome::Nothing,
        }
    }
}

/// What a helper made of a picture.
enum Done {
    Encoded(Encoded),
    Prepared(String, Vec<u8>),
}

/// Whether a picture may be so large once it is decoded that helpers take such ones one at a time.
fn is_large(job: &Job) -> bool {
    job.files.iter().any(|file| file.size() > LARGE_FILE_BYTES)
}

fn failed_as_cancelled(id: RequestId) -> Outcome {
    let failure = cancelled();
    Outcome::Failed { id, failure }
}

/// Most helpers for a task on this device.
fn most(task: &Task, model_bytes: f64) -> usize {
    let navigator = scope().navigator();
    let cores = navigator.hardware_concurrency() as usize;
    let memory = Reflect::get(&navigator, &"deviceMemory".into());
    let memory = memory.ok().and_then(|memory| memory.as_f64());
    match task {
        Task::Encode(_) => encoders(cores, memory, model_bytes),
        Task::Prepare { .. } => preparers(cores, memory),
    }
}
