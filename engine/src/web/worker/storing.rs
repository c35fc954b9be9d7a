//! A model that runs while it is stored.

use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use wasm_bindgen_futures::spawn_local;

use crate::web::model_store::Storing;
use crate::web::worker::state::State;

/// How long an idle worker waits for more: the page asks for a ranking as soon as a picture is
/// encoded.
const IDLE_MILLISECONDS: u32 = 100;

/// Tells the page once a model is stored, or refused.
pub fn tell_page(state: &Rc<State>, id: String, storing: Storing) {
    let state = state.clone();
    spawn_local(async move {
        let refusal = storing.end().await;
        state.storing_finished(id, refusal);
    });
}

/// Stores what is left of the model that runs, once the worker is idle.
pub fn finish_when_idle(state: &Rc<State>) {
    let state = state.clone();
    spawn_local(async move {
        TimeoutFuture::new(IDLE_MILLISECONDS).await;
        let storing = || state.model.borrow().as_ref()?.storing();
        if let (true, Some(storing)) = (state.is_idle(), storing()) {
            // The page hears of the end by `tell_page`.
            let _ = storing.hurry().await;
        }
    });
}

/// Stores what is left of the model that runs, before something else is done to models.
pub async fn finish(state: &State) {
    let running = state.model.borrow().as_ref().map(|model| {
        let id = model.info().id.clone();
        (id, model.storing())
    });
    if let Some((id, Some(storing))) = running {
        let refusal = storing.hurry().await;
        state.storing_finished(id, refusal);
    }
}
