//! The nine models of the paper.

use serde::Deserialize;

/// A model of the paper.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct PaperModel {
    /// As the paper names it.
    pub name: String,
    /// Sides of its input in pixels.
    pub input: u32,
    /// Values of an embedding.
    pub width: u32,
    /// Parameters of the image tower with its projection.
    pub image_parameters: f64,
    /// Parameters of the text tower with its projection.
    pub text_parameters: f64,
    /// Zero-shot accuracy on ImageNet as published, in percent.
    pub imagenet: f64,
}

/// The models of `app/data/paper_models.json`.
pub fn paper_models() -> Vec<PaperModel> {
    // Cannot fail: a test reads the same text.
    let value = js_sys::JSON::parse(include_str!("../../data/paper_models.json"));
    value
        .ok()
        .and_then(|value| serde_wasm_bindgen::from_value(value).ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn the_table_is_sound() {
        let models = paper_models();
        assert_eq!(models.len(), 9);
        for model in &models {
            // ResNets halve the sides five times; the patches of ViTs are 14, 16 or 32 wide.
            assert_eq!(model.input % 14 * (model.input % 32), 0, "{}", model.name);
            assert!((50.0..80.0).contains(&model.imagenet), "{}", model.name);
        }
        // The total of transformers' ViT-B/32, less its logit scale.
        let known = models.iter().find(|model| model.name == "ViT-B/32");
        let known = known.expect("it is one of them");
        let total = known.image_parameters + known.text_parameters;
        assert_eq!(total, 151_277_312.0);
    }
}
