//! Folders that the page may look into again.

use std::pin::Pin;
use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_split::SplitLoaderError;
#[cfg(not(test))]
use leptos::wasm_split::wasm_split;
use web_sys::{File, FileSystemDirectoryHandle};

use super::arriving::{Folder, Gathering};
use crate::browser::folder::{picker, reading, remembering};
use crate::fetched::fetched;
use crate::format;
use crate::picture::Picture;
use crate::session::state::Session;
use crate::texts;

/// The count of files is shown after each so many.
const SHOWN_EVERY: usize = 20;

type Reading = Pin<Box<dyn Future<Output = ()>>>;

impl Session {
    /// Finds the folders of earlier visits.
    pub fn recall_folders(self) {
        if picker::is_offered() {
            spawn_local(async move { self.show_folders(remembering::load().await) });
        }
    }

    /// Adds the pictures of a folder that the person has chosen, and remembers it.
    pub async fn add_folder(self, folder: FileSystemDirectoryHandle) {
        self.show_folders(remembering::add(&folder).await);
        self.read_folder(folder).await;
    }

    /// Adds what is new in a folder. Must follow a click, because the browser may ask the person.
    pub async fn look_again(self, id: u32) {
        let Some(folder) = self.folder(id) else {
            return;
        };
        match picker::may_read(&folder).await {
            true => self.read_folder(folder).await,
            false => self.say(texts::library_folder_refused(&folder.name())),
        }
    }

    /// Forgets a folder. Its pictures stay on the page.
    pub fn forget_folder(self, id: u32) {
        if let Some(folder) = self.folder(id) {
            self.folders
                .update(|folders| folders.retain(|folder| folder.id != id));
            spawn_local(async move { remembering::remove(&folder).await });
        }
    }

    fn folder(self, id: u32) -> Option<FileSystemDirectoryHandle> {
        self.inner.with_value(|inner| {
            let mut folders = inner.folders.iter();
            folders.find_map(|(own, folder)| (*own == id).then(|| folder.clone()))
        })
    }

    fn show_folders(self, folders: Vec<FileSystemDirectoryHandle>) {
        let shown = self.inner.try_update_value(|inner| {
            let last = inner.folders.iter().map(|(id, _)| *id).max();
            inner.folders = (last.map_or(0, |last| last + 1)..).zip(folders).collect();
            let shown = inner.folders.iter().map(|(id, folder)| Folder {
                id: *id,
                name: folder.name(),
            });
            shown.collect()
        });
        self.folders.set(shown.unwrap_or_default());
    }

    async fn read_folder(self, folder: FileSystemDirectoryHandle) {
        match fetched(reading_of(self, folder)).await {
            Ok(reading) => reading.await,
            Err(_) => self.say(texts::part_failed().to_owned()),
        }
    }

    async fn add_from_folder(self, folder: FileSystemDirectoryHandle) {
        let name = folder.name();
        let progress = |files| Gathering::Folder {
            name: name.clone(),
            files,
        };
        let Some(stop) = self.start_gathering(progress(0)) else {
            return;
        };
        let proceed = |files: usize| {
            if files.is_multiple_of(SHOWN_EVERY) {
                self.show_gathering(&stop, progress(files));
            }
            !stop.is_stopped()
        };
        let found = reading::pictures(&folder, proceed).await;
        self.end_gathering(&stop);
        let Ok(found) = found else {
            self.say(texts::library_folder_unreadable(&name));
            return;
        };
        let all = found.len();
        let files = self.not_here(&name, found);
        let sentence = match stop.is_stopped() {
            true => texts::library_folder_stopped(&name, &format::count(files.len())),
            false => summary(&name, files.len(), all - files.len()),
        };
        // Adding may have something more important to say.
        self.say(sentence);
        self.add_folder_files(files);
    }

    /// The files that are not on the page yet, each with a key that tells it from others.
    fn not_here(self, folder: &str, found: Vec<(String, File)>) -> Vec<(String, File)> {
        let keyed = found.into_iter().map(|(path, file)| {
            let (size, changed) = (file.size(), file.last_modified());
            (format!("{folder}/{path}\n{size}\n{changed}"), file)
        });
        self.inner.with_value(|inner| {
            let here = |key: &str| inner.from_folders.get(key).is_some_and(|p| self.has(p));
            keyed.filter(|(key, _)| !here(key)).collect()
        })
    }

    /// Whether a picture, or another with the same content, is on the page.
    fn has(self, picture: &Arc<Picture>) -> bool {
        let content = picture.content.get_untracked();
        self.library.get(picture.id).is_some()
            || content.is_some_and(|content| self.library.of_content(&content).is_some())
    }
}

/// Reads a folder and adds its pictures; its code is fetched when a folder is first read.
#[cfg_attr(not(test), wasm_split(adding, wasm_split_path = leptos::wasm_split, fallible))]
fn reading_of(
    session: Session,
    folder: FileSystemDirectoryHandle,
) -> Result<Reading, SplitLoaderError> {
    Ok(Box::pin(session.add_from_folder(folder)))
}

/// What was found in a folder.
fn summary(name: &str, new: usize, here: usize) -> String {
    match (new, here) {
        (0, 0) => texts::library_folder_empty(name),
        (0, _) => texts::library_folder_nothing_new(here, name),
        (_, 0) => texts::library_folder_found(new, name),
        (_, _) => texts::library_folder_new(new, name, &texts::library_folder_before(here)),
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::summary;

    #[wasm_bindgen_test]
    fn new_pictures_are_told_from_those_that_were_here() {
        for (new, here, sentence) in [
            (0, 0, "There is no picture in “Holidays”."),
            (1, 0, "1 picture in “Holidays”."),
            (1200, 0, "1,200 pictures in “Holidays”."),
            (
                12,
                300,
                "12 new pictures in “Holidays”; 300 were here already.",
            ),
            (1, 1, "1 new picture in “Holidays”; 1 was here already."),
            (0, 2, "Nothing new in “Holidays”; 2 were here already."),
        ] {
            assert_eq!(summary("Holidays", new, here), sentence);
        }
    }
}
