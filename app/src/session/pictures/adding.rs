//! Adds pictures, and sends them to the worker.

use std::sync::Arc;

use glance_protocol::{PictureId, Request, RequestId, ToWorker};
use gloo_timers::callback::Timeout;
use js_sys::Date;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::{Blob, BlobPropertyBag, File, Url};

use super::arriving::Arrived;
use crate::browser::svg;
use crate::format;
use crate::picture::Picture;
use crate::session::state::{Inner, Session};
use crate::texts;

/// Most pictures on the page.
pub(crate) const MAX_PICTURES: usize = 10_000;
/// Most pictures in the worker: a full batch, and as many queued behind it.
const IN_FLIGHT: usize = 32;
/// How long files are added before the page may do something else.
const SLICE_MILLISECONDS: f64 = 8.0;
/// How long an encoded picture may be without its small copy.
const THUMBNAIL_MILLISECONDS: u32 = 2000;

impl Session {
    /// Adds files in order; each is shown at once. Many are added in slices, so that the page keeps
    /// answering.
    pub fn add_files(self, files: impl IntoIterator<Item = File>) {
        self.add(files.into_iter().map(|file| (file, None)));
    }

    /// Adds files of folders, each with what tells it from others there.
    pub(crate) fn add_folder_files(self, files: Vec<(String, File)>) {
        self.add(files.into_iter().map(|(key, file)| (file, Some(key))));
    }

    fn add(self, files: impl Iterator<Item = Arrived>) {
        let adds_already = self.inner.try_update_value(|inner| {
            let adds_already = !inner.arrived.is_empty();
            inner.arrived.extend(files);
            adds_already
        });
        if adds_already == Some(false) {
            self.add_slice();
        }
    }

    fn add_slice(self) {
        let begun = Date::now();
        let mut added = Vec::new();
        let mut room = MAX_PICTURES.saturating_sub(self.library.pictures.with_untracked(Vec::len));
        while let Some((file, key)) = self.next_arrived() {
            if room == 0 {
                let left_out = self
                    .inner
                    .try_update_value(|inner| std::mem::take(&mut inner.arrived).len() + 1);
                self.say(texts::library_full(
                    left_out.unwrap_or_default(),
                    &format::count(MAX_PICTURES),
                ));
                break;
            }
            room -= 1;
            let Some(picture) = self.add_file(file) else {
                return;
            };
            if let Some(key) = key {
                self.inner.update_value(|inner| {
                    inner.from_folders.insert(key, picture.clone());
                });
            }
            added.push(picture);
            if Date::now() - begun > SLICE_MILLISECONDS {
                break;
            }
        }
        self.library.extend(added);
        self.paused.set(false);
        self.advance();
        if self.inner.with_value(|inner| !inner.arrived.is_empty()) {
            Timeout::new(0, move || self.add_slice()).forget();
        }
    }

    fn next_arrived(self) -> Option<Arrived> {
        self.inner
            .try_update_value(|inner| inner.arrived.pop_front())
            .flatten()
    }

    fn add_file(self, file: File) -> Option<Arc<Picture>> {
        let url = Url::create_object_url_with_blob(&file).unwrap_or_default();
        let name = file.name();
        let drawn = svg::is_svg(&file);
        let id = self.inner.try_update_value(|inner| {
            inner.next_picture += 1;
            let id = inner.next_picture;
            if !drawn {
                inner.files.insert(id, file.clone());
                inner.waiting.push_back(id);
            }
            id
        })?;
        if drawn {
            self.draw_svg(id, url.clone(), file.clone());
        }
        Some(Arc::new(Picture {
            bytes: file.size() as u64,
            ..Picture::new(id, name, url)
        }))
    }

    /// Has the browser draw an SVG. If it cannot, the engine says that it reads none.
    fn draw_svg(self, id: PictureId, url: String, file: File) {
        spawn_local(async move {
            let file = svg::draw(&url, &file.name()).await.unwrap_or(file);
            if self.library.get(id).is_some() {
                self.inner.update_value(|inner| {
                    inner.files.insert(id, file);
                    inner.waiting.push_back(id);
                });
                self.advance();
            }
        });
    }

    /// Takes the small copy of a picture.
    pub(crate) fn show_thumbnail(self, id: PictureId, jpeg: &[u8]) {
        let Some(picture) = self.library.get(id) else {
            return;
        };
        if let Some(url) = jpeg_url(jpeg) {
            picture.set_thumbnail(url);
        }
    }

    /// Shows the file of an encoded picture if no small copy comes: some browsers cannot make one.
    pub(crate) fn await_thumbnail(self, id: PictureId) {
        let late = move || {
            let picture = self.library.get(id);
            let missing =
                |picture: &Arc<Picture>| picture.thumbnail.with_untracked(Option::is_none);
            if let Some(picture) = picture.filter(missing) {
                picture.set_thumbnail(picture.url.clone());
            }
        };
        Timeout::new(THUMBNAIL_MILLISECONDS, late).forget();
    }

    /// Sends queued pictures, up to the limit. A picture that a worker died at is sent alone, so
    /// that it cannot take others with it.
    pub(crate) fn send_pictures(self) {
        self.inner.update_value(|inner| {
            while let Some(&picture) = inner.waiting.front() {
                let suspect = |picture: PictureId| inner.tries.contains_key(&picture);
                let alone =
                    suspect(picture) || inner.embedding.iter().any(|(_, sent)| suspect(*sent));
                if inner.embedding.len() >= if alone { 1 } else { IN_FLIGHT } {
                    return;
                }
                inner.waiting.pop_front();
                let sent = |(_, sent): &(RequestId, PictureId)| *sent == picture;
                if inner.embedding.iter().any(sent) {
                    continue;
                }
                let file = inner.files.get(&picture).cloned();
                let known = self.library.get(picture);
                let content = known.and_then(|known| known.content.get_untracked());
                // An SVG has neither before it is drawn, and is queued then.
                if file.is_none() && content.is_none() {
                    continue;
                }
                let request = Request::Embed {
                    picture,
                    content,
                    remember: true,
                };
                let id = inner.run(request, file.as_slice());
                inner.embedding.push((id, picture));
            }
        });
    }
}

/// An object URL of a JPEG file.
pub(crate) fn jpeg_url(jpeg: &[u8]) -> Option<String> {
    let options = BlobPropertyBag::new();
    options.set_type("image/jpeg");
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(jpeg));
    let blob = Blob::new_with_u8_array_sequence_and_options(&parts, &options).ok()?;
    Url::create_object_url_with_blob(&blob).ok()
}

impl Inner {
    /// Cancels the pictures and the question in the worker.
    pub(crate) fn cancel_work(&mut self) {
        let scoring = self.scoring.take().map(|scoring| scoring.id);
        let pictures = self.embedding.drain(..).map(|(id, _)| id);
        for id in pictures.chain(scoring).collect::<Vec<_>>() {
            self.tell(&ToWorker::Cancel(id));
        }
    }
}
