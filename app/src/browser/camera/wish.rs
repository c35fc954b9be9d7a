//! Which camera to open.

use serde::Serialize;
use wasm_bindgen::JsCast;
use web_sys::MediaStreamConstraints;

/// What is asked of the camera in pixels: sharp enough for a picture to keep, small enough to draw
/// without a graphics card.
const WIDTH: u32 = 1280;
const HEIGHT: u32 = 720;

/// Away from the person.
const BACK: &str = "environment";
/// Towards the person.
pub const FRONT: &str = "user";

/// Which camera to open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wish {
    /// The one that faces this way, or else any.
    Prefer(&'static str),
    /// One that faces this way.
    Facing(&'static str),
    /// The one with this id.
    Device(String),
}

/// The camera to begin with: phones have a better one on their back.
pub fn first() -> Vec<Wish> {
    vec![Wish::Prefer(BACK)]
}

/// Phones have several cameras on their back, so the other direction comes first. Where cameras have
/// no direction, or all have the same, it is the next in the list.
pub fn other(facing: Option<&str>, id: Option<&str>, ids: &[String]) -> Vec<Wish> {
    let turned = match facing {
        Some(BACK) => Some(Wish::Facing(FRONT)),
        Some(FRONT) => Some(Wish::Facing(BACK)),
        _ => None,
    };
    let at = ids.iter().position(|known| Some(known.as_str()) == id);
    let next = ids.get(at.map_or(0, |at| (at + 1) % ids.len()));
    let next = next.cloned().map(Wish::Device);
    turned.into_iter().chain(next).chain(first()).collect()
}

#[derive(Serialize)]
struct Constraints<'a> {
    audio: bool,
    video: Video<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Video<'a> {
    width: Wanted<u32>,
    height: Wanted<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    facing_mode: Option<Wanted<&'a str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device_id: Option<Wanted<&'a str>>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Wanted<T> {
    Ideal(T),
    Exact(T),
}

/// What the browser is asked for.
pub fn constraints(wish: &Wish) -> Option<MediaStreamConstraints> {
    let (facing_mode, device_id) = match wish {
        Wish::Prefer(facing) => (Some(Wanted::Ideal(*facing)), None),
        Wish::Facing(facing) => (Some(Wanted::Exact(*facing)), None),
        Wish::Device(id) => (None, Some(Wanted::Exact(id.as_str()))),
    };
    let constraints = Constraints {
        audio: false,
        video: Video {
            width: Wanted::Ideal(WIDTH),
            height: Wanted::Ideal(HEIGHT),
            facing_mode,
            device_id,
        },
    };
    let constraints = serde_wasm_bindgen::to_value(&constraints).ok()?;
    Some(constraints.unchecked_into())
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    fn ids(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_owned()).collect()
    }

    #[wasm_bindgen_test]
    fn the_other_camera_faces_the_other_way_or_is_the_next() {
        let known = ids(&["a", "b", "c"]);
        let device = |id: &str| Wish::Device(id.to_owned());
        let last = Wish::Prefer(BACK);
        assert_eq!(
            other(Some(BACK), Some("c"), &known),
            [Wish::Facing(FRONT), device("a"), last.clone()]
        );
        assert_eq!(other(Some(FRONT), Some("a"), &known)[0], Wish::Facing(BACK));
        assert_eq!(other(None, Some("b"), &known), [device("c"), last.clone()]);
        assert_eq!(other(None, None, &known), [device("a"), last.clone()]);
        assert_eq!(other(None, Some("a"), &[]), [last]);
    }

    #[wasm_bindgen_test]
    fn wishes_are_what_browsers_read() {
        let text = |wish: &Wish| {
            let constraints = constraints(wish).expect("they are plain data");
            String::from(js_sys::JSON::stringify(&constraints).expect("they are plain data"))
        };
        let size = r#""width":{"ideal":1280},"height":{"ideal":720}"#;
        assert_eq!(
            text(&Wish::Prefer(BACK)),
            format!(
                r#"{{"audio":false,"video":{{{size},"facingMode":{{"ideal":"environment"}}}}}}"#
            )
        );
        assert_eq!(
            text(&Wish::Device("a".to_owned())),
            format!(r#"{{"audio":false,"video":{{{size},"deviceId":{{"exact":"a"}}}}}}"#)
        );
    }
}
