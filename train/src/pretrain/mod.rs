//! Contrastive pre-training from scratch, as in the paper: both towers learn from pairs alone.
//! `evaluation` measures them on what was held out.

pub mod evaluation;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use burn::module::Module;
use burn::optim::GradientsParams;
use clap::Args;
use glance_engine::burn_model::BurnModel;
use glance_engine::text::{Tokenizer, openai_merges};
use glance_engine::weights::{Preprocessing, TokenizerData, WeightType};

use crate::backend::Backend;
use crate::batch::{BatchOptions, prefetch};
use crate::contrastive::{LARGEST_LOGIT_SCALE, contrastive_loss};
use crate::data::{DataOptions, Dataset};
use crate::{checkpoint, optimizer, recipe};
use evaluation::evaluate;

/// Options of a run from scratch.
#[derive(Args)]
pub struct Options {
    /// Folder for checkpoints and the finished pack.
    #[arg(long, default_value = "target/pretrain")]
    run: PathBuf,
    /// CIFAR-10's training photos: a zip of ten class folders of JPEG files.
    #[arg(long)]
    photos: Option<PathBuf>,
    /// Where burn computes.
    #[arg(long, value_enum, default_value = "flex")]
    device: Backend,
    /// Optimizer steps of the whole run.
    #[arg(long, default_value_t = 4800)]
    steps: usize,
    /// Warm-up steps of the learning rate.
    #[arg(long, default_value_t = 100)]
    warm_up: usize,
    /// Pairs per step.
    #[arg(long, default_value_t = 256)]
    batch: usize,
    /// Highest learning rate.
    #[arg(long, default_value_t = 1e-3)]
    learning_rate: f64,
    /// AdamW's decay of matrices and kernels.
    #[arg(long, default_value_t = 0.1)]
    weight_decay: f32,
    /// Share of photos in a batch, if there are any.
    #[arg(long, default_value_t = 0.125)]
    photo_share: f32,
    /// Steps between checkpoints and evaluations.
    #[arg(long, default_value_t = 100)]
    every: usize,
    /// Seed of the weights.
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

/// Trains both towers from random weights with the contrastive loss alone. An interrupted run
/// continues from its last checkpoint.
///
/// # Errors
/// Those of the data, the checkpoint and the pack; each says what to do.
pub fn train(options: &Options) -> Result<(), Box<dyn std::error::Error>> {
    let config = recipe::config();
    let merges = openai_merges(recipe::MERGES);
    let tokenizer = Tokenizer::new(merges, &config.text)?;
    let dataset = Dataset::load(&DataOptions {
        cache: None,
        photos: options.photos.clone(),
    })?;
    for report in &dataset.reports {
        println!("{report:?}");
    }
    println!(
        "{} pictures of {} concepts to learn from; {} drawings and {} photos held out",
        dataset.train.len(),
        dataset.concepts.len(),
        dataset.held_out_emoji.len(),
        dataset.held_out_photos.len(),
    );

    let plain_device = options.device.device()?;
    let device = plain_device.clone().autodiff();
    device.seed(options.seed);
    let image_size = config.vision.image_size();
    let model = BurnModel::init(&config, &device);
    let optimizer = |model: &BurnModel| optimizer::optimizer(model, options.weight_decay);
    println!("{} parameters", model.num_params());
    let folder = options.run.join("checkpoint");
    std::fs::create_dir_all(&options.run)?;
    let resumed = checkpoint::resume(&folder, &model, optimizer)?;
    let (first, mut model, mut optimizer) = resumed.unwrap_or_else(|| {
        let optimizer = optimizer(&model);
        (0, model, optimizer)
    });

    let dataset = Arc::new(dataset);
    let batch_options = BatchOptions {
        pairs: options.batch,
        image_size,
        photo_share: options.photo_share,
    };
    let batches = prefetch(
        Arc::clone(&dataset),
        Tokenizer::new(merges, &config.text)?,
        batch_options,
        first as u64,
    );
    let begun = Instant::now();
    for step in first..options.steps {
        let batch = batches.recv()??.to_device(&device);
        let images = model.encode_images(batch.pixels);
        let texts = model.encode_texts(batch.ids, batch.ends);
        let loss = contrastive_loss(images, texts, model.logit_scale.val(), batch.alike);
        let gradients = GradientsParams::from_grads(loss.backward(), &model);
        let rate =
            optimizer::learning_rate(step, options.steps, options.warm_up, options.learning_rate);
        model = optimizer.step(rate, model, gradients);
        model.clamp_logit_scale(LARGEST_LOGIT_SCALE);
        let done = step + 1;
        if done % 20 == 0 {
            println!(
                "step {done} loss {:.4} rate {rate:.2e} {:.2} s a step",
                loss.into_scalar::<f32>(),
                begun.elapsed().as_secs_f32() / (done - first) as f32,
            );
        }
        if done % options.every == 0 || done == options.steps {
            checkpoint::save(&folder, done, &model, &optimizer)?;
            judge(
                &format!("step {done}"),
                &model.valid(),
                &tokenizer,
                &dataset,
                &plain_device,
            )?;
        }
    }
    let pack = model.to_pack(
        recipe::NAME,
        Some(recipe::LICENSE),
        &config,
        Preprocessing::default(),
        TokenizerData::ClipBpe { merges },
        WeightType::Int8,
    )?;
    recipe::export(&options.run, &pack)?;
    let quantised = BurnModel::from_pack(&pack, &plain_device)?;
    judge("the pack", &quantised, &tokenizer, &dataset, &plain_device)
}

/// Prints a network's accuracy on the held-out pictures.
fn judge(
    what: &str,
    model: &BurnModel,
    tokenizer: &Tokenizer,
    dataset: &Dataset,
    device: &burn::tensor::Device,
) -> Result<(), Box<dyn std::error::Error>> {
    let image_size = recipe::config().vision.image_size();
    for (kind, template, examples) in [
        (
            "drawings",
            recipe::DRAWING_TEMPLATE,
            &dataset.held_out_emoji,
        ),
        ("photos", recipe::PHOTO_TEMPLATE, &dataset.held_out_photos),
    ] {
        let concepts = &dataset.concepts;
        let accuracy = evaluate(
            model, tokenizer, concepts, examples, template, image_size, device,
        )?;
        println!("{what} {kind} {}", serde_json::to_string(&accuracy)?);
    }
    Ok(())
}
