//! Keeps what the camera shows as a picture of the page.

use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::HtmlVideoElement;

use crate::browser::camera::frames;
use crate::session::Session;
use crate::texts;

const NAME: &str = "camera ";
const ENDING: &str = ".jpg";

/// Adds the whole frame to the pictures. `said` is told for those who cannot see it arrive.
pub fn keep(session: Session, video: HtmlVideoElement, said: RwSignal<String>) {
    let name = session
        .library
        .pictures
        .with_untracked(|pictures| next_name(pictures.iter().map(|picture| picture.name.as_str())));
    spawn_local(async move {
        match frames::still(&video, &name).await {
            Some(file) => {
                session.add_files([file]);
                said.try_set(texts::camera_kept(&name));
            }
            None => session.say(texts::camera_not_kept().to_owned()),
        }
    });
}

/// The name of the next still: one more than the largest number among these.
fn next_name<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let numbers = names.filter_map(|name| {
        let number = name.strip_prefix(NAME)?.strip_suffix(ENDING)?;
        number.parse::<u32>().ok()
    });
    let next = numbers.max().unwrap_or(0).saturating_add(1);
    format!("{NAME}{next}{ENDING}")
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn stills_are_numbered() {
        assert_eq!(next_name([].into_iter()), "camera 1.jpg");
        let names = ["camera 2.jpg", "cat.jpg", "camera x.jpg", "camera 10.jpg"];
        assert_eq!(next_name(names.into_iter()), "camera 11.jpg");
    }
}
