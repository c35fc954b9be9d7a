//! The person's settings, in the browser's local storage.
//!
//! A browser may refuse local storage; the page then works without it. So every access asks for it
//! again.

use glance_prompts::{imagenet_7_templates, imagenet_80_templates};
use glance_protocol::DeviceKind;
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
    /// Which sentences are in use; missing in settings of earlier versions.
    #[serde(default)]
    pub prompts: Prompts,
    /// Whether "none of these" competes.
    pub none_of_these: bool,
    /// Captions as they were typed.
    pub captions: String,
    /// The selected tab.
    pub mode: Mode,
    /// The chosen model.
    #[serde(default)]
    pub model: ChosenModel,
    /// The device that the person chose, if any.
    #[serde(default)]
    pub device: Option<DeviceKind>,
    /// The id of the chosen model, if it was stored when it was last ready.
    #[serde(default)]
    pub kept: Option<String>,
}

/// The chosen model, by its source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ChosenModel {
    /// The model that comes with the page.
    #[default]
    Demo,
    /// A model in the person's files, until it is stored.
    Files,
    /// A stored model that cannot be fetched from anywhere, by its id.
    Stored(String),
    /// A model from the Hub, by the name that the person typed.
    Hub(String),
}

/// The sentences that each label is put into.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Prompts {
    /// The person's own sentence.
    #[default]
    Own,
    /// OpenAI's short list.
    ImageNet7,
    /// OpenAI's full list for ImageNet.
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

/// The last visit's settings, or the defaults if none can be read.
pub fn load() -> Settings {
    storage()
        .and_then(|storage| storage.get_item(KEY).ok()?)
        .and_then(|text| js_sys::JSON::parse(&text).ok())
        .and_then(|value| serde_wasm_bindgen::from_value(value).ok())
        .unwrap_or_default()
}

/// Saves settings for the next visit, if the browser allows it.
pub fn save(settings: &Settings) {
    let text = serde_wasm_bindgen::to_value(settings)
        .map_err(JsValue::from)
        .and_then(|value| js_sys::JSON::stringify(&value));
    if let (Some(storage), Ok(text)) = (storage(), text) {
        // If the storage is full, only the next visit loses its texts.
        let _ = storage.set_item(KEY, &String::from(text));
    }
}

fn storage() -> Option<Storage> {
    web_sys::window()?.local_storage().ok()?
}
