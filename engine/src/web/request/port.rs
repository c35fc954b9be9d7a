//! Messages to the page.

use glance_protocol::{Answer, Failure, RequestId, ToPage};
use serde::Serialize;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::DedicatedWorkerGlobalScope;

/// This worker's global scope.
pub fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Sends the page a request's result.
pub fn reply(id: RequestId, result: Result<Answer, Failure>) {
    post(&match result {
        Ok(answer) => ToPage::Answer { id, answer },
        Err(failure) => ToPage::Failed { id, failure },
    });
}

/// Sends the page a message.
pub fn post(message: &impl Serialize) {
    let posted = serde_wasm_bindgen::to_value(message)
        .map_err(JsValue::from)
        .and_then(|message| scope().post_message(&message));
    if let Err(error) = posted {
        web_sys::console::error_1(&error);
    }
}
