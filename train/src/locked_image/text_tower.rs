//! Second stage: the text tower learns to say, for any phrase in any template, what the phrase means.
//!
//! It minimises the angle to the mixture of anchors that the phrase means, and the cross-entropy of
//! that mixture among all anchors, which keeps near names apart.

use std::path::Path;
use std::time::Instant;

use burn::module::Module;
use burn::optim::GradientsParams;
use burn::tensor::{Device, Int, Tensor, TensorData, activation};
use glance_engine::text::Tokenizer;
use glance_engine::twin::Twin;
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use super::losses::unit;
use crate::batch::pad;
use crate::checkpoint;
use crate::data::fill;
use crate::optimizer::{learning_rate, optimizer};
use crate::words::meanings::Phrase;

/// How long and with what the stage learns.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Steps of the whole stage.
    pub steps: usize,
    /// Steps between checkpoints.
    pub every: usize,
    /// Seed of the draws.
    pub seed: u64,
}

/// Phrases a step.
const BATCH: usize = 256;
/// Phrases of about one length that run together, so that few positions are padding.
const CHUNK: usize = 32;
/// Share of phrases that name pictures; the others are nouns whose meaning is inferred.
const NAMED: f64 = 0.75;
const LEARNING_RATE: f64 = 2e-3;
/// Factor of the learning rate of the tokens' vectors: a step meets a token seldom.
const TOKEN_RATE: f64 = 5.0;
const WARM_UP: usize = 100;
const WEIGHT_DECAY: f32 = 0.05;
/// Factor from cosine to logit.
const SCALE: f32 = 30.0;
/// Weight of one minus the cosine.
const ANGLE_WEIGHT: f32 = 4.0;
/// How often a phrase stands alone, and how often in the plural.
const BARE: f64 = 0.3;
const PLURAL: f64 = 0.05;

/// Sentences that a phrase may stand in; "a" becomes "an" before a vowel.
const TEMPLATES: [&str; 18] = [
    "a photo of a {}",
    "a photo of a {}",
    "a photo of the {}",
    "a photo of {}",
    "a picture of a {}",
    "an image of a {}",
    "a close-up photo of a {}",
    "a photo of a {}.",
    "a drawing of a {}",
    "an illustration of a {}",
    "an icon of a {}",
    "an emoji of a {}",
    "a {} emoji",
    "{} emoji",
    "{} icon",
    "this is a {}",
    "a {}",
    "the {}",
];

/// Prompts whose mean stands for a name.
const ENSEMBLE: [&str; 4] = ["{}", "a photo of a {}", "a drawing of a {}", "{} emoji"];

/// What there is to learn.
pub struct Lesson<'a> {
    /// From prompts to tokens.
    pub tokenizer: &'a Tokenizer,
    /// Phrases and what they mean.
    pub phrases: &'a [Phrase],
    /// Unit vectors `[anchors, width]`.
    pub anchors: &'a [f32],
    /// Values of an embedding.
    pub width: usize,
}

/// Teaches the text tower of `twin`; its other weights stay. A run that was cut short goes on from
/// its last checkpoint in `folder`.
///
/// # Errors
/// The tokenizer's, and those of the checkpoint.
pub fn teach(
    twin: Twin,
    lesson: &Lesson<'_>,
    folder: &Path,
    options: &Options,
    device: &Device,
) -> Result<Twin, Box<dyn std::error::Error>> {
    let Lesson {
        tokenizer,
        phrases,
        anchors,
        width,
    } = *lesson;
    let Options { steps, every, seed } = *options;
    let resumed = checkpoint::resume(folder, &twin, |twin| optimizer(twin, WEIGHT_DECAY))?;
    let (first, mut twin, mut optimizer) = resumed.unwrap_or_else(|| {
        let optimizer = optimizer(&twin, WEIGHT_DECAY);
        (0, twin, optimizer)
    });
    let count = anchors.len() / width;
    let anchors = Tensor::<2>::from_data(TensorData::new(anchors.to_vec(), [count, width]), device);
    let (named, inferred): (Vec<&Phrase>, Vec<&Phrase>) =
        phrases.iter().partition(|phrase| !phrase.inferred);
    let begun = Instant::now();
    for step in first..steps {
        // Each step from its own seed, so that a resumed run sees what a whole one would have.
        let mut rng = SmallRng::seed_from_u64(seed << 32 | step as u64);
        let chosen: Vec<&Phrase> = (0..BATCH)
            .filter_map(|_| {
                let list = match inferred.is_empty() || rng.random_bool(NAMED) {
                    true => &named,
                    false => &inferred,
                };
                list.choose(&mut rng).copied()
            })
            .collect();
        let mut prompts: Vec<(String, &Phrase)> = chosen
            .into_iter()
            .map(|phrase| (prompt(&phrase.text, &mut rng), phrase))
            .collect();
        prompts.sort_by_key(|(text, _)| text.len());
        let (texts, chosen): (Vec<String>, Vec<&Phrase>) = prompts.into_iter().unzip();
        let embeddings = texts
            .chunks(CHUNK)
            .map(|texts| encode(&twin, texts, tokenizer, device))
            .collect::<Result<Vec<_>, _>>()?;
        let embeddings = Tensor::cat(embeddings, 0);
        let meant = meant(&chosen, count, device);
        let targets = unit(meant.clone().matmul(anchors.clone()));
        let angle = (embeddings.clone() * targets)
            .sum()
            .div_scalar(texts.len() as f64);
        let angle = angle.neg().add_scalar(1.0);
        let logits = embeddings
            .matmul(anchors.clone().transpose())
            .mul_scalar(SCALE);
        let mixture = (meant * activation::log_softmax(logits, 1))
            .sum()
            .div_scalar(-(texts.len() as f64));
        let loss = angle.clone().mul_scalar(ANGLE_WEIGHT) + mixture.clone();
        let mut gradients = GradientsParams::from_grads(loss.backward(), &twin);
        let rate = learning_rate(step, steps, WARM_UP, LEARNING_RATE);
        let table = twin.token_embedding();
        if let Some(gradient) = gradients.remove::<2>(table) {
            let mut alone = GradientsParams::new();
            alone.register(table, gradient);
            twin = optimizer.step(TOKEN_RATE * rate, twin, alone);
        }
        twin = optimizer.step(rate, twin, gradients);
        let done = step + 1;
        if done % 50 == 0 || done == steps {
            println!(
                "texts: step {done} of {steps}, angle {:.3}, cross-entropy {:.3}, {:.2} s a step",
                angle.into_scalar::<f32>(),
                mixture.into_scalar::<f32>(),
                begun.elapsed().as_secs_f32() / (done - first) as f32
            );
        }
        if done % every == 0 || done == steps {
            checkpoint::save(folder, done, &twin, &optimizer)?;
        }
    }
    Ok(twin)
}

/// What a taught text tower makes of names, `[names, width]`: the mean over prompts, a unit vector
/// each.
///
/// # Errors
/// The tokenizer's.
pub fn vectors(
    twin: &Twin,
    names: &[String],
    tokenizer: &Tokenizer,
    device: &Device,
) -> Result<Vec<f32>, glance_engine::Error> {
    let twin = twin.valid();
    let mut vectors = Vec::new();
    for names in names.chunks(BATCH) {
        let mut sum: Option<Tensor<2>> = None;
        for template in ENSEMBLE {
            let texts: Vec<String> = names.iter().map(|name| fill(template, name)).collect();
            let embeddings = encode(&twin, &texts, tokenizer, device)?;
            sum = Some(match sum {
                Some(sum) => sum + embeddings,
                None => embeddings,
            });
        }
        let mean = sum.map(unit).expect("there are templates");
        vectors.extend(mean.into_data().iter::<f32>());
    }
    Ok(vectors)
}

/// Unit embeddings of texts, `[texts, width]`.
fn encode(
    twin: &Twin,
    texts: &[String],
    tokenizer: &Tokenizer,
    device: &Device,
) -> Result<Tensor<2>, glance_engine::Error> {
    let (sequence, ids, ends) = pad(texts, tokenizer)?;
    let ids = Tensor::<2, Int>::from_data(TensorData::new(ids, [texts.len(), sequence]), device);
    let ends = Tensor::<1, Int>::from_data(TensorData::new(ends, [texts.len()]), device);
    Ok(twin.encode_texts(ids, ends))
}

/// `[phrases, anchors]`: the shares of each phrase's meaning.
fn meant(phrases: &[&Phrase], anchors: usize, device: &Device) -> Tensor<2> {
    let mut shares = vec![0.0_f32; phrases.len() * anchors];
    for (row, phrase) in shares.chunks_exact_mut(anchors).zip(phrases) {
        for (anchor, share) in &phrase.meaning {
            row[*anchor as usize] += share;
        }
    }
    Tensor::from_data(TensorData::new(shares, [phrases.len(), anchors]), device)
}

/// A phrase by itself or in a sentence, now and then in the plural.
fn prompt(phrase: &str, rng: &mut impl Rng) -> String {
    let phrase = match rng.random_bool(PLURAL) {
        true => plural(phrase),
        false => phrase.to_owned(),
    };
    let template = TEMPLATES.choose(rng).filter(|_| !rng.random_bool(BARE));
    let Some(template) = template else {
        return phrase;
    };
    fill(template, &phrase)
}

/// The regular plural of a phrase's last word.
fn plural(phrase: &str) -> String {
    let sibilant = ["s", "x", "z", "ch", "sh"];
    if sibilant.iter().any(|ending| phrase.ends_with(ending)) {
        return format!("{phrase}es");
    }
    match phrase.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'i', 'o', 'u']) => format!("{stem}ies"),
        _ => format!("{phrase}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_follow_spelling() {
        let found = ["cat", "fox", "cherry", "key", "finch"].map(plural);
        assert_eq!(found, ["cats", "foxes", "cherries", "keys", "finches"]);
    }

    #[test]
    fn a_prompt_holds_its_phrase_and_reads_well() {
        let mut rng = SmallRng::seed_from_u64(3);
        let prompts: Vec<String> = (0..500).map(|_| prompt("owl", &mut rng)).collect();
        for text in &prompts {
            assert!(text.contains("owl") && !text.contains("{}"), "{text}");
            assert!(!text.contains(" a owl"), "{text}");
        }
        assert!(prompts.iter().any(|text| text == "owl"));
        assert!(prompts.iter().any(|text| text == "a photo of an owl"));
    }
}
