//! Opens a camera, or says why there is none.
//!
//! ```text
//! wish     which camera to open
//! error    why there is none
//! frames   reads the frames of its video
//! ```

mod error;
pub mod frames;
mod wish;

use js_sys::Function;
use leptos::prelude::window;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{MediaDeviceInfo, MediaDeviceKind, MediaDevices, MediaStream, MediaStreamTrack};

use crate::browser::feature::property;
pub use error::CameraError;
pub use wish::{Wish, first};

/// A camera's moving picture. Dropping it stops the camera.
pub struct Feed {
    stream: MediaStream,
    track: MediaStreamTrack,
    _on_ended: Closure<dyn Fn()>,
}

/// Whether pages can ask for a camera. Browsers offer it only over HTTPS.
pub fn is_offered() -> bool {
    devices().is_some_and(|devices| property::<Function>(&devices, "getUserMedia").is_some())
}

/// The ids of all cameras. Browsers tell them once a camera has been allowed.
pub async fn ids() -> Vec<String> {
    let Some(asked) = devices().and_then(|devices| devices.enumerate_devices().ok()) else {
        return Vec::new();
    };
    let Ok(found) = JsFuture::from(asked).await else {
        return Vec::new();
    };
    let found: js_sys::Array = found.unchecked_into();
    let found = found.iter().map(JsCast::unchecked_into);
    found
        .filter(|device: &MediaDeviceInfo| device.kind() == MediaDeviceKind::Videoinput)
        .map(|device| device.device_id())
        .collect()
}

impl Feed {
    /// Opens the first of `wishes` that exists. `ended` is called if the camera goes away.
    ///
    /// Who drops the future may leave the camera on; let it end, and drop the feed.
    ///
    /// # Errors
    /// Why the browser opens none.
    pub async fn open(wishes: &[Wish], ended: impl Fn() + 'static) -> Result<Self, CameraError> {
        let mut opened = Err(CameraError::Missing);
        for wish in wishes {
            opened = ask(wish).await;
            if !matches!(opened, Err(CameraError::Missing)) {
                break;
            }
        }
        let stream = opened?;
        let track = stream.get_video_tracks().get(0);
        let track: MediaStreamTrack = track.dyn_into().map_err(|_| CameraError::Failed)?;
        let on_ended = Closure::<dyn Fn()>::new(ended);
        track.set_onended(Some(on_ended.as_ref().unchecked_ref()));
        Ok(Self {
            stream,
            track,
            _on_ended: on_ended,
        })
    }

    /// What a `<video>` shows.
    pub fn stream(&self) -> &MediaStream {
        &self.stream
    }

    /// Whether it shows the person, who expects a mirror.
    pub fn is_front(&self) -> bool {
        self.facing().as_deref() == Some(wish::FRONT)
    }

    /// The same camera again.
    pub fn same(&self) -> Vec<Wish> {
        let id = self.track.get_settings().get_device_id();
        id.map(Wish::Device).into_iter().chain(first()).collect()
    }

    /// Another of the cameras.
    pub fn other(&self, ids: &[String]) -> Vec<Wish> {
        let id = self.track.get_settings().get_device_id();
        wish::other(self.facing().as_deref(), id.as_deref(), ids)
    }

    fn facing(&self) -> Option<String> {
        self.track.get_settings().get_facing_mode()
    }
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.track.set_onended(None);
        self.track.stop();
    }
}

async fn ask(wish: &Wish) -> Result<MediaStream, CameraError> {
    let devices = devices().ok_or(CameraError::Missing)?;
    let constraints = wish::constraints(wish).ok_or(CameraError::Failed)?;
    let asked = devices.get_user_media_with_constraints(&constraints);
    let asked = asked.map_err(|thrown| CameraError::from_thrown(&thrown))?;
    match JsFuture::from(asked).await {
        Ok(stream) => Ok(stream.unchecked_into()),
        Err(thrown) => Err(CameraError::from_thrown(&thrown)),
    }
}

/// `None` without HTTPS.
fn devices() -> Option<MediaDevices> {
    property(window().navigator(), "mediaDevices")
}
