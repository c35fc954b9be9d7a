//! Label sets that come with the page. Their files are beside it, one label a line;
//! `static/label-sets/README.md` has their sources and licences.

use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::Response;

use crate::browser::address;
use crate::settings::DEFAULT_TEMPLATE;
use crate::texts;

/// A label set that comes with the page.
#[derive(Debug)]
pub struct Preset {
    /// The name to display, in the person's language.
    pub name: fn() -> &'static str,
    /// Its file in `label-sets/`.
    pub file: &'static str,
    /// Number of labels.
    pub count: usize,
    /// Where it comes from.
    pub source: fn() -> &'static str,
    /// A sentence that suits its labels.
    pub template: &'static str,
}

/// All sets, in display order.
pub const PRESETS: [Preset; 8] = [
    Preset {
        name: texts::sets_everyday,
        file: "everyday-things.txt",
        count: 120,
        source: texts::sets_source_ours,
        template: DEFAULT_TEMPLATE,
    },
    Preset {
        name: || "ImageNet",
        file: "imagenet-1k.txt",
        count: 998,
        source: texts::sets_source_imagenet,
        template: DEFAULT_TEMPLATE,
    },
    Preset {
        name: texts::sets_scenes,
        file: "places-365.txt",
        count: 365,
        source: || "Places365",
        template: DEFAULT_TEMPLATE,
    },
    Preset {
        name: || "CIFAR-10",
        file: "cifar-10.txt",
        count: 10,
        source: || "CIFAR-10",
        template: DEFAULT_TEMPLATE,
    },
    Preset {
        name: texts::sets_documents,
        file: "documents.txt",
        count: 40,
        source: texts::sets_source_ours,
        template: "a picture of a {}",
    },
    Preset {
        name: texts::sets_colours,
        file: "colours.txt",
        count: 16,
        source: texts::sets_source_ours,
        template: "a photo of something {}",
    },
    Preset {
        name: texts::sets_moods,
        file: "moods.txt",
        count: 16,
        source: texts::sets_source_ours,
        template: "a photo with a {} mood",
    },
    Preset {
        name: texts::sets_weather,
        file: "weather.txt",
        count: 10,
        source: texts::sets_source_ours,
        template: "a photo taken in {} weather",
    },
];

/// Whether the page itself may have written this sentence, so that another set may replace it.
pub fn is_ours(template: &str) -> bool {
    template == DEFAULT_TEMPLATE || PRESETS.iter().any(|preset| preset.template == template)
}

impl Preset {
    /// Fetches the labels, or `None` if they cannot be had.
    pub async fn labels(&self) -> Option<Vec<String>> {
        let url = address::beside_page(&format!("label-sets/{}", self.file))?;
        let response = JsFuture::from(web_sys::window()?.fetch_with_str(&url)).await;
        let response: Response = response.ok()?.dyn_into().ok()?;
        if !response.ok() {
            return None;
        }
        let text = JsFuture::from(response.text().ok()?).await.ok()?;
        let labels = lines(&text.as_string()?);
        // Some hosts answer with a page of theirs if a file is missing.
        let is_page = labels.first().is_none_or(|first| first.starts_with('<'));
        (!is_page).then_some(labels)
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;
    use crate::label_sets::file;
    use crate::text_list::{MAX_LABELS, one_label};

    const FILES: [(&str, &str); 8] = [
        (
            "everyday-things.txt",
            include_str!("../../../static/label-sets/everyday-things.txt"),
        ),
        (
            "imagenet-1k.txt",
            include_str!("../../../static/label-sets/imagenet-1k.txt"),
        ),
        (
            "places-365.txt",
            include_str!("../../../static/label-sets/places-365.txt"),
        ),
        (
            "cifar-10.txt",
            include_str!("../../../static/label-sets/cifar-10.txt"),
        ),
        (
            "documents.txt",
            include_str!("../../../static/label-sets/documents.txt"),
        ),
        (
            "colours.txt",
            include_str!("../../../static/label-sets/colours.txt"),
        ),
        (
            "moods.txt",
            include_str!("../../../static/label-sets/moods.txt"),
        ),
        (
            "weather.txt",
            include_str!("../../../static/label-sets/weather.txt"),
        ),
    ];

    #[wasm_bindgen_test]
    fn every_file_is_what_the_list_says() {
        for (preset, (name, text)) in PRESETS.iter().zip(FILES) {
            assert_eq!(preset.file, name);
            let labels = lines(text);
            assert_eq!(labels.len(), preset.count, "{name}");
            assert!(labels.len() <= MAX_LABELS, "{name}");
            let distinct: HashSet<_> = labels.iter().collect();
            assert_eq!(distinct.len(), labels.len(), "{name}");
            for label in &labels {
                assert_eq!(one_label(label).as_ref(), Some(label), "{name}");
            }
            assert_eq!(file::labels(text.as_bytes()), Ok(labels), "{name}");
            assert_eq!(preset.template.matches("{}").count(), 1, "{name}");
        }
    }

    #[wasm_bindgen_test]
    fn only_our_own_sentences_are_replaced() {
        for (template, ours) in [
            ("a photo of a {}", true),
            ("a photo with a {} mood", true),
            ("a photo of my {}", false),
            ("", false),
        ] {
            assert_eq!(is_ours(template), ours, "{template}");
        }
    }
}
