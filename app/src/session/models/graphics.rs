//! What is known of the graphics card.

use crate::browser::feature::property;

/// What is known about the graphics card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Graphics {
    /// Nothing yet.
    Unknown,
    /// It works.
    Available,
    /// It is emulated in software.
    Emulated,
    /// The browser offers none.
    Missing,
}

impl Graphics {
    /// [`Graphics::Missing`] without WebGPU, otherwise unknown.
    pub(crate) fn known_at_start() -> Self {
        let navigator = web_sys::window().map(|window| window.navigator());
        let gpu = navigator.and_then(|navigator| property::<js_sys::Object>(navigator, "gpu"));
        match gpu {
            Some(_) => Self::Unknown,
            None => Self::Missing,
        }
    }
}
