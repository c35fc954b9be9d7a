//! Why there is no camera.

use js_sys::JsString;
use wasm_bindgen::JsValue;

use crate::browser::feature::property;
use crate::texts;

/// Why there is no camera.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CameraError {
    /// The person, the browser or the page that embeds this one does not allow it.
    Refused,
    /// There is none, or none such.
    Missing,
    /// Another program has it.
    Busy,
    /// It went away.
    Ended,
    /// Any other reason.
    Failed,
}

impl CameraError {
    /// A sentence for the person.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Refused => texts::camera_refused(),
            Self::Missing => texts::camera_missing(),
            Self::Busy => texts::camera_busy(),
            Self::Ended => texts::camera_ended(),
            Self::Failed => texts::camera_failed(),
        }
    }

    /// Whether a message is about a camera.
    pub fn is_said_by(message: &str) -> bool {
        let all = [
            Self::Refused,
            Self::Missing,
            Self::Busy,
            Self::Ended,
            Self::Failed,
        ];
        all.iter().any(|error| error.sentence() == message)
    }

    /// The error behind the name of a `DOMException`.
    fn from_name(name: &str) -> Self {
        match name {
            "NotAllowedError" | "SecurityError" => Self::Refused,
            "NotFoundError" | "OverconstrainedError" => Self::Missing,
            "NotReadableError" => Self::Busy,
            _ => Self::Failed,
        }
    }

    /// The error behind what the browser threw.
    pub fn from_thrown(thrown: &JsValue) -> Self {
        let name = property::<JsString>(thrown, "name").map(String::from);
        Self::from_name(&name.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn every_refusal_has_a_sentence() {
        let reasons = [
            ("NotAllowedError", CameraError::Refused),
            ("NotFoundError", CameraError::Missing),
            ("OverconstrainedError", CameraError::Missing),
            ("NotReadableError", CameraError::Busy),
            ("AbortError", CameraError::Failed),
            ("", CameraError::Failed),
        ];
        for (name, expected) in reasons {
            let found = CameraError::from_name(name);
            assert_eq!(found, expected);
            assert!(found.sentence().ends_with('.'));
        }
    }
}
