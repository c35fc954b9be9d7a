//! Asks where in a picture a label is seen.

use glance_protocol::{Answer, PictureId, Regions, Request};
use leptos::prelude::*;
use web_sys::File;

use super::state::Session;
use crate::texts;

impl Session {
    /// The file of a picture; `None` if it is of an earlier visit.
    pub fn file(self, picture: PictureId) -> Option<File> {
        self.inner
            .with_value(|inner| inner.files.get(&picture).cloned())
    }

    /// Where one of the labels is seen in a picture file.
    ///
    /// # Errors
    /// A sentence for the person.
    pub async fn regions(self, label: &str, file: File) -> Result<Regions, String> {
        let (labels, templates) = self
            .settings
            .with_untracked(|settings| (settings.labels.clone(), settings.templates()));
        let at = labels.iter().position(|known| known == label);
        let request = Request::Regions {
            label: at.unwrap_or(labels.len()) as u32,
            labels,
            templates,
        };
        match self.ask(request, &[file]).await {
            Ok(Answer::Regions(regions)) => Ok(regions),
            Ok(_) => Err(texts::panel_where_no_picture().to_owned()),
            Err(failure) => Err(failure.message),
        }
    }
}
