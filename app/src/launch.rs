//! Pictures that the system opens with the installed page.

use js_sys::Array;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{File, FileSystemFileHandle};

use crate::browser::feature::property;
use crate::session::Session;
use crate::texts;

#[wasm_bindgen]
extern "C" {
    type LaunchQueue;
    #[wasm_bindgen(method, js_name = setConsumer)]
    fn set_consumer(this: &LaunchQueue, consumer: &JsValue);

    type LaunchParams;
    #[wasm_bindgen(method, getter)]
    fn files(this: &LaunchParams) -> Option<Array>;
}

/// Adds files that the system opens, including those that it has already queued.
pub fn listen(session: Session) {
    let queue = web_sys::window().and_then(|window| property::<LaunchQueue>(window, "launchQueue"));
    let Some(queue) = queue else { return };
    let consumer = Closure::<dyn Fn(LaunchParams)>::new(move |launch: LaunchParams| {
        if let Some(handles) = launch.files().filter(|handles| handles.length() > 0) {
            spawn_local(open(session, handles));
        }
    });
    queue.set_consumer(&consumer.into_js_value());
}

async fn open(session: Session, handles: Array) {
    let mut files = Vec::new();
    for handle in handles.iter() {
        files.extend(file(handle).await);
    }
    if files.len() < handles.length() as usize {
        session.say(texts::add_launch_failed().to_owned());
    }
    session.add_files(files);
}

async fn file(handle: JsValue) -> Option<File> {
    let handle: FileSystemFileHandle = handle.dyn_into().ok()?;
    JsFuture::from(handle.get_file())
        .await
        .ok()?
        .dyn_into()
        .ok()
}
