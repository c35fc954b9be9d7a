//! Models that are one click away, and what each is good at.

use serde::Deserialize;

/// How the name of the demo model begins. A host may replace that model; [`DEMO`] does not describe
/// the replacement.
pub const DEMO_NAME: &str = "Glance demo";

/// What the demo model is good at.
pub const DEMO: &str = "Glance demo (small): knows everyday things, animals, food and emoji; weak \
                        on scenes, text, faces and fine detail.";

/// A model of the Hugging Face Hub.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct HubModel {
    /// The name to display.
    pub name: String,
    /// `owner/name`.
    pub repository: String,
    /// Approximate bytes to download: the weights in f32.
    pub download: f64,
    /// Approximate bytes to store.
    pub stored: f64,
    /// SPDX expression.
    pub license: String,
    /// Zero-shot accuracy on ImageNet as its authors report it, in percent.
    pub imagenet: f64,
    /// What it is good at, in one sentence.
    pub good_at: String,
}

/// The models of `app/data/models.json`.
pub fn hub_models() -> Vec<HubModel> {
    // Cannot fail: a test parses the same text.
    parse(include_str!("../data/models.json")).unwrap_or_default()
}

/// Uses JavaScript's JSON parser, which saves adding one to the page.
fn parse<T: for<'a> Deserialize<'a>>(text: &str) -> Option<T> {
    let value = js_sys::JSON::parse(text).ok()?;
    serde_wasm_bindgen::from_value(value).ok()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[derive(Deserialize)]
    struct Size {
        parameters: f64,
    }

    #[wasm_bindgen_test]
    fn the_list_is_sound() {
        let text = include_str!("../data/models.json");
        let models: Vec<HubModel> = parse(text).expect("every entry has every field");
        let sizes: Vec<Size> = parse(text).expect("every entry has its parameters");
        let repositories: HashSet<_> = models.iter().map(|model| &model.repository).collect();
        assert_eq!(repositories.len(), models.len());
        for (model, Size { parameters }) in models.iter().zip(sizes) {
            let HubModel { repository, .. } = model;
            assert_eq!(repository.split('/').count(), 2, "{repository}");
            assert_eq!(model.download, 4.0 * parameters, "{repository} is in f32");
            let bytes_a_parameter = model.stored / parameters;
            assert!((1.0..1.1).contains(&bytes_a_parameter), "{repository}");
            assert!((1.0..100.0).contains(&model.imagenet), "{repository}");
            assert!(model.good_at.ends_with('.'), "{repository}");
        }
    }
}
