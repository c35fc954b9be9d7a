//! The sample pictures that the empty page offers.

use js_sys::Array;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, File, FilePropertyBag, Response};

use crate::browser::address;
use crate::session::Session;
use crate::texts;

/// A sample picture.
pub struct Sample {
    /// Its path below the page's folder.
    pub path: &'static str,
    /// The alternative text: what a person sees in it.
    pub alt: fn() -> &'static str,
    /// The name on its card. It does not say what the picture shows, so that nobody thinks the page
    /// reads the answer there.
    file_name: &'static str,
}

/// All samples, in display order.
pub const SAMPLES: [Sample; 6] = [
    Sample {
        path: "samples/cat.jpg",
        alt: texts::add_sample_cat,
        file_name: "sample 1.jpg",
    },
    Sample {
        path: "samples/coffee.jpg",
        alt: texts::add_sample_coffee,
        file_name: "sample 2.jpg",
    },
    Sample {
        path: "samples/astronaut.jpg",
        alt: texts::add_sample_astronaut,
        file_name: "sample 3.jpg",
    },
    Sample {
        path: "samples/rocket.jpg",
        alt: texts::add_sample_rocket,
        file_name: "sample 4.jpg",
    },
    Sample {
        path: "samples/camera.jpg",
        alt: texts::add_sample_camera,
        file_name: "sample 5.jpg",
    },
    Sample {
        path: "samples/horse.jpg",
        alt: texts::add_sample_horse,
        file_name: "sample 6.jpg",
    },
];

/// Adds samples as if the person had picked them. Returns whether all could be fetched.
pub async fn add(session: Session, samples: &[Sample]) -> bool {
    let mut files = Vec::new();
    for sample in samples {
        files.extend(sample.file().await);
    }
    let complete = files.len() == samples.len();
    if !complete {
        session.say(texts::add_samples_failed().to_owned());
    }
    session.add_files(files);
    complete
}

impl Sample {
    async fn file(&self) -> Option<File> {
        let url = address::beside_page(self.path)?;
        let response = JsFuture::from(web_sys::window()?.fetch_with_str(&url)).await;
        let response: Response = response.ok()?.dyn_into().ok()?;
        if !response.ok() {
            return None;
        }
        let blob: Blob = JsFuture::from(response.blob().ok()?)
            .await
            .ok()?
            .dyn_into()
            .ok()?;
        let options = FilePropertyBag::new();
        options.set_type(&blob.type_());
        let parts = Array::of1(&blob);
        File::new_with_blob_sequence_and_options(&parts, self.file_name, &options).ok()
    }
}
