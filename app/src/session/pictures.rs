//! Adds and removes pictures, and sends them to the worker.

use glance_protocol::{PictureId, Request, RequestId, ToWorker};
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::File;

use super::state::{Inner, Session};
use crate::browser::svg;
use crate::picture::{Phase, Picture};

/// Most pictures on the page.
const MAX_PICTURES: usize = 1000;
/// Most pictures in the worker: a full batch, and as many queued behind it.
const IN_FLIGHT: usize = 32;

impl Session {
    /// Adds files in order; each becomes a card at once.
    pub fn add_files(self, files: impl IntoIterator<Item = File>) {
        let mut added = Vec::new();
        let mut room = MAX_PICTURES.saturating_sub(self.pictures.with_untracked(Vec::len));
        let mut left_out = 0;
        for file in files {
            if room == 0 {
                left_out += 1;
                continue;
            }
            room -= 1;
            let url = web_sys::Url::create_object_url_with_blob(&file).unwrap_or_default();
            let name = file.name();
            let id = self.inner.try_update_value(|inner| {
                inner.next_picture += 1;
                if !svg::is_svg(&file) {
                    inner.files.insert(inner.next_picture, file.clone());
                }
                inner.next_picture
            });
            let Some(id) = id else { return };
            if svg::is_svg(&file) {
                self.draw_svg(id, url.clone(), file);
            }
            added.push(Picture {
                id,
                name,
                url,
                phase: ArcRwSignal::new(Phase::Waiting),
                ranking: ArcRwSignal::new(None),
            });
        }
        if left_out > 0 {
            self.say(format!(
                "A page holds {MAX_PICTURES} pictures; {left_out} were left out. Remove some first."
            ));
        }
        self.pictures.update(|pictures| pictures.extend(added));
        self.paused.set(false);
        self.advance();
    }

    /// Has the browser draw an SVG. If it cannot, the engine says that it reads none.
    fn draw_svg(self, id: PictureId, url: String, file: File) {
        spawn_local(async move {
            let file = svg::draw(&url, &file.name()).await.unwrap_or(file);
            if self.picture(id).is_some() {
                self.inner.update_value(|inner| {
                    inner.files.insert(id, file);
                });
                self.advance();
            }
        });
    }

    /// Removes a picture.
    pub fn remove(self, id: PictureId) {
        self.pictures.update(|pictures| {
            if let Some(index) = pictures.iter().position(|picture| picture.id == id) {
                let picture = pictures.remove(index);
                // If this fails, the URL is freed with the page.
                let _ = web_sys::Url::revoke_object_url(&picture.url);
            }
        });
        self.table.update(|table| table.remove(id));
        self.inner.update_value(|inner| {
            inner.files.remove(&id);
            inner.tries.remove(&id);
            if let Some(at) = inner.embedding.iter().position(|(_, sent)| *sent == id) {
                let (request, _) = inner.embedding.remove(at);
                inner.tell(&ToWorker::Cancel(request));
            }
            inner.tell(&ToWorker::Forget(id));
        });
        self.advance();
    }

    /// Removes all pictures.
    pub fn remove_all(self) {
        for id in self
            .pictures
            .with_untracked(|all| all.iter().map(|p| p.id).collect::<Vec<_>>())
        {
            self.remove(id);
        }
    }

    /// Sends queued pictures, up to the limit. A picture that a worker died at is sent alone, so
    /// that it cannot take others with it.
    pub(super) fn send_pictures(self) {
        let waiting = self.pictures.with_untracked(|all| {
            let waits = |picture: &&Picture| picture.phase.get_untracked() == Phase::Waiting;
            all.iter().filter(waits).map(|p| p.id).collect::<Vec<_>>()
        });
        self.inner.update_value(|inner| {
            for picture in waiting {
                let sent = |(_, sent): &(RequestId, PictureId)| *sent == picture;
                if inner.embedding.iter().any(sent) {
                    continue;
                }
                let suspect = |picture: PictureId| inner.tries.contains_key(&picture);
                let alone =
                    suspect(picture) || inner.embedding.iter().any(|(_, sent)| suspect(*sent));
                if inner.embedding.len() >= if alone { 1 } else { IN_FLIGHT } {
                    return;
                }
                // An SVG has none before it is drawn.
                let Some(file) = inner.files.get(&picture).cloned() else {
                    continue;
                };
                let id = inner.run(Request::Embed { picture }, &[file]);
                inner.embedding.push((id, picture));
            }
        });
    }
}

impl Inner {
    /// Cancels the pictures and the question in the worker.
    pub(super) fn cancel_work(&mut self) {
        let scoring = self.scoring.take().map(|scoring| scoring.id);
        let pictures = self.embedding.drain(..).map(|(id, _)| id);
        for id in pictures.chain(scoring).collect::<Vec<_>>() {
            self.tell(&ToWorker::Cancel(id));
        }
    }
}
