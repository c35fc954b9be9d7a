//! Lets one tab at a time download a model. A thin layer over the Web Locks API, which `web-sys`
//! binds only in its unstable part.

use futures::future::{Either, select};
use futures_channel::oneshot;
use js_sys::{Function, Object, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, WorkerGlobalScope};

use crate::web::net::fetch::FetchError;

#[wasm_bindgen]
extern "C" {
    type LockManager;

    #[wasm_bindgen(method, catch)]
    fn request(
        this: &LockManager,
        name: &str,
        options: &Object,
        granted: &Function,
    ) -> Result<Promise, JsValue>;
}

/// A lock, held until dropped. Closing the tab releases it too.
pub struct Lock {
    release: Function,
}

impl Drop for Lock {
    fn drop(&mut self) {
        // The function that resolves a promise never throws.
        let _ = self.release.call0(&JsValue::NULL);
    }
}

/// The result of trying to take a lock.
pub(super) enum Attempt {
    Held(Lock),
    /// Another tab has it.
    Taken,
    /// This browser has no locks.
    NoLocks,
}

/// Takes the lock if it is free.
pub(super) async fn attempt(name: &str) -> Attempt {
    match manager() {
        None => Attempt::NoLocks,
        Some(manager) => match request(&manager, name, "ifAvailable", &JsValue::TRUE).await {
            Some(lock) => Attempt::Held(lock),
            None => Attempt::Taken,
        },
    }
}

/// Waits for the lock, and calls `waiting` first if another tab holds it. `None` if the browser has
/// no locks.
pub(super) async fn lock(
    name: &str,
    signal: &AbortSignal,
    waiting: impl FnOnce(),
) -> Result<Option<Lock>, FetchError> {
    match (attempt(name).await, manager()) {
        (Attempt::Held(lock), _) => Ok(Some(lock)),
        (Attempt::Taken, Some(manager)) => {
            waiting();
            match request(&manager, name, "signal", signal).await {
                None if signal.aborted() => Err(FetchError::Aborted),
                lock => Ok(lock),
            }
        }
        _ => Ok(None),
    }
}

fn manager() -> Option<LockManager> {
    let worker: WorkerGlobalScope = js_sys::global().unchecked_into();
    let locks = Reflect::get(&worker.navigator(), &"locks".into()).ok()?;
    locks.is_object().then(|| locks.unchecked_into())
}

async fn request(manager: &LockManager, name: &str, option: &str, value: &JsValue) -> Option<Lock> {
    let options = Object::new();
    Reflect::set(&options, &option.into(), value).ok()?;
    let (sender, granted) = oneshot::channel();
    let callback = Closure::once(move |lock: JsValue| {
        if lock.is_null() {
            return JsValue::UNDEFINED;
        }
        let mut sender = Some(sender);
        Promise::new(&mut |release, _| {
            if let Some(sender) = sender.take() {
                // If the request was abandoned, the lock is released at once.
                if let Err(lock) = sender.send(Lock { release }) {
                    drop(lock);
                }
            }
        })
        .into()
    });
    let settled = manager
        .request(name, &options, callback.as_ref().unchecked_ref())
        .ok()?;
    match select(granted, JsFuture::from(settled)).await {
        Either::Left((lock, _)) => lock.ok(),
        Either::Right((_, mut granted)) => granted.try_recv().ok().flatten(),
    }
}
