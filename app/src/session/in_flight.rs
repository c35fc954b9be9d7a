//! The pictures that are in the worker.

use super::*;

/// Pictures that are in the worker: those that it looks at together, and as many that wait there.
const IN_FLIGHT: usize = 32;

impl Session {
    /// Sends pictures that wait, as long as the worker takes more. One that a worker died at goes
    /// by itself, so that no other suffers from it.
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
                let file: Vec<File> = inner.files.get(&picture).cloned().into_iter().collect();
                let id = inner.run(Request::Embed { picture }, &file);
                inner.embedding.push((id, picture));
            }
        });
    }
}

impl Inner {
    /// Stops the pictures and the question that are in the worker.
    pub(super) fn cancel_work(&mut self) {
        let scoring = self.scoring.take().map(|scoring| scoring.id);
        let pictures = self.embedding.drain(..).map(|(id, _)| id);
        for id in pictures.chain(scoring).collect::<Vec<_>>() {
            self.tell(&ToWorker::Cancel(id));
        }
    }
}
