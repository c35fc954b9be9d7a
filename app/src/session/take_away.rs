//! Hands out pictures and embeddings.

use glance_protocol::{Answer, PictureId, Request};
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use super::models::model_state::ModelState;
use super::state::Session;
use crate::arrangement::{self, Place};
use crate::browser::take_away::save;
use crate::picture::Phase;
use crate::take_away::archive::SortedFile;
use crate::take_away::embeddings;
use crate::texts;

/// The folder of pictures that belong to no label.
const UNSORTED: &str = "unsorted";

/// A file format for embeddings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmbeddingsFormat {
    /// NumPy's `.npy`, and a text file with the names of its rows.
    Npy,
    /// Safetensors with the names in its metadata.
    Safetensors,
}

impl Session {
    /// The files of the pictures with the labels that they belong to, in the order of the page.
    /// Pictures that could not be read are left out.
    pub fn sorted_files(self) -> Vec<SortedFile> {
        let places = self.library.pictures.with_untracked(|pictures| {
            let places = pictures
                .iter()
                .map(|picture| (picture.id, arrangement::place(picture)));
            places.collect::<Vec<_>>()
        });
        self.inner.with_value(|inner| {
            let files = places.into_iter().filter_map(|(id, place)| {
                let folder = match place {
                    Place::Sorted(label, _) => label,
                    Place::Unsure(_) | Place::Waiting => UNSORTED.to_owned(),
                    Place::Failed => return None,
                };
                Some((folder, inner.files.get(&id)?.clone()))
            });
            files.collect()
        })
    }

    /// Shows that `total` pictures are being packed. The result is called before each, and returns
    /// `false` once the person cancels.
    pub fn start_packing(self, total: usize) -> impl Fn(usize) -> bool {
        self.packing.set(Some((0, total)));
        move |done| {
            let goes_on = self.packing.with_untracked(Option::is_some);
            if goes_on {
                self.packing.set(Some((done, total)));
            }
            goes_on
        }
    }

    /// Saves all embeddings.
    pub async fn save_embeddings(self, format: EmbeddingsFormat) {
        let pictures = self.library.in_phase(|phase| *phase == Phase::Encoded);
        if pictures.is_empty() {
            self.say(texts::take_away_none_encoded().to_owned());
            return;
        }
        let request = Request::Embeddings {
            pictures: pictures.clone(),
        };
        match self.ask(request, &[]).await {
            Ok(Answer::Embeddings { values, width }) => {
                if self
                    .save_values(format, &pictures, &values.0, width)
                    .is_err()
                {
                    self.say(texts::take_away_embeddings_failed().to_owned());
                }
            }
            Ok(_) => {}
            Err(failure) => self.say(failure.message),
        }
    }

    fn save_values(
        self,
        format: EmbeddingsFormat,
        pictures: &[PictureId],
        values: &[f32],
        width: u32,
    ) -> Result<(), JsValue> {
        const KIND: &str = "application/octet-stream";
        let name = |id: &PictureId| {
            self.library
                .get(*id)
                .map_or(String::new(), |p| p.name.clone())
        };
        let names: Vec<String> = pictures.iter().map(name).collect();
        let width = width as usize;
        match format {
            EmbeddingsFormat::Npy => {
                save("glance.npy", KIND, &embeddings::npy(values, width))?;
                // A name may hold a line break, which would shift the rows.
                let lines = names.iter().map(|name| name.replace(['\n', '\r'], " "));
                let names = lines.collect::<Vec<_>>().join("\n");
                save("glance-names.txt", "text/plain", names.as_bytes())
            }
            EmbeddingsFormat::Safetensors => {
                let model = match self.model.get_untracked() {
                    ModelState::Ready(info) => info.name,
                    _ => String::new(),
                };
                let file = embeddings::safetensors(values, width, &names, &model)?;
                save("glance.safetensors", KIND, &file)
            }
        }
    }
}
