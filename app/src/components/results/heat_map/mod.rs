//! Where in the open picture a label is seen: colours over the picture, and the same in words.
//!
//! ```text
//! colors   draws the colours;  place  names the place
//! ```

mod colors;
mod place;

use std::sync::Arc;

use glance_protocol::Regions;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::File;

use crate::browser::canvas;
use crate::picture::Picture;
use crate::session::Session;
use crate::texts;
use colors::draw;
use place::place;

/// What is shown over the open picture; cheap to copy into closures.
#[derive(Clone, Copy)]
pub struct HeatMap {
    session: Session,
    shown: RwSignal<Option<Shown>>,
    /// The number of the latest question.
    number: StoredValue<u32>,
    image: NodeRef<html::Img>,
}

#[derive(Clone, PartialEq)]
struct Shown {
    /// The number of the question.
    number: u32,
    label: String,
    /// `None` until the worker has answered; an error is a sentence.
    regions: Option<Result<Arc<Regions>, String>>,
}

impl HeatMap {
    /// Shows nothing yet. `image` is the open picture.
    pub fn new(session: Session, image: NodeRef<html::Img>) -> Self {
        Self {
            session,
            shown: RwSignal::new(None),
            number: StoredValue::new(0),
            image,
        }
    }

    /// Hides it; returns whether anything was shown.
    pub fn hide(self) -> bool {
        self.shown.try_update(Option::take).flatten().is_some()
    }

    /// Shows where a label is seen, or hides that.
    fn toggle(self, picture: &Picture, label: String) {
        let about = |shown: &Option<Shown>| shown.as_ref().map(|shown| shown.label.clone());
        if self.shown.with_untracked(about).as_ref() == Some(&label) {
            self.hide();
            return;
        }
        let number = self.number.get_value() + 1;
        self.number.set_value(number);
        self.shown.set(Some(Shown {
            number,
            label: label.clone(),
            regions: None,
        }));
        let file = self.session.file(picture.id);
        spawn_local(async move {
            let file = match file {
                Some(file) => Some(file),
                None => self.file_of_image().await,
            };
            let regions = match file {
                Some(file) => self.session.regions(&label, file).await,
                None => Err(texts::panel_where_no_picture().to_owned()),
            };
            // Something else may be shown by now, or nothing.
            self.shown.try_update(|shown| {
                if let Some(shown) = shown.as_mut().filter(|shown| shown.number == number) {
                    shown.regions = Some(regions.map(Arc::new));
                }
            });
        });
    }

    fn is_about(self, label: &str) -> bool {
        self.shown
            .with(|shown| shown.as_ref().is_some_and(|shown| shown.label == label))
    }

    /// The picture as it is shown, for one of an earlier visit: its file is not here.
    async fn file_of_image(self) -> Option<File> {
        let image = self.image.get_untracked()?;
        let (width, height) = (image.natural_width(), image.natural_height());
        let (canvas, context) = canvas::new(width, height)?;
        context
            .draw_image_with_html_image_element(&image, 0.0, 0.0)
            .ok()?;
        canvas::file(&canvas, "image/png", "picture.png").await
    }
}

/// The button behind a label of the ranking.
pub fn button(map: HeatMap, picture: Arc<Picture>, label: String) -> AnyView {
    let name = label.clone();
    let pressed = {
        let label = label.clone();
        move || map.is_about(&label).to_string()
    };
    view! {
        <button
            type="button"
            class="quiet where"
            aria-pressed=pressed
            on:click=move |_| map.toggle(&picture, label.clone())
        >
            {texts::panel_where()}
            <span class="visually-hidden">" " {name}</span>
        </button>
    }
    .into_any()
}

/// The colours. They lie over the image, with its proportions.
#[component]
pub fn Colors(map: HeatMap) -> impl IntoView {
    let canvas = NodeRef::<html::Canvas>::new();
    let regions = Memo::new(move |_| {
        map.shown
            .with(|shown| shown.as_ref()?.regions.clone()?.ok())
    });
    Effect::new(move |_| {
        if let (Some(regions), Some(canvas), Some(image)) =
            (regions.get(), canvas.get(), map.image.get())
        {
            // Without the colours, the words remain.
            let _ = draw(&canvas, &regions, &image);
        }
    });
    let hidden = move || regions.with(Option::is_none);
    view! { <canvas class="heat-map" node_ref=canvas aria-hidden="true" hidden=hidden></canvas> }
}

/// The same in words.
#[component]
pub fn Words(map: HeatMap) -> impl IntoView {
    let words = move || {
        let shown = map.shown.get()?;
        Some(match &shown.regions {
            None => texts::results_state_running().to_owned(),
            Some(Ok(regions)) => texts::panel_where_found(&shown.label, place(regions)),
            Some(Err(sentence)) => sentence.clone(),
        })
    };
    view! { <p class="remark" role="status">{words}</p> }
}
