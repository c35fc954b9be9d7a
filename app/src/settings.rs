//! What a visit leaves for the next one, in the browser's local storage.
//!
//! A browser may refuse its storage altogether; the page then works without, which is why this
//! asks for it each time instead of assuming that it is there.

use glance_engine::DeviceKind;
use glance_engine::text::{imagenet_7_templates, imagenet_80_templates};
use serde::{Deserialize, Serialize};
use wasm_bindgen::JsValue;
use web_sys::Storage;

const KEY: &str = "glance";

/// The person's texts and choices.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// Labels in order.
    pub labels: Vec<String>,
    /// The person's own sentence around each label.
    pub template: String,
    /// Which sentences are in use; settings of earlier versions do without.
    #[serde(default)]
    pub prompts: Prompts,
    /// Whether a neutral entry competes.
    pub none_of_these: bool,
    /// Captions as they were typed.
    pub captions: String,
    /// The tab in front.
    pub mode: Mode,
    /// Which model looks at the pictures.
    #[serde(default)]
    pub model: ChosenModel,
    /// The device that it runs on, where the person chose one.
    #[serde(default)]
    pub device: Option<DeviceKind>,
    /// The id of that model, where it was kept when it was last ready.
    #[serde(default)]
    pub kept: Option<String>,
}

/// The model that looks at the pictures.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChosenModel {
    /// The one that comes with the page.
    #[default]
    Demo,
    /// One in files that the person brought, until it is stored.
    Files,
    /// One that is stored on this device and can be had nowhere else, by its id.
    Stored(String),
    /// One from the hub, by the name that the person typed.
    Hub(String),
}

/// The sentences that each label is put into.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Prompts {
    /// The person's own one.
    #[default]
    Own,
    /// OpenAI's short list.
    ImageNet7,
    /// All that OpenAI used for ImageNet.
    ImageNet80,
}

/// What the page does with pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mode {
    /// Rank labels for each picture.
    Labels,
    /// Compare every picture with every caption.
    Captions,
}

impl Default for Settings {
    fn default() -> Self {
        let labels = [
            "cat",
            "dog",
            "horse",
            "cup of coffee",
            "astronaut",
            "rocket",
            "photographer",
            "car",
        ];
        Self {
            labels: labels.map(str::to_owned).to_vec(),
            template: "a photo of a {}".to_owned(),
            prompts: Prompts::Own,
            none_of_these: false,
            captions: String::new(),
            mode: Mode::Labels,
            model: ChosenModel::Demo,
            device: None,
            kept: None,
        }
    }
}

impl Settings {
    /// The sentences in use.
    pub fn templates(&self) -> Vec<&str> {
        match self.prompts {
            Prompts::Own => vec![&self.template],
            Prompts::ImageNet7 => imagenet_7_templates(),
            Prompts::ImageNet80 => imagenet_80_templates(),
        }
    }
}

/// The last visit's settings, or the default where there are none that can be read.
pub fn load() -> Settings {
    storage()
        .and_then(|storage| storage.get_item(KEY).ok()?)
        .and_then(|text| js_sys::JSON::parse(&text).ok())
        .and_then(|value| serde_wasm_bindgen::from_value(value).ok())
        .unwrap_or_default()
}

/// Keeps settings for the next visit, where the browser lets us.
pub fn save(settings: &Settings) {
    let text = serde_wasm_bindgen::to_value(settings)
        .map_err(JsValue::from)
        .and_then(|value| js_sys::JSON::stringify(&value));
    if let (Some(storage), Ok(text)) = (storage(), text) {
        // A full storage costs the next visit its texts, and this one nothing.
        let _ = storage.set_item(KEY, &String::from(text));
    }
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}
