//! Pictures that wait, shared out among helpers where the processor does the work.
//!
//! ```text
//! helper      one helper, as the worker sees it
//! assistant   what the helper itself does
//! ```

pub mod assistant;
pub mod helper;

use std::rc::Rc;

use gloo_timers::callback::Timeout;
use js_sys::Reflect;

use crate::web::policy::pool_size::helpers;
use crate::web::protocol::{
    Answer, ErrorKind, ModelInfo, ModelSource, PictureId, Progress, Request, RequestId, ToPage,
};
use crate::web::request::context::Job;
use crate::web::request::failure::cancelled;
use crate::web::request::port::{post, reply, scope};
use crate::web::worker::Host;
use crate::web::worker::pool::helper::{Busy, Heard, Helper};
use crate::{DeviceKind, Embedding};

/// Pictures that wait before others are started: a few are done sooner than a model is loaded.
const ENOUGH_PICTURES: usize = 4;
/// Helpers that have nothing to do end after this.
const IDLE_MILLISECONDS: u32 = 20_000;

/// The helpers, and what they are for.
#[derive(Default)]
pub struct Pool {
    /// The stored model that runs on the processor here, if one does.
    model: Option<String>,
    /// How many helpers it may have.
    most: usize,
    /// Each under a number that is not given twice: what a helper says may come late.
    helpers: Vec<(u32, Helper)>,
    next: u32,
    idle: Option<Timeout>,
}

impl Host {
    /// Another model runs, or none; helpers with the one before end, and what they were at is no
    /// longer wanted.
    pub fn share(&self, model: Option<&ModelInfo>) {
        let is_stored =
            |model: &ModelInfo| matches!(model.source, ModelSource::Network | ModelSource::Cache);
        let shared = model.filter(|model| model.device == DeviceKind::Cpu && is_stored(model));
        let next = self.sharing.borrow().next;
        let before = self.sharing.replace(Pool {
            model: shared.map(|model| model.id.clone()),
            most: shared.map_or(0, |model| most(model.bytes)),
            next,
            ..Pool::default()
        });
        for (_, helper) in &before.helpers {
            if let Some(Busy { job, .. }) = &helper.busy {
                reply(job.id, Err(cancelled()));
            }
        }
    }

    /// Gives pictures that wait to helpers, and starts those where enough wait.
    pub fn share_out(self: &Rc<Self>) {
        let sharing = &mut *self.sharing.borrow_mut();
        if sharing.model.is_none() {
            return;
        }
        let is_picture = |job: &&Job| matches!(job.request, Request::Embed { .. });
        let mut waiting = self.waiting.borrow_mut();
        if waiting.iter().filter(is_picture).count() >= ENOUGH_PICTURES {
            while sharing.helpers.len() < sharing.most {
                let (host, number) = (Rc::downgrade(self), sharing.next);
                let helper = Helper::start(&self.helper_script, move |heard| {
                    if let Some(host) = host.upgrade() {
                        host.hear(number, heard);
                    }
                });
                let Some(helper) = helper else {
                    sharing.most = 0;
                    break;
                };
                sharing.helpers.push((number, helper));
                sharing.next += 1;
            }
        }
        let free = |helper: &Helper| helper.ready && helper.busy.is_none();
        for (_, helper) in sharing
            .helpers
            .iter_mut()
            .filter(|(_, helper)| free(helper))
        {
            let Some(at) = waiting.iter().position(|job| is_picture(&job)) else {
                break;
            };
            if let Some(job) = waiting.remove(at) {
                let (id, progress) = (job.id, Progress::Looking);
                post(&ToPage::Progress { id, progress });
                helper.encode(job);
            }
        }
        let busy = sharing
            .helpers
            .iter()
            .any(|(_, helper)| helper.busy.is_some());
        sharing.idle = (!busy && !sharing.helpers.is_empty()).then(|| {
            let host = Rc::downgrade(self);
            Timeout::new(IDLE_MILLISECONDS, move || {
                if let Some(host) = host.upgrade() {
                    host.sharing.borrow_mut().helpers.clear();
                }
            })
        });
    }

    /// Whether a helper had the picture of this request, which is then no longer wanted.
    pub fn cancel_shared(&self, id: RequestId) -> bool {
        let mut sharing = self.sharing.borrow_mut();
        sharing
            .helpers
            .iter_mut()
            .any(|(_, helper)| helper.cancel(id))
    }

    /// Keeps what a helper encoded.
    fn keep(&self, picture: PictureId, embedding: Embedding) {
        match self.engine.borrow_mut().as_mut() {
            Some(engine) => engine.embeddings.insert(picture, embedding),
            None => self.encoded.borrow_mut().push((picture, embedding)),
        }
    }

    fn hear(self: &Rc<Self>, number: u32, heard: Heard) {
        let answer = match heard {
            Heard::Died => return self.lose(number),
            Heard::Said(ToPage::Started) => {
                let sharing = self.sharing.borrow();
                let mut helpers = sharing.helpers.iter();
                let helper = helpers.find(|(other, _)| *other == number);
                if let (Some((_, helper)), Some(model)) = (helper, &sharing.model) {
                    helper.assist(model);
                }
                return;
            }
            Heard::Said(ToPage::Answer { answer, .. }) => Ok(answer),
            Heard::Said(ToPage::Failed { failure, .. }) => Err(failure),
            Heard::Said(_) => return,
        };
        let busy = {
            let mut sharing = self.sharing.borrow_mut();
            let mut helpers = sharing.helpers.iter_mut();
            let helper = helpers.find(|(other, _)| *other == number);
            let Some((_, helper)) = helper else { return };
            helper.ready |= matches!(answer, Ok(Answer::Assisting));
            match &answer {
                // Anything but a bad picture is the helper's own fault.
                Err(failure)
                    if !matches!(failure.kind, ErrorKind::Picture | ErrorKind::Cancelled) =>
                {
                    None
                }
                _ => Some(helper.busy.take()),
            }
        };
        match (busy, answer) {
            (None, _) => return self.lose(number),
            (Some(None), _) => {}
            (Some(Some(busy)), answer) => match (busy.job.request, answer) {
                _ if busy.cancelled => reply(busy.job.id, Err(cancelled())),
                (Request::Embed { picture }, Ok(Answer::Encoded(values))) => {
                    self.keep(picture, Embedding(values));
                    reply(busy.job.id, Ok(Answer::Embedded));
                }
                (_, Err(failure)) => reply(busy.job.id, Err(failure)),
                (_, Ok(_)) => {}
            },
        }
        self.share_out();
    }

    /// A helper is gone: its picture waits again, and no other helper is started for this model.
    fn lose(self: &Rc<Self>, number: u32) {
        let lost = {
            let mut sharing = self.sharing.borrow_mut();
            sharing.most = 0;
            let mut helpers = sharing.helpers.iter();
            let at = helpers.position(|(other, _)| *other == number);
            at.map(|at| sharing.helpers.remove(at))
        };
        let busy = lost.and_then(|(_, mut helper)| helper.busy.take());
        match busy {
            Some(busy) if busy.cancelled => reply(busy.job.id, Err(cancelled())),
            Some(busy) => self.enqueue_first(busy.job),
            None => {}
        }
    }
}

/// Helpers for a model of this size on this device.
fn most(model_bytes: f64) -> usize {
    let navigator = scope().navigator();
    let cores = navigator.hardware_concurrency();
    let memory = Reflect::get(&navigator, &"deviceMemory".into());
    let memory = memory.ok().and_then(|memory| memory.as_f64());
    helpers(cores as usize, memory, model_bytes)
}
