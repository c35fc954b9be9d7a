//! The person's settings, in the browser's local storage.

use glance_prompts::{imagenet_7_templates, imagenet_80_templates};
use glance_protocol::DeviceKind;
use serde::{Deserialize, Serialize};

use crate::browser::storage;

use crate::arrangement::View;

const KEY: &str = "glance";
/// The sentence of a first visit.
pub const DEFAULT_TEMPLATE: &str = "a photo of a {}";

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
    /// Whether labels are learnt from the pictures that were moved to them.
    #[serde(default)]
    pub learn: bool,
    /// Captions as they were typed.
    pub captions: String,
    /// What is searched for, as it was typed.
    #[serde(default)]
    pub query: String,
    /// The selected tab.
    pub mode: Mode,
    /// How the pictures are arranged.
    #[serde(default)]
    pub view: View,
    /// How captions and pictures are shown together; `None` for what fits the screen.
    #[serde(default)]
    pub matches: Option<Matches>,
    /// The chosen model.
    #[serde(default)]
    pub model: ChosenModel,
    /// The device that the person chose, if any.
    #[serde(default)]
    pub device: Option<DeviceKind>,
    /// The id of the chosen model, if it was stored when it was last ready.
    #[serde(default)]
    pub kept: Option<String>,
    /// Whether the options below the labels are open; `None` until the person opens or closes them.
    #[serde(default)]
    pub more_open: Option<bool>,
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

/// What the page does with pictures. Earlier versions stored the other names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mode {
    /// Rank labels for each picture, and group the pictures by them.
    #[serde(alias = "Labels")]
    Sort,
    /// Order the pictures by a text or another picture.
    Search,
    /// Compare every picture with every caption.
    #[serde(alias = "Captions")]
    Match,
}

/// How captions and pictures are shown together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Matches {
    /// The best pictures of each caption.
    ByCaption,
    /// The best caption of each picture.
    ByPicture,
    /// All cosines.
    Table,
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
            template: DEFAULT_TEMPLATE.to_owned(),
            prompts: Prompts::Own,
            none_of_these: false,
            learn: false,
            captions: String::new(),
            query: String::new(),
            mode: Mode::Sort,
            view: View::default(),
            matches: None,
            model: ChosenModel::Demo,
            device: None,
            kept: None,
            more_open: None,
        }
    }
}

impl Settings {
    /// The sentences in use.
    pub fn templates(&self) -> Vec<String> {
        let published = match self.prompts {
            Prompts::Own => return vec![self.template.clone()],
            Prompts::ImageNet7 => imagenet_7_templates(),
            Prompts::ImageNet80 => imagenet_80_templates(),
        };
        published.into_iter().map(str::to_owned).collect()
    }
}

impl Prompts {
    /// The name in HTML and in links.
    pub fn name(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::ImageNet7 => "imagenet-7",
            Self::ImageNet80 => "imagenet-80",
        }
    }

    /// The choice of this name.
    pub fn named(name: &str) -> Option<Self> {
        let mut all = [Self::Own, Self::ImageNet7, Self::ImageNet80].into_iter();
        all.find(|choice| choice.name() == name)
    }
}

/// The last visit's settings, or the defaults if none can be read.
pub fn load() -> Settings {
    storage::load(KEY).unwrap_or_default()
}

/// Saves settings for the next visit, if the browser allows it.
pub fn save(settings: &Settings) {
    // If the storage is full, only the next visit loses its texts.
    storage::save(KEY, settings);
}
