//! What a helper does: encodes or preprocesses pictures, one at a time. A picture that the model
//! encoded before needs neither.

use std::cell::RefCell;
use std::rc::Rc;

use glance_protocol::{Failure, ModelOrigin, PictureId, RequestId};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{File, MessageEvent};

use super::messages::{Encoded, FromHelper, Task, ToHelper};
use crate::error::Error;
use crate::grouping::DifferenceHash;
use crate::image::Picture;
use crate::image_encoder::ImageEncoder;
use crate::timeline::{Stage, span};
use crate::web::browser::thumbnail::Thumbnails;
use crate::web::model_store::ModelStore;
use crate::web::picture_store::PictureStore;
use crate::web::request::context::RequestContext;
use crate::web::request::failure::{not_loaded, unknown};
use crate::web::request::picture_file::{decode, read};
use crate::web::request::port::scope;
use crate::web::source;
use crate::weights::Preprocessing;

/// Not a picture's request: the page counts from 1.
const BEGINNING: RequestId = 0;

/// A task that can begin.
struct Ready {
    /// The id of the model.
    model: String,
    work: Work,
}

/// What a new picture goes through.
enum Work {
    Encode(Box<ImageEncoder>),
    Prepare {
        size: usize,
        preprocessing: Preprocessing,
    },
}

/// What a picture has become.
enum Done {
    Ready,
    Encoded(Encoded),
    Prepared { content: String, levels: Vec<u8> },
}

/// The helper's state. It is never borrowed across an `await`, because messages arrive in between.
#[derive(Default)]
struct Assistant {
    ready: RefCell<Option<Rc<Ready>>>,
    running: RefCell<Option<RequestContext>>,
    thumbnails: Thumbnails,
    pictures: PictureStore,
}

/// Listens to the worker that started this helper, for as long as it lives.
pub fn help() {
    std::panic::set_hook(Box::new(|_| send(&FromHelper::Crashed, None)));
    let assistant = Rc::new(Assistant::default());
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        let message: Array = event.data().unchecked_into();
        let file = message.get(1).unchecked_into::<Array>().get(0);
        let assistant = assistant.clone();
        match serde_wasm_bindgen::from_value(message.get(0)) {
            Ok(ToHelper::Cancel(id)) => assistant.cancel(id),
            Ok(ToHelper::Begin(task)) => {
                spawn_local(assistant.run(BEGINNING, async move |assistant, context| {
                    let model = task.model().to_owned();
                    let work = begin(task, context).await?;
                    assistant
                        .ready
                        .replace(Some(Rc::new(Ready { model, work })));
                    Ok(Done::Ready)
                }));
            }
            Ok(ToHelper::Picture {
                id,
                picture,
                remember,
            }) => {
                spawn_local(assistant.run(id, async move |assistant, context| {
                    let picture = remember.then_some(picture);
                    assistant.take(picture, file.dyn_ref(), context).await
                }));
            }
            Err(error) => web_sys::console::error_1(&error.into()),
        }
    });
    scope().set_onmessage(Some(on_message.into_js_value().unchecked_ref()));
    send(&FromHelper::Started, None);
}

impl Assistant {
    /// Does `work` and sends its answer.
    async fn run(
        self: Rc<Self>,
        id: RequestId,
        work: impl AsyncFnOnce(&Self, &RequestContext) -> Result<Done, Failure>,
    ) {
        let context = RequestContext::new(id);
        self.running.replace(Some(context.clone()));
        let done = work(&self, &context).await;
        self.running.take();
        match done {
            Ok(Done::Ready) => send(&FromHelper::Ready, None),
            Ok(Done::Encoded(encoded)) => send(&FromHelper::Encoded(encoded), None),
            Ok(Done::Prepared { content, levels }) => {
                send(&FromHelper::Prepared(content), Some(&levels));
            }
            Err(failure) => send(&FromHelper::Failed(failure), None),
        }
    }

    /// Reads a picture. If it is new to the model, preprocesses it, has a thumbnail made of it, and
    /// encodes it if that is the task. One that is not remembered has no id here.
    async fn take(
        &self,
        remembered: Option<PictureId>,
        file: Option<&File>,
        context: &RequestContext,
    ) -> Result<Done, Failure> {
        let ready = self.ready.borrow().clone().ok_or_else(not_loaded)?;
        let work = &ready.work;
        let file = file.ok_or_else(|| unknown("No file came with this picture."))?;
        let read = read(file).await?;
        context.checkpoint().await?;
        let content = read.hash;
        let thumbnail = remembered.map(FromHelper::Thumbnail);
        if let Some(thumbnail) = &thumbnail
            && let Some(known) = self.pictures.find(&ready.model, &content).await
        {
            if let Some(jpeg) = known.jpeg {
                send(thumbnail, Some(&jpeg));
            }
            return Ok(Done::Encoded(Encoded {
                content,
                embedding: known.embedding,
                hash: known.hash,
                remembered: true,
            }));
        }
        let picture = decode(file, read.bytes).await?;
        let resize = span(Stage::Resize);
        let levels = work.levels(&picture);
        resize.end();
        if let Some(thumbnail) = thumbnail {
            self.thumbnails
                .make(&levels, move |jpeg| send(&thumbnail, Some(&jpeg)));
        }
        work.finish(content, levels).await
    }

    fn cancel(&self, id: RequestId) {
        let running = self.running.borrow();
        if let Some(context) = running.as_ref().filter(|context| context.id == id) {
            context.cancel();
        }
    }
}

async fn begin(task: Task, context: &RequestContext) -> Result<Work, Failure> {
    match task {
        Task::Encode(model) => {
            let wanted = context.model(ModelOrigin::Stored(model), Vec::new(), String::new())?;
            let store = ModelStore::open().await;
            let model = source::load(&store, &wanted, &|_| {}).await?;
            let encoder = ImageEncoder::load(&*model.pack).await?;
            Ok(Work::Encode(Box::new(encoder)))
        }
        Task::Prepare {
            size,
            preprocessing,
            ..
        } => Ok(Work::Prepare {
            size,
            preprocessing,
        }),
    }
}

impl Work {
    fn levels(&self, picture: &Picture) -> Vec<u8> {
        match self {
            Self::Encode(encoder) => encoder.levels(picture),
            Self::Prepare {
                size,
                preprocessing,
            } => picture.levels(*size, preprocessing),
        }
    }

    async fn finish(&self, content: String, levels: Vec<u8>) -> Result<Done, Failure> {
        match self {
            Self::Encode(encoder) => {
                let embedding = encoder.encode_levels(&levels).await.map_err(Error::from)?;
                Ok(Done::Encoded(Encoded {
                    content,
                    embedding,
                    hash: Some(DifferenceHash::new(&levels)),
                    remembered: false,
                }))
            }
            Self::Prepare { .. } => Ok(Done::Prepared { content, levels }),
        }
    }
}

/// Sends a message, and moves a copy of `bytes` with it.
fn send(message: &FromHelper, bytes: Option<&[u8]>) {
    let buffer = bytes.map(|bytes| Uint8Array::from(bytes).buffer());
    let moved: Array = buffer.iter().collect();
    let buffer = buffer.map_or(JsValue::UNDEFINED, JsValue::from);
    let sent = serde_wasm_bindgen::to_value(message)
        .map_err(JsValue::from)
        .and_then(|body| scope().post_message_with_transfer(&Array::of2(&body, &buffer), &moved));
    if let Err(error) = sent {
        web_sys::console::error_1(&error);
    }
}
