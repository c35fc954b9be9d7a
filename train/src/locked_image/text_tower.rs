//! Stage 2: the text tower learns the meaning of every phrase, in any template.
//!
//! Two losses are minimised: the angle to the phrase's mixture of anchors, and the cross-entropy of
//! that mixture among all anchors, which keeps near names apart. Inferred meanings are first moved
//! away from photographs a little (`unseen`). Imagined photographs can add a third loss
//! (`photograph_loss`).

use std::path::Path;
use std::thread;
use std::time::Instant;

use burn::module::Module;
use burn::optim::{GradientsAccumulator, GradientsParams};
use burn::tensor::{Device, Int, Tensor, TensorData, activation};
use glance_engine::burn_model::BurnModel;
use glance_engine::text::Tokenizer;
use rand::rngs::SmallRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use super::concepts::losses::unit;
use super::concepts::unseen::move_away_from_photographs;
use super::photograph_loss::{Draw, PhotographLoss};
use super::prompts::prompt;
use crate::batch::pad;
use crate::checkpoint;
use crate::data::fill;
use crate::optimizer::{learning_rate, optimizer};
use crate::words::meanings::Phrase;

/// Training options of the stage.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Steps of the whole stage.
    pub steps: usize,
    /// Steps between checkpoints.
    pub every: usize,
    /// Largest learning rate: [`LEARNING_RATE`], or [`REFINING_RATE`] for a trained tower.
    pub rate: f64,
    /// Seed of the random draws.
    pub seed: u64,
}

/// Phrases a step.
const BATCH: usize = 256;
/// Phrases of similar length that are encoded together, to limit padding.
const CHUNK: usize = 32;
/// Share of phrases that name pictures; the others are nouns whose meaning is inferred.
const NAMED: f64 = 0.75;
/// Parts of a step that run in parallel, because only burn's matrix products use two cores.
const PARTS: usize = 2;
/// Largest learning rate of an untrained tower.
pub const LEARNING_RATE: f64 = 2e-3;
/// Largest learning rate of a trained tower. A larger one would undo its training.
pub const REFINING_RATE: f64 = 8e-4;
/// Factor on the learning rate of token embeddings, because few steps contain a given token.
const TOKEN_RATE: f64 = 5.0;
const WARM_UP: usize = 100;
const WEIGHT_DECAY: f32 = 0.05;
/// Factor from cosine to logit.
const SCALE: f32 = 30.0;
/// Weight of one minus the cosine.
const ANGLE_WEIGHT: f32 = 4.0;
/// Weight of the loss on photographs.
const PICTURES_WEIGHT: f32 = 2.0;
/// Prompts that are averaged into a name's vector.
const ENSEMBLE: [&str; 4] = ["{}", "a photo of a {}", "a drawing of a {}", "{} emoji"];

/// Training data of the stage.
pub struct Lesson<'a> {
    /// The model's tokenizer.
    pub tokenizer: &'a Tokenizer,
    /// Phrases with their meanings.
    pub phrases: &'a [Phrase],
    /// Adjectives that leave a phrase's meaning unchanged.
    pub adjectives: &'a [String],
    /// Unit vectors `[anchors, width]`.
    pub anchors: &'a [f32],
    /// Unit vector `[width]` along the mean photograph.
    pub photograph: &'a [f32],
    /// The loss on photographs, once a projection is trained for the tower.
    pub photographs: Option<&'a PhotographLoss<'a>>,
}

/// Trains the text tower of `model`; its other weights stay. An interrupted run continues from its
/// last checkpoint in `folder`.
///
/// # Errors
/// The tokenizer's, and those of the checkpoint.
pub fn teach(
    model: BurnModel,
    lesson: &Lesson<'_>,
    folder: &Path,
    options: &Options,
    device: &Device,
) -> Result<BurnModel, Box<dyn std::error::Error>> {
    let Lesson {
        tokenizer,
        phrases,
        adjectives,
        anchors,
        photograph,
        photographs,
    } = *lesson;
    let Options {
        steps,
        every,
        rate: peak,
        seed,
    } = *options;
    let resumed = checkpoint::resume(folder, &model, |model| optimizer(model, WEIGHT_DECAY))?;
    let (first, model, mut optimizer) = resumed.unwrap_or_else(|| {
        let optimizer = optimizer(&model, WEIGHT_DECAY);
        (0, model, optimizer)
    });
    // Otherwise burn would keep every copy of weights that no loss depends on.
    let mut model = model.with_locked_image_tower();
    let width = photograph.len();
    let count = anchors.len() / width;
    let anchors = Tensor::<2>::from_data(TensorData::new(anchors.to_vec(), [count, width]), device);
    let space = Space {
        anchors,
        photograph: Tensor::from_data(photograph, device),
    };
    let (named, inferred): (Vec<&Phrase>, Vec<&Phrase>) =
        phrases.iter().partition(|phrase| !phrase.inferred);
    let begun = Instant::now();
    for step in first..steps {
        // Each step has its own seed, so a resumed run draws what an uninterrupted one would.
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
            .map(|phrase| (prompt(phrase, adjectives, &mut rng), phrase))
            .collect();
        prompts.sort_by_key(|(text, _)| text.len());
        let mut parts: [Vec<(String, &Phrase)>; PARTS] = Default::default();
        for (index, prompt) in prompts.into_iter().enumerate() {
            parts[index / CHUNK % PARTS].push(prompt);
        }
        let parts: Vec<Part> = thread::scope(|scope| {
            let begun = parts.map(|prompts| {
                let shown = photographs.map(|photographs| {
                    let draw = photographs.draw(&mut rng);
                    let names = draw.phrases.iter();
                    let names = names.map(|phrase| prompt(phrase, adjectives, &mut rng));
                    (names.collect(), draw)
                });
                let (model, space) = (model.clone().fork(device), &space);
                scope.spawn(move || Part::of(&model, &prompts, shown, tokenizer, space, device))
            });
            let ended = begun.map(|part| part.join().expect("a part does not panic"));
            ended.into_iter().collect::<Result<_, _>>()
        })?;
        let (mut angle, mut mixture, mut pictures) = (0.0, 0.0, 0.0);
        let mut sum = GradientsAccumulator::new();
        for part in parts {
            angle += part.angle;
            mixture += part.mixture;
            pictures += part.pictures / PARTS as f32;
            sum.accumulate(&model, part.gradients);
        }
        let mut gradients = sum.grads();
        let rate = learning_rate(step, steps, WARM_UP, peak);
        let table = model.token_embedding();
        if let Some(gradient) = gradients.remove::<2>(table) {
            let mut alone = GradientsParams::new();
            alone.register(table, gradient);
            model = optimizer.step(TOKEN_RATE * rate, model, alone);
        }
        model = optimizer.step(rate, model, gradients);
        let done = step + 1;
        if done % 50 == 0 || done == steps {
            println!(
                "texts: step {done} of {steps}, angle {angle:.3}, cross-entropy {mixture:.3}, \
                 pictures {pictures:.3}, {:.2} s a step",
                begun.elapsed().as_secs_f32() / (done - first) as f32
            );
        }
        if done % every == 0 || done == steps {
            checkpoint::save(folder, done, &model, &optimizer)?;
        }
    }
    Ok(model)
}

/// Vectors that the targets are computed from.
struct Space {
    /// Unit vectors `[anchors, width]`.
    anchors: Tensor<2>,
    /// Unit vector `[width]` along the mean photograph.
    photograph: Tensor<1>,
}

impl Space {
    /// Target vectors `[phrases, width]`; `meant` holds the shares of each meaning.
    fn targets(&self, phrases: &[&Phrase], meant: Tensor<2>, device: &Device) -> Tensor<2> {
        let inferred: Vec<f32> = phrases
            .iter()
            .map(|phrase| f32::from(u8::from(phrase.inferred)))
            .collect();
        let inferred = Tensor::from_data(TensorData::new(inferred, [phrases.len(), 1]), device);
        let mixtures = unit(meant.matmul(self.anchors.clone()));
        move_away_from_photographs(mixtures, self.photograph.clone(), inferred)
    }
}

/// Losses and gradients of a part of a step's prompts: its share of the means over the step.
struct Part {
    angle: f32,
    mixture: f32,
    /// The mean over the part's own photographs.
    pictures: f32,
    gradients: GradientsParams,
}

impl Part {
    fn of(
        model: &BurnModel,
        prompts: &[(String, &Phrase)],
        shown: Option<(Vec<String>, Draw<'_>)>,
        tokenizer: &Tokenizer,
        space: &Space,
        device: &Device,
    ) -> Result<Self, glance_engine::Error> {
        let embeddings = prompts
            .chunks(CHUNK)
            .map(|prompts| {
                let texts: Vec<&str> = prompts.iter().map(|(text, _)| text.as_str()).collect();
                encode(model, &texts, tokenizer, device)
            })
            .collect::<Result<Vec<_>, _>>()?;
        let embeddings = Tensor::cat(embeddings, 0);
        let [count, _] = space.anchors.dims();
        let phrases: Vec<&Phrase> = prompts.iter().map(|(_, phrase)| *phrase).collect();
        let meant = meant(&phrases, count, device);
        let targets = space.targets(&phrases, meant.clone(), device);
        let cosines = (embeddings.clone() * targets).sum();
        let angle = (cosines.neg() + prompts.len() as f32).div_scalar(BATCH as f32);
        let logits = embeddings
            .matmul(space.anchors.clone().transpose())
            .mul_scalar(SCALE);
        let mixture = (meant * activation::log_softmax(logits, 1))
            .sum()
            .div_scalar(-(BATCH as f32));
        let mut loss = angle.clone().mul_scalar(ANGLE_WEIGHT) + mixture.clone();
        let mut pictures = 0.0;
        if let Some((names, draw)) = shown {
            let shared = draw.loss(encode(model, &names, tokenizer, device)?);
            loss = loss + shared.clone().mul_scalar(PICTURES_WEIGHT / PARTS as f32);
            pictures = shared.into_scalar::<f32>();
        }
        Ok(Self {
            angle: angle.into_scalar::<f32>(),
            mixture: mixture.into_scalar::<f32>(),
            pictures,
            gradients: GradientsParams::from_grads(loss.backward(), model),
        })
    }
}

/// The trained text tower's vectors of names `[names, width]`: unit vectors, averaged over prompts.
///
/// # Errors
/// The tokenizer's.
pub fn vectors(
    model: &BurnModel,
    names: &[String],
    tokenizer: &Tokenizer,
    device: &Device,
) -> Result<Vec<f32>, glance_engine::Error> {
    let model = model.valid();
    let mut vectors = Vec::new();
    for names in names.chunks(BATCH) {
        let mut sum: Option<Tensor<2>> = None;
        for template in ENSEMBLE {
            let texts: Vec<String> = names.iter().map(|name| fill(template, name)).collect();
            let embeddings = encode(&model, &texts, tokenizer, device)?;
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
    model: &BurnModel,
    texts: &[impl AsRef<str>],
    tokenizer: &Tokenizer,
    device: &Device,
) -> Result<Tensor<2>, glance_engine::Error> {
    let (sequence, ids, ends) = pad(texts, tokenizer)?;
    let ids = Tensor::<2, Int>::from_data(TensorData::new(ids, [texts.len(), sequence]), device);
    let ends = Tensor::<1, Int>::from_data(TensorData::new(ends, [texts.len()]), device);
    Ok(model.encode_texts(ids, ends))
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

#[cfg(test)]
mod tests {
    use glance_engine::text::openai_merges;
    use glance_engine::{Activation, ClipConfig, EfficientnetLiteConfig, TextConfig, VisionConfig};

    use super::*;

    const MERGES: usize = 16;
    const WIDTH: usize = 8;

    #[test]
    fn parts_of_a_step_add_up() {
        let config = ClipConfig {
            vision: VisionConfig::EfficientnetLite(EfficientnetLiteConfig::lite0(32)),
            text: TextConfig {
                context_length: 12,
                vocabulary_size: MERGES + 514,
                width: 16,
                layers: 1,
                heads: 2,
                mlp_width: 32,
            },
            projection: WIDTH,
            activation: Activation::QuickGelu,
        };
        let device = Device::flex().autodiff();
        device.seed(1);
        let model = BurnModel::init(&config, &device).with_locked_image_tower();
        let tokenizer = Tokenizer::new(openai_merges(MERGES), &config.text).expect("the sizes fit");
        let space = Space {
            anchors: Tensor::eye(WIDTH, &device),
            photograph: Tensor::ones([WIDTH], &device),
        };
        let phrases: Vec<Phrase> = ["cat", "owl", "red car", "tree"]
            .into_iter()
            .zip(0..)
            .map(|(text, anchor)| Phrase {
                text: text.to_owned(),
                meaning: vec![(anchor, 0.75), (anchor + 1, 0.25)],
                kinds: Vec::new(),
                inferred: false,
            })
            .collect();
        let prompts: Vec<(String, &Phrase)> = phrases
            .iter()
            .map(|phrase| (phrase.text.clone(), phrase))
            .collect();
        let part = |prompts: &[(String, &Phrase)]| {
            let model = model.clone().fork(&device);
            let part =
                Part::of(&model, prompts, None, &tokenizer, &space, &device).expect("short texts");
            let gradient = part.gradients.get::<2>(model.token_embedding());
            let gradient = gradient.expect("texts have tokens").into_data();
            (
                part.angle,
                part.mixture,
                gradient.iter::<f32>().collect::<Vec<f32>>(),
            )
        };
        let whole = part(&prompts);
        let (one, other) = (part(&prompts[..1]), part(&prompts[1..]));
        // Smaller batches sum in another order, which rounds differently.
        let adds_up = |a: f32, b: f32, sum: f32| {
            let rounding = 1e-5 * (1.0 + a.abs() + b.abs());
            assert!((a + b - sum).abs() < rounding, "{a} + {b} is not {sum}");
        };
        adds_up(one.0, other.0, whole.0);
        adds_up(one.1, other.1, whole.1);
        assert!(whole.2.iter().any(|value| value.abs() > 1e-3));
        for ((a, b), sum) in one.2.iter().zip(&other.2).zip(&whole.2) {
            adds_up(*a, *b, *sum);
        }
    }
}
