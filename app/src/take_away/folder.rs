//! Pictures sorted by label, written into a folder that the person chooses.

use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemGetDirectoryOptions,
    FileSystemGetFileOptions, FileSystemWritableFileStream,
};

use super::archive::SortedFile;
use super::file_names::UniqueNames;

#[wasm_bindgen]
extern "C" {
    /// The part of `window` that only some browsers have.
    type Picker;

    #[wasm_bindgen(method, getter, js_name = showDirectoryPicker)]
    fn offered(this: &Picker) -> JsValue;

    #[wasm_bindgen(method, catch, js_name = showDirectoryPicker)]
    async fn show(this: &Picker, options: &JsValue) -> Result<JsValue, JsValue>;
}

fn picker() -> Option<Picker> {
    let picker: Picker = web_sys::window()?.unchecked_into();
    picker.offered().is_function().then_some(picker)
}

/// Whether this browser lets a page write into a folder.
pub fn is_offered() -> bool {
    picker().is_some()
}

/// Lets the person choose a folder; `None` if they choose none.
pub async fn choose() -> Option<FileSystemDirectoryHandle> {
    let options = js_sys::Object::new();
    js_sys::Reflect::set(&options, &"mode".into(), &"readwrite".into()).ok()?;
    picker()?.show(&options).await.ok()?.dyn_into().ok()
}

/// Writes files into a folder for each label; `proceed` is called before each with its index, and
/// stops the work with `false`. Nothing that is there already is replaced. Returns how many were
/// written.
///
/// # Errors
/// Those of the browser: a file that is gone, a disk that is full, a permission that was withdrawn.
pub async fn write(
    root: FileSystemDirectoryHandle,
    files: Vec<SortedFile>,
    proceed: impl Fn(usize) -> bool,
) -> Result<usize, JsValue> {
    let mut names = UniqueNames::default();
    let create = FileSystemGetDirectoryOptions::new();
    create.set_create(true);
    let create_file = FileSystemGetFileOptions::new();
    create_file.set_create(true);
    let total = files.len();
    for (index, (folder, file)) in files.into_iter().enumerate() {
        if !proceed(index) {
            return Ok(index);
        }
        let (folder, mut name) = names.take(&folder, &file.name());
        let directory = JsFuture::from(root.get_directory_handle_with_options(&folder, &create));
        let directory: FileSystemDirectoryHandle = directory.await?.dyn_into()?;
        while JsFuture::from(directory.get_file_handle(&name))
            .await
            .is_ok()
        {
            (_, name) = names.take(&folder, &file.name());
        }
        let handle = directory.get_file_handle_with_options(&name, &create_file);
        let handle: FileSystemFileHandle = JsFuture::from(handle).await?.dyn_into()?;
        let stream = JsFuture::from(handle.create_writable()).await?;
        let stream: FileSystemWritableFileStream = stream.dyn_into()?;
        JsFuture::from(stream.write_with_blob(&file)?).await?;
        JsFuture::from(stream.close()).await?;
    }
    Ok(total)
}
