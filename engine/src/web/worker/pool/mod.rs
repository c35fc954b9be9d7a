//! Gives queued pictures to helper workers if the model runs on the CPU.
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

use gloo_timers::callback::Timeout;
use js_sys::Reflect;

use glance_compute::DeviceKind;

use crate::embedding::Embedding;
use crate::web::policy::pool_size::helpers;
use crate::web::protocol::{
    ErrorKind, Failure, ModelInfo, ModelSource, PictureId, Progress, Request, RequestId, ToPage,
};
use crate::web::request::context::Job;
use crate::web::request::failure::cancelled;
use crate::web::request::port::{post, scope};
pub use assistant::help;
use helper::{Busy, Heard, Helper};
use messages::FromHelper;

/// Queued pictures at which helpers are started: fewer are done sooner than a helper loads its
/// model.
const ENOUGH_PICTURES: usize = 4;
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
        id: RequestId,
        picture: PictureId,
        embedding: Embedding,
    },
    /// A request has failed or was cancelled.
    Failed { id: RequestId, failure: Failure },
    /// A helper is gone; its picture goes back to the queue.
    GivenBack(Job),
}

/// The helpers and their model.
pub struct Pool {
    script: String,
    notify: Rc<dyn Fn(Signal)>,
    /// The stored model that this worker runs on the CPU, if any.
    model: Option<String>,
    /// Most helpers for this model.
    most: usize,
    /// Helpers by number. Numbers are not reused, because a message may arrive late.
    helpers: Vec<(u32, Helper)>,
    next: u32,
    idle: Option<Timeout>,
}

impl Pool {
    /// A pool without helpers. `notify` must pass signals on to [`Pool::hear`].
    pub fn new(script: &str, notify: impl Fn(Signal) + 'static) -> Self {
        Self {
            script: script.to_owned(),
            notify: Rc::new(notify),
            model: None,
            most: 0,
            helpers: Vec::new(),
            next: 0,
            idle: None,
        }
    }

    /// Sets the model to help with, if any. Terminates the helpers of the previous one and returns
    /// their pictures, which are no longer wanted.
    pub fn help_with(&mut self, model: Option<&ModelInfo>) -> Vec<Job> {
        let is_stored =
            |model: &ModelInfo| matches!(model.source, ModelSource::Network | ModelSource::Cache);
        let shared = model.filter(|model| model.device == DeviceKind::Cpu && is_stored(model));
        self.model = shared.map(|model| model.id.clone());
        self.most = shared.map_or(0, |model| most(model.bytes));
        self.idle = None;
        let before = self.helpers.drain(..);
        let busy = before.filter_map(|(_, mut helper)| helper.busy.take());
        busy.map(|busy| busy.job).collect()
    }

    /// Gives queued pictures to helpers, and starts helpers if enough are queued.
    pub fn take_from(&mut self, waiting: &mut VecDeque<Job>) {
        if self.model.is_none() {
            return;
        }
        let is_picture = |job: &&Job| matches!(job.request, Request::Embed { .. });
        if waiting.iter().filter(is_picture).count() >= ENOUGH_PICTURES {
            self.start_helpers();
        }
        for (_, helper) in &mut self.helpers {
            if !helper.ready || helper.busy.is_some() {
                continue;
            }
            let Some(at) = waiting.iter().position(|job| is_picture(&job)) else {
                break;
            };
            if let Some(job) = waiting.remove(at) {
                let (id, progress) = (job.id, Progress::Looking);
                post(&ToPage::Progress { id, progress });
                helper.encode(job);
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
            let Some(helper) = Helper::start(&self.script, heard) else {
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
            Heard::Said(FromHelper::Started) => {
                if let Some(model) = &self.model {
                    helper.load(model);
                }
                return Outcome::Nothing;
            }
            Heard::Said(FromHelper::Loaded) => {
                helper.ready = true;
                return Outcome::Free;
            }
            Heard::Said(FromHelper::Encoded(embedding)) => Ok(Embedding(embedding)),
            Heard::Said(FromHelper::Failed(failure)) => match failure.kind {
                ErrorKind::Picture | ErrorKind::Cancelled => Err(failure),
                // Any failure but a bad picture or a cancelled one is the helper's own.
                _ => return self.lose(number),
            },
            Heard::Said(FromHelper::Crashed) => return self.lose(number),
        };
        let Some(Busy { job, cancelled }) = helper.busy.take() else {
            return Outcome::Free;
        };
        let id = job.id;
        match (job.request, answer) {
            _ if cancelled => failed_as_cancelled(id),
            (Request::Embed { picture }, Ok(embedding)) => Outcome::Encoded {
                id,
                picture,
                embedding,
            },
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

fn failed_as_cancelled(id: RequestId) -> Outcome {
    let failure = cancelled();
    Outcome::Failed { id, failure }
}

/// Most helpers for a model of this size on this device.
fn most(model_bytes: f64) -> usize {
    let navigator = scope().navigator();
    let cores = navigator.hardware_concurrency();
    let memory = Reflect::get(&navigator, &"deviceMemory".into());
    let memory = memory.ok().and_then(|memory| memory.as_f64());
    helpers(cores as usize, memory, model_bytes)
}
