//! A model that runs while it is stored.

use std::rc::Rc;

use gloo_timers::future::TimeoutFuture;
use wasm_bindgen_futures::spawn_local;

use crate::web::loaded::LoadedModel;
use crate::web::model_store::Storing;
use crate::web::protocol::ToPage;
use crate::web::request::port::post;
use crate::web::worker::Host;

/// How long a worker that has nothing to do waits for more: the page asks for a ranking as soon as a
/// picture is encoded.
const REST_MILLISECONDS: u32 = 100;

impl Host {
    /// Tells the page once a model is stored, or refused.
    pub fn keep_behind(self: &Rc<Self>, id: String, storing: Storing) {
        let host = self.clone();
        spawn_local(async move {
            let refusal = storing.end().await;
            host.kept(id, refusal);
        });
    }

    /// Stores what is left of the model that runs, now that there is time.
    pub fn rest(self: &Rc<Self>) {
        let host = self.clone();
        spawn_local(async move {
            TimeoutFuture::new(REST_MILLISECONDS).await;
            let storing = || host.engine.borrow().as_ref()?.storing();
            if let (true, Some(storing)) = (host.is_at_rest(), storing()) {
                // The page hears of the end by `keep_behind`.
                let _ = storing.hurry().await;
            }
        });
    }

    /// Stores what is left of the model that runs, before something else is done to models.
    pub async fn finish_storing(&self) {
        let running = self.engine.borrow().as_ref().map(|engine| {
            let id = engine.info().id.clone();
            (id, engine.storing())
        });
        if let Some((id, Some(storing))) = running {
            let refusal = storing.hurry().await;
            self.kept(id, refusal);
        }
    }

    fn kept(&self, id: String, refusal: Option<&'static str>) {
        match self.engine.borrow_mut().as_mut() {
            Some(engine) => self.tell_kept(engine, id, refusal),
            None => {
                self.kept_meanwhile.replace(Some((id, refusal)));
            }
        }
    }

    pub fn tell_kept(&self, engine: &mut LoadedModel, id: String, refusal: Option<&'static str>) {
        if engine.info().id == id && engine.storing_finished(refusal) {
            self.share(Some(engine.info()));
            let refusal = refusal.map(str::to_owned);
            post(&ToPage::Kept { id, refusal });
        }
    }
}
