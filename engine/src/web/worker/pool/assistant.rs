//! What a helper does: loads a model's image tower and encodes pictures, one at a time.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use wasm_bindgen_futures::spawn_local;
use web_sys::{File, MessageEvent};

use super::messages::{FromHelper, ToHelper};
use crate::error::Error;
use crate::image_encoder::ImageEncoder;
use crate::web::model_store::ModelStore;
use crate::web::protocol::{Failure, ModelOrigin, RequestId};
use crate::web::request::context::RequestContext;
use crate::web::request::failure::{not_loaded, unknown};
use crate::web::request::picture_file::{decode, read};
use crate::web::request::port::{post, scope};
use crate::web::source;

/// Not a picture's request: the page counts from 1.
const LOADING: RequestId = 0;

/// The helper's state. It is never borrowed across an `await`: messages arrive in between.
#[derive(Default)]
struct Assistant {
    encoder: RefCell<Option<Rc<ImageEncoder>>>,
    running: RefCell<Option<RequestContext>>,
}

/// Listens to the worker that started this helper, for as long as it lives.
pub fn help() {
    std::panic::set_hook(Box::new(|_| post(&FromHelper::Crashed)));
    let assistant = Rc::new(Assistant::default());
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let message: Array = event.data().unchecked_into();
        let file = message.get(1).unchecked_into::<Array>().get(0);
        match serde_wasm_bindgen::from_value(message.get(0)) {
            Ok(ToHelper::Cancel(id)) => assistant.cancel(id),
            Ok(ToHelper::Load(model)) => {
                spawn_local(
                    assistant
                        .clone()
                        .run(LOADING, async move |assistant, context| {
                            let encoder = load(&model, context).await?;
                            assistant.encoder.replace(Some(Rc::new(encoder)));
                            Ok(FromHelper::Loaded)
                        }),
                );
            }
            Ok(ToHelper::Encode(id)) => {
                spawn_local(assistant.clone().run(id, async move |assistant, context| {
                    let encoder = assistant.encoder.borrow().clone();
                    encode(&*encoder.ok_or_else(not_loaded)?, file.dyn_ref(), context).await
                }));
            }
            Err(error) => web_sys::console::error_1(&error.into()),
        }
    });
    scope().set_onmessage(Some(on_message.into_js_value().unchecked_ref()));
    post(&FromHelper::Started);
}

impl Assistant {
    /// Does `work` and posts its answer.
    async fn run(
        self: Rc<Self>,
        id: RequestId,
        work: impl AsyncFnOnce(&Self, &RequestContext) -> Result<FromHelper, Failure>,
    ) {
        let context = RequestContext::new(id);
        self.running.replace(Some(context.clone()));
        let answer = work(&self, &context).await;
        self.running.take();
        post(&answer.unwrap_or_else(FromHelper::Failed));
    }

    fn cancel(&self, id: RequestId) {
        let running = self.running.borrow();
        if let Some(context) = running.as_ref().filter(|context| context.id == id) {
            context.cancel();
        }
    }
}

/// Loads the image tower of a stored model.
async fn load(model: &str, context: &RequestContext) -> Result<ImageEncoder, Failure> {
    let origin = ModelOrigin::Stored(model.to_owned());
    let wanted = context.model(origin, Vec::new(), String::new())?;
    let store = ModelStore::open().await;
    let model = source::load(&store, &wanted, &|_| {}).await?;
    Ok(ImageEncoder::load(&*model.pack).await?)
}

async fn encode(
    encoder: &ImageEncoder,
    file: Option<&File>,
    context: &RequestContext,
) -> Result<FromHelper, Failure> {
    let file = file.ok_or_else(|| unknown("No file came with this picture."))?;
    let bytes = read(file).await?;
    context.checkpoint().await?;
    let picture = decode(file, bytes).await?;
    let embedding = encoder.encode(&picture).await.map_err(Error::from)?;
    Ok(FromHelper::Encoded(embedding.0))
}
