//! Pictures that wait, shared out among helpers where the processor does the work.
//!
//! ```text
//! helper      one helper, as the worker sees it
//! assistant   what the helper itself does
//! ```
//!
//! The pool is told what its helpers say by [`Pool::hear`], and returns what follows for the worker.

pub mod assistant;
mod helper;

use std::collections::VecDeque;
use std::rc::Rc;

use gloo_timers::callback::Timeout;
use js_sys::Reflect;

use glance_compute::DeviceKind;

use crate::embedding::Embedding;
use crate::web::policy::pool_size::helpers;
use crate::web::protocol::{
    Answer, ErrorKind, Failure, ModelInfo, ModelSource, PictureId, Progress, Request, RequestId,
    ToPage,
};
use crate::web::request::context::Job;
use crate::web::request::failure::cancelled;
use crate::web::request::port::{post, scope};
use helper::{Busy, Heard, Helper};

/// Pictures that wait before helpers are started: a few are done sooner than a model is loaded.
const ENOUGH_PICTURES: usize = 4;
/// Idle helpers end after this.
const IDLE_MILLISECONDS: u32 = 20_000;

/// What the pool hears.
pub enum Signal {
    /// From the helper of this number.
    Helper(u32, Heard),
    /// All helpers were idle for a while.
    Idle,
}

/// What follows from a signal.
pub enum Outcome {
    /// Nothing.
    Nothing,
    /// A helper may have time.
    Free,
    /// A picture is encoded.
    Encoded {
        id: RequestId,
        picture: PictureId,
        embedding: Embedding,
    },
    /// A request has failed or was cancelled.
    Failed { id: RequestId, failure: Failure },
    /// A helper is gone; its picture waits again.
    GivenBack(Job),
}

/// The helpers, and what they are for.
pub struct Pool {
    script: String,
    notify: Rc<dyn Fn(Signal)>,
    /// The stored model that runs on the processor here, if one does.
    model: Option<String>,
    /// How many helpers it may have.
    most: usize,
    /// Each under a number that is not given twice: what a helper says may come late.
    helpers: Vec<(u32, Helper)>,
    next: u32,
    idle: Option<Timeout>,
}

impl Pool {
    /// One without helpers. `notify` has to pass signals on to [`Pool::hear`].
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

    /// Another model runs, or none. Helpers with the one before end; returns their pictures, which are
    /// no longer wanted.
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

    /// Gives pictures that wait to helpers, and starts helpers where enough wait.
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

    /// Whether a helper had the picture of this request, which is then no longer wanted.
    pub fn cancel(&mut self, id: RequestId) -> bool {
        self.helpers.iter_mut().any(|(_, helper)| helper.cancel(id))
    }

    /// Takes a signal.
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
            Heard::Said(ToPage::Started) => {
                if let Some(model) = &self.model {
                    helper.assist(model);
                }
                return Outcome::Nothing;
            }
            Heard::Said(ToPage::Answer { answer, .. }) => Ok(answer),
            Heard::Said(ToPage::Failed { failure, .. }) => Err(failure),
            Heard::Said(_) => return Outcome::Nothing,
        };
        helper.ready |= matches!(answer, Ok(Answer::Assisting));
        if let Err(failure) = &answer
            && !matches!(failure.kind, ErrorKind::Picture | ErrorKind::Cancelled)
        {
            // Anything but a bad picture is the helper's own fault.
            return self.lose(number);
        }
        let Some(Busy { job, cancelled }) = helper.busy.take() else {
            return Outcome::Free;
        };
        let id = job.id;
        match (job.request, answer) {
            _ if cancelled => failed_as_cancelled(id),
            (Request::Embed { picture }, Ok(Answer::Encoded(values))) => Outcome::Encoded {
                id,
                picture,
                embedding: Embedding(values),
            },
            (_, Err(failure)) => Outcome::Failed { id, failure },
            (_, Ok(_)) => Outcome::Free,
        }
    }

    /// A helper is gone, and no other is started for this model.
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

/// Helpers for a model of this size on this device.
fn most(model_bytes: f64) -> usize {
    let navigator = scope().navigator();
    let cores = navigator.hardware_concurrency();
    let memory = Reflect::get(&navigator, &"deviceMemory".into());
    let memory = memory.ok().and_then(|memory| memory.as_f64());
    helpers(cores as usize, memory, model_bytes)
}
