//! Dropped and pasted files, and the pictures in dropped folders.

use std::pin::Pin;

use js_sys::{Array, Function, Promise};
use leptos::wasm_split::SplitLoaderError;
#[cfg(not(test))]
use leptos::wasm_split::wasm_split;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DataTransfer, DomParser, File, FileList, FileSystemDirectoryEntry, FileSystemEntry,
    FileSystemFileEntry, SupportedType,
};

use crate::browser::remote_picture::are_addresses;
use crate::order;

/// Most files and folders of one drop; stops a mistaken drop of a whole disk.
pub const MAX_ENTRIES: usize = 20_000;

/// The files and folders of a drop, in order. Must be called during the drop event.
pub fn entries(transfer: &DataTransfer) -> Vec<FileSystemEntry> {
    let items = transfer.items();
    let entries = (0..items.length()).filter_map(|index| {
        let item = items.get(index)?;
        // Dragged text has no entry.
        item.webkit_get_as_entry().ok().flatten()
    });
    entries.collect()
}

/// The files of a [`FileList`].
pub fn files(list: &FileList) -> Vec<File> {
    (0..list.length())
        .filter_map(|index| list.item(index))
        .collect()
}

/// The addresses of a drop without files: of a picture of another page, or of links, one a line.
pub fn addresses(transfer: &DataTransfer) -> Option<String> {
    // A picture within a link is dragged with the link's address.
    let picture = transfer.get_data("text/html").ok().and_then(|html| {
        // A document of its own runs nothing and fetches nothing.
        let document = DomParser::new().ok()?;
        let document = document.parse_from_string(&html, SupportedType::TextHtml);
        let image = document.ok()?.query_selector("img").ok()??;
        image.get_attribute("src").filter(|src| are_addresses(src))
    });
    let links = || {
        let list = transfer.get_data("text/uri-list").ok()?;
        let links = list.lines().filter(|line| !line.starts_with('#'));
        let links = links.collect::<Vec<_>>().join("\n");
        (!links.is_empty()).then_some(links)
    };
    picture.or_else(links)
}

/// What [`files_of`] finds.
type Found = Pin<Box<dyn Future<Output = (Vec<File>, bool)>>>;

/// The dropped files, and the pictures in the folders at any depth; whether these are all. Unreadable
/// and hidden ones are left out. Its code is fetched when a folder is first dropped.
#[cfg_attr(not(test), wasm_split(adding, wasm_split_path = leptos::wasm_split, fallible))]
pub fn files_of(entries: Vec<FileSystemEntry>) -> Result<Found, SplitLoaderError> {
    Ok(Box::pin(gather(entries)))
}

async fn gather(entries: Vec<FileSystemEntry>) -> (Vec<File>, bool) {
    let mut files = Vec::new();
    // A stack, and whether each entry was dropped itself.
    let mut open: Vec<(FileSystemEntry, bool)> = Vec::new();
    open.extend(entries.into_iter().rev().map(|entry| (entry, true)));
    let mut seen = 0;
    while let Some((entry, itself)) = open.pop() {
        seen += 1;
        if seen > MAX_ENTRIES {
            return (files, false);
        }
        if entry.is_directory() {
            if !itself && is_hidden(&entry.name()) {
                continue;
            }
            let inside = inside(entry.unchecked_into()).await;
            let inside = order::sorted(inside, |one, other| other.name().cmp(&one.name()));
            open.extend(inside.into_iter().map(|entry| (entry, false)));
        } else if let Some(file) = file(entry.unchecked_into()).await
            && (itself || is_picture(&file))
        {
            files.push(file);
        }
    }
    (files, true)
}

/// Whether a folder or file is not shown to people: its name begins with a dot, or macOS put it
/// into an archive.
pub fn is_hidden(name: &str) -> bool {
    name.starts_with('.') || name == "__MACOSX"
}

/// Whether a file in a folder is a picture, by its name: the browser derives the type from it.
pub fn is_picture(file: &File) -> bool {
    let name = file.name().to_ascii_lowercase();
    let phone = [".heic", ".heif", ".avif"];
    let known = file.type_().starts_with("image/") || phone.iter().any(|end| name.ends_with(end));
    known && !is_hidden(&name)
}

async fn file(entry: FileSystemFileEntry) -> Option<File> {
    let file = told(|resolve, reject| {
        entry.file_with_callback_and_callback(resolve, reject);
    });
    file.await?.dyn_into().ok()
}

async fn inside(folder: FileSystemDirectoryEntry) -> Vec<FileSystemEntry> {
    let reader = folder.create_reader();
    let mut entries = Vec::new();
    // A reader returns some entries at a time, and none at the end.
    loop {
        let some = told(|resolve, reject| {
            // Failures arrive through `reject`.
            let _ = reader.read_entries_with_callback_and_callback(resolve, reject);
        });
        let some: Option<Array> = some.await.and_then(|some| some.dyn_into().ok());
        let some = some.filter(|some| some.length() > 0 && entries.len() < MAX_ENTRIES);
        let Some(some) = some else { return entries };
        entries.extend(some.iter().map(JsCast::unchecked_into::<FileSystemEntry>));
    }
}

/// The result of a call that answers through callbacks; `None` if it fails.
async fn told(mut ask: impl FnMut(&Function, &Function)) -> Option<wasm_bindgen::JsValue> {
    let promise = Promise::new(&mut |resolve, reject| ask(&resolve, &reject));
    JsFuture::from(promise).await.ok()
}
