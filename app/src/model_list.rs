//! Models that are one click away: what each is good at, how fast it would be here, and which one to
//! recommend.

use serde::Deserialize;

use crate::texts;

/// How the name of the demo model begins. A host may replace that model; the list does not describe
/// the replacement.
pub const DEMO_NAME: &str = "Glance demo";

/// The recommended model does at least this many pictures a second.
const FAST_ENOUGH: f64 = 2.0;
/// The recommended model takes at most this share of the device's memory.
const SHARE_OF_MEMORY: f64 = 0.25;

/// A model of the list.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct ListedModel {
    /// The name to display.
    pub name: String,
    /// `owner/name` on the Hugging Face Hub; `None` for the model that comes with the page.
    pub repository: Option<String>,
    /// `small`, `balanced` or `best`.
    kind: String,
    /// Approximate bytes to download: the weights in f32, or the demo model's pack.
    pub download: f64,
    /// Approximate bytes to store, and to hold in memory.
    pub stored: f64,
    /// SPDX expression.
    pub license: String,
    /// Zero-shot accuracy on ImageNet as its authors report it, in percent. `None` if it learned from
    /// ImageNet's own names, so that no figure compares.
    pub imagenet: Option<f64>,
    /// Multiply-adds of its image tower for one picture, if that is a vision transformer. Other
    /// networks run at other rates.
    pub multiply_adds: Option<f64>,
}

impl ListedModel {
    /// A word on its size and its answers.
    pub fn kind_in_words(&self) -> Option<&'static str> {
        Some(match self.kind.as_str() {
            "small" => texts::models_small(),
            "balanced" => texts::models_balanced(),
            "best" => texts::models_best(),
            _ => return None,
        })
    }

    /// What it is good at, in one sentence.
    pub fn good_at(&self) -> Option<&'static str> {
        Some(match self.name.as_str() {
            DEMO_NAME => texts::models_good_demo(),
            "TinyCLIP 8M/16" => texts::models_good_tinyclip_8m_16(),
            "OpenAI CLIP B/32" => texts::models_good_openai_b_32(),
            "DataComp CLIP B/32" => texts::models_good_datacomp_b_32(),
            "OpenAI CLIP B/16" => texts::models_good_openai_b_16(),
            "DataComp CLIP B/16" => texts::models_good_datacomp_b_16(),
            "OpenAI CLIP L/14" => texts::models_good_openai_l_14(),
            "DataComp CLIP L/14" => texts::models_good_datacomp_l_14(),
            _ => return None,
        })
    }

    /// Pictures a second where a vision transformer does `speed` multiply-adds a second.
    fn pictures_a_second(&self, speed: f64) -> Option<f64> {
        Some(speed / self.multiply_adds?)
    }

    /// How fast it would be, in words, where a vision transformer does `speed` multiply-adds a second.
    pub fn speed_in_words(&self, speed: f64) -> Option<String> {
        let pictures = self.pictures_a_second(speed)?;
        Some(match pictures >= 0.95 {
            true => texts::models_speed_pictures(one_digit(pictures)),
            false => texts::models_speed_seconds(one_digit(1.0 / pictures)),
        })
    }
}

/// The models of `app/data/models.json`, the smallest first.
pub fn listed_models() -> Vec<ListedModel> {
    // Cannot fail: a test parses the same text.
    parse(include_str!("../data/models.json")).unwrap_or_default()
}

/// The model with the best answers that fits a device with this many bytes of memory and is fast
/// enough at `speed` multiply-adds a second. One of unknown speed counts as fast enough, and one
/// whose answers have no figure as the worst.
pub fn recommended(models: &[ListedModel], speed: f64, memory: f64) -> Option<&ListedModel> {
    let fits = |model: &&ListedModel| model.stored <= memory * SHARE_OF_MEMORY;
    let is_fast = |model: &&ListedModel| {
        let pictures = model.pictures_a_second(speed);
        pictures.is_none_or(|pictures| pictures >= FAST_ENOUGH)
    };
    let candidates = models.iter().filter(fits).filter(is_fast);
    let quality = |model: &ListedModel| model.imagenet.unwrap_or_default();
    candidates.max_by(|one, other| quality(one).total_cmp(&quality(other)))
}

/// The nearest whole number with one significant digit.
fn one_digit(number: f64) -> usize {
    let digit = 10_f64.powf(number.log10().floor());
    ((number / digit).round() * digit).round() as usize
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

    /// Pixels a side of every listed vision transformer's input.
    const SIDE: f64 = 224.0;

    #[derive(Deserialize)]
    struct Size {
        parameters: Option<f64>,
        tower: Option<Tower>,
    }

    #[derive(Deserialize)]
    struct Tower {
        patch: f64,
        width: f64,
        layers: f64,
    }

    impl Tower {
        /// A block's matrices have 12 × width² weights, which each position meets once; attention
        /// multiplies each position with each, twice. Patches go through one more matrix.
        fn multiply_adds(&self) -> f64 {
            let patches = (SIDE / self.patch).floor().powi(2);
            let positions = patches + 1.0;
            let block =
                positions * 12.0 * self.width.powi(2) + 2.0 * positions.powi(2) * self.width;
            self.layers * block + patches * 3.0 * self.patch.powi(2) * self.width
        }
    }

    #[wasm_bindgen_test]
    fn the_list_is_sound() {
        let text = include_str!("../data/models.json");
        let models: Vec<ListedModel> = parse(text).expect("every entry has every field");
        let sizes: Vec<Size> = parse(text).expect("sizes are numbers");
        let repositories: HashSet<_> = models.iter().map(|model| &model.repository).collect();
        assert_eq!(repositories.len(), models.len());
        assert_eq!(models[0].name, DEMO_NAME);
        assert_eq!(models[0].repository, None);
        let sentences: HashSet<_> = models.iter().filter_map(ListedModel::good_at).collect();
        assert_eq!(sentences.len(), models.len(), "each has its own sentence");
        assert!(sentences.iter().all(|sentence| sentence.ends_with('.')));
        assert!(models.iter().all(|model| model.kind_in_words().is_some()));
        for (model, Size { parameters, tower }) in models.iter().zip(sizes).skip(1) {
            let name = &model.name;
            let repository = model.repository.as_ref().expect("others are on the hub");
            assert_eq!(repository.split('/').count(), 2, "{name}");
            let parameters = parameters.expect("its parameters are listed");
            assert_eq!(model.download, 4.0 * parameters, "{name} is in f32");
            let bytes_a_parameter = model.stored / parameters;
            assert!((1.0..1.1).contains(&bytes_a_parameter), "{name}");
            assert!(
                model.imagenet.is_some_and(|it| (1.0..100.0).contains(&it)),
                "{name}"
            );
            let tower = tower.expect("its shape is listed");
            assert_eq!(model.multiply_adds, Some(tower.multiply_adds()), "{name}");
        }
    }

    fn recommends(speed: f64, memory: f64) -> Option<String> {
        let models = listed_models();
        recommended(&models, speed, memory).map(|model| model.name.clone())
    }

    #[wasm_bindgen_test]
    fn the_best_that_is_fast_enough_is_recommended() {
        for (speed, name) in [
            (1e9, "Glance demo"),
            (4e9, "TinyCLIP 8M/16"),
            (9e9, "DataComp CLIP B/32"),
            (40e9, "DataComp CLIP B/16"),
            (1e12, "DataComp CLIP L/14"),
        ] {
            assert_eq!(recommends(speed, 8e9).as_deref(), Some(name), "{speed}");
        }
    }

    #[wasm_bindgen_test]
    fn the_best_that_fits_is_recommended() {
        for (memory, name) in [
            (4e9, Some("DataComp CLIP L/14")),
            (1e9, Some("DataComp CLIP B/16")),
            (0.25e9, Some("TinyCLIP 8M/16")),
            (0.0, None),
        ] {
            assert_eq!(recommends(1e12, memory).as_deref(), name, "{memory}");
        }
    }

    #[wasm_bindgen_test]
    fn a_speed_has_one_digit() {
        let models = listed_models();
        let tower = models[1].multiply_adds.expect("it is a transformer");
        for (pictures, words) in [
            (234.0, "about 200 pictures a second here"),
            (9.6, "about 10 pictures a second here"),
            (1.2, "about 1 picture a second here"),
            (0.7, "about 1 second a picture here"),
            (0.3, "about 3 seconds a picture here"),
            (0.035, "about 30 seconds a picture here"),
        ] {
            let said = models[1].speed_in_words(pictures * tower);
            assert_eq!(said.as_deref(), Some(words));
        }
        assert_eq!(models[0].speed_in_words(1e9), None, "its rate is another");
    }
}
