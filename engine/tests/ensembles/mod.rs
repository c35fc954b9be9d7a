//! Prompt ensembles against PyTorch (`tests/fixtures/make_ensemble_fixture.py`), and properties of
//! every ensemble.

use glance_engine::text::{fill_template, imagenet_7_templates, imagenet_80_templates};
use glance_engine::weights::WeightType;
use glance_engine::{Clip, Embedding, score};
use serde::Deserialize;

use crate::common::{FIXTURES, Fixture, Loader, TestDevice, assert_close};

/// A network whose context is long enough for every prompt.
const NETWORK: &str = "vit-many-patches";

/// PyTorch's results.
#[derive(Deserialize)]
struct Ensemble {
    labels: Vec<String>,
    embeddings: Vec<Vec<f32>>,
    logits: Vec<Vec<f32>>,
    probabilities: Vec<Vec<f32>>,
}

/// Averaged embeddings, logits, probabilities and their order equal the reference's.
pub async fn assert_ensemble_parity(on: TestDevice) {
    let reference: Ensemble =
        serde_json::from_str(include_str!("../../../tests/fixtures/ensemble.json"))
            .expect("the fixture is whole");
    let (clip, fixture) = load(on).await;
    let texts = encode(&clip, &reference.labels, &imagenet_7_templates()).await;
    let values: Vec<f32> = texts.iter().flat_map(|text| text.0.clone()).collect();
    assert_close(&values, &reference.embeddings.concat(), "label embeddings");

    let pixels = fixture.reference().pixels;
    let images = clip.encode_pixels(&pixels).await;
    for (index, image) in images.expect("the device answers").iter().enumerate() {
        let ranked = clip.rank(image, &texts);
        let best = score::top_k(&reference.probabilities[index], texts.len());
        let order: Vec<usize> = ranked.iter().map(|ranked| ranked.label).collect();
        assert_eq!(order, best, "picture {index}");
        let of_best = |rows: &[Vec<f32>]| -> Vec<f32> {
            best.iter().map(|&label| rows[index][label]).collect()
        };
        let logits: Vec<f32> = ranked
            .iter()
            .map(|ranked| clip.logit_scale() * ranked.cosine)
            .collect();
        assert_close(&logits, &of_best(&reference.logits), "logits");
        let shares: Vec<f32> = ranked.iter().map(|ranked| ranked.probability).collect();
        assert_close(&shares, &of_best(&reference.probabilities), "probabilities");
    }
}

/// One template gives the filled text's embedding, and no template the label's. Neither the order
/// of templates nor other labels matter. Embeddings have unit length.
pub async fn assert_ensemble_properties(on: TestDevice) {
    let (clip, _) = load(on).await;
    // With 80 templates these need several batches. A placeholder in a label means nothing.
    let mut labels: Vec<String> = (0..15).map(|index| format!("thing {index}")).collect();
    labels.extend(["{}", "a {} of {}", ""].map(str::to_owned));

    let filled: Vec<String> = labels
        .iter()
        .map(|label| fill_template("a {} beside a {}", label))
        .collect();
    let expected = clip.encode_texts(&filled).await.expect("texts encode");
    assert_eq!(
        encode(&clip, &labels, &["a {} beside a {}"]).await,
        expected
    );
    let expected = clip.encode_texts(&labels).await.expect("texts encode");
    assert_eq!(encode(&clip, &labels, &[]).await, expected);

    let mut templates = imagenet_80_templates();
    let together = encode(&clip, &labels, &templates).await;
    templates.reverse();
    templates.swap(3, 50);
    let shuffled = encode(&clip, &labels, &templates).await;
    let pairs = together.iter().zip(&shuffled).zip(&labels);
    for ((Embedding(one), Embedding(other)), label) in pairs {
        let length = one.iter().map(|value| value * value).sum::<f32>().sqrt();
        assert!((length - 1.0).abs() < 1e-6, "{label}: length {length}");
        for (one, other) in one.iter().zip(other) {
            assert!((one - other).abs() < 1e-6, "{label}: {one} and {other}");
        }
    }
    for index in [0, labels.len() - 1] {
        let alone = encode(&clip, &labels[index..=index], &imagenet_80_templates()).await;
        assert_eq!(alone[0], together[index], "{}", labels[index]);
    }
}

async fn encode(clip: &Clip, labels: &[String], templates: &[&str]) -> Vec<Embedding> {
    let embeddings = clip.encode_labels(labels, templates).await;
    embeddings.expect("labels encode")
}

async fn load(on: TestDevice) -> (Clip, &'static Fixture) {
    let fixture = FIXTURES
        .iter()
        .find(|fixture| fixture.name == NETWORK)
        .expect("the network is committed");
    let clip = Loader::new(on).await.load(fixture, WeightType::F32).await;
    (clip, fixture)
}
