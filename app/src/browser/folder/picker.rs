//! Asks the person for a folder.

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{DomException, FileSystemDirectoryHandle};

#[wasm_bindgen]
extern "C" {
    /// The part of `window` that only some browsers have.
    type Picker;

    #[wasm_bindgen(method, getter, js_name = showDirectoryPicker)]
    fn offered(this: &Picker) -> JsValue;

    #[wasm_bindgen(method, catch, js_name = showDirectoryPicker)]
    async fn show(this: &Picker, options: &JsValue) -> Result<JsValue, JsValue>;

    /// The part of a handle that only those browsers have.
    type Permission;

    #[wasm_bindgen(method, catch, js_name = requestPermission)]
    async fn request(this: &Permission, options: &JsValue) -> Result<JsValue, JsValue>;
}

/// What the page does with a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// It reads it.
    Read,
    /// It reads it and writes into it.
    Write,
}

impl Access {
    fn options(self) -> JsValue {
        let options = Object::new();
        let mode = match self {
            Self::Read => "read",
            Self::Write => "readwrite",
        };
        // A plain object takes any property.
        let _ = Reflect::set(&options, &"mode".into(), &mode.into());
        options.into()
    }
}

fn picker() -> Option<Picker> {
    let picker: Picker = web_sys::window()?.unchecked_into();
    picker.offered().is_function().then_some(picker)
}

/// Whether this browser lets the person choose a folder for a page.
pub fn is_offered() -> bool {
    picker().is_some()
}

/// Lets the person choose a folder; `None` if they choose none.
///
/// # Errors
/// Those of the browser, which allows it to no page within a page of another site.
pub async fn choose(access: Access) -> Result<Option<FileSystemDirectoryHandle>, JsValue> {
    let picker = picker().ok_or(JsValue::UNDEFINED)?;
    match picker.show(&access.options()).await {
        Ok(folder) => folder.dyn_into().map(Some),
        Err(error) => match error.dyn_ref::<DomException>() {
            Some(exception) if exception.name() == "AbortError" => Ok(None),
            _ => Err(error),
        },
    }
}

/// Asks for the permission to read a folder of an earlier visit. Must follow a click.
pub async fn may_read(folder: &FileSystemDirectoryHandle) -> bool {
    let permission: &Permission = folder.unchecked_ref();
    let state = permission.request(&Access::Read.options()).await;
    state.is_ok_and(|state| state == "granted")
}
