//! Reads a folder.

use js_sys::IteratorNext;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    File, FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemHandle, FileSystemHandleKind,
};

use crate::browser::drag_and_drop::dropped::{is_hidden, is_picture};
use crate::order;

/// The pictures in a folder, at any depth, each with its path below the folder. `proceed` is called
/// before each file with their count, and ends the reading with `false`. Files and folders within that
/// are hidden or cannot be read are left out.
///
/// # Errors
/// Those of the browser, if the folder itself cannot be read.
pub async fn pictures(
    folder: &FileSystemDirectoryHandle,
    mut proceed: impl FnMut(usize) -> bool,
) -> Result<Vec<(String, File)>, JsValue> {
    let mut found = Vec::new();
    let mut seen = 0;
    // A stack.
    let mut open = inside(folder, "").await?;
    while let Some((path, handle)) = open.pop() {
        if handle.kind() == FileSystemHandleKind::Directory {
            let within = inside(handle.unchecked_ref(), &format!("{path}/")).await;
            open.extend(within.unwrap_or_default());
            continue;
        }
        seen += 1;
        if !proceed(seen) {
            break;
        }
        if let Some(file) = file(handle.unchecked_into()).await
            && is_picture(&file)
        {
            found.push((path, file));
        }
    }
    Ok(found)
}

/// What is in a folder, last name first; `place` comes before each path.
async fn inside(
    folder: &FileSystemDirectoryHandle,
    place: &str,
) -> Result<Vec<(String, FileSystemHandle)>, JsValue> {
    let entries = folder.values();
    let mut inside = Vec::new();
    loop {
        let next: IteratorNext = JsFuture::from(entries.next()?).await?.unchecked_into();
        if next.done() {
            break;
        }
        let handle: FileSystemHandle = next.value().unchecked_into();
        let name = handle.name();
        if !is_hidden(&name) {
            inside.push((format!("{place}{name}"), handle));
        }
    }
    Ok(order::sorted(inside, |(one, _), (other, _)| other.cmp(one)))
}

async fn file(handle: FileSystemFileHandle) -> Option<File> {
    let file = JsFuture::from(handle.get_file()).await;
    file.ok()?.dyn_into().ok()
}
