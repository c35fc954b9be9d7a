//! The shipped demo model: a trained image tower, nearly locked, and a text tower that learns to meet it
//! (LiT: Zhai et al. 2022, "Locked-image text tuning", <https://arxiv.org/abs/2111.07991>).
//!
//! ```text
//! tower            EfficientNet-lite0 with its ImageNet weights
//! pictures         every picture and its views
//! features         what the tower sees of them, computed once
//! concepts/        stage 1: a projection, and a vector for each name that pictures teach
//! text_tower       stage 2: any phrase, in any of the prompts, to what it means
//! concepts/        stage 3: the projection meets what the text tower says
//! photograph_loss  an optional part of stage 2, after which stage 3 runs again
//! head             stage 4: the tower's last convolution meets it too
//! network          the shape of what is shipped; linear serves the stages
//! judge            accuracy on what was held out, by the finished pack or any other
//! average          the mean of several finished packs
//!
//! names            the names that pictures and classes teach
//! prompts          the sentences that a phrase may stand in
//! ```

pub mod average;
pub mod concepts;
pub mod features;
pub mod head;
pub mod judge;
mod linear;
pub mod names;
pub mod network;
pub mod photograph_loss;
pub mod pictures;
pub mod prompts;
pub mod text_tower;
pub mod tower;

use std::fs;
use std::path::PathBuf;

use clap::Args;
use glance_engine::Pack;
use glance_engine::burn_model::BurnModel;
use glance_engine::text::{Tokenizer, openai_merges};
use glance_engine::weights::{EfficientnetLiteCheckpoint, TokenizerData, WeightType};

use crate::backend::Backend;
use crate::data::default_cache;
use crate::error::DataError;
use crate::recipe::export;
use crate::words::meanings;
use crate::words::sentence_encoder::SentenceEncoder;
use crate::words::sources::Sources;
use concepts::lesson::Lesson;
use concepts::{Concepts, rotation};
use features::Features;
use names::Names;
use network::{
    IMAGE_SIZE, LICENSE, MERGES, NAME, PROJECTION, classifier, config, earlier, preprocessing,
    with_image_tower,
};
use photograph_loss::PhotographLoss;
use pictures::{PictureOptions, Pictures};

/// What a run is made of.
#[derive(Args)]
pub struct Options {
    /// Folder for what is computed on the way, and for the finished pack.
    #[arg(long, default_value = "target/train")]
    run: PathBuf,
    #[command(flatten)]
    pictures: PictureOptions,
    /// A pack of the demo model to go on from: its text tower knows the words already.
    #[arg(long)]
    from: Option<PathBuf>,
    /// Where burn computes.
    #[arg(long, value_enum, default_value = "flex")]
    device: Backend,
    /// Steps of the first stage, which teaches names, and of the third.
    #[arg(long, default_value_t = 800)]
    name_steps: usize,
    /// Steps of the second stage, which teaches the text tower.
    #[arg(long, default_value_t = 7500)]
    text_steps: usize,
    /// Steps in which photographs have a say in where the text tower puts names; the shipped model did
    /// without.
    #[arg(long, default_value_t = 0)]
    picture_steps: usize,
    /// Steps of the fourth stage, which tunes the tower's last convolution on CIFAR-10; 0 leaves it as
    /// it is.
    #[arg(long, default_value_t = 900)]
    head_steps: usize,
    /// Steps between checkpoints of the second stage.
    #[arg(long, default_value_t = 250)]
    every: usize,
    /// Seed of all draws and weights.
    #[arg(long, default_value_t = 0)]
    seed: u64,
}

/// Trains the demo model, and judges it.
///
/// # Errors
/// Those of the data, of the disk and of the pack; each says what to do.
pub fn train(options: &Options) -> Result<(), Box<dyn std::error::Error>> {
    fs::create_dir_all(&options.run).map_err(DataError::file(&options.run))?;
    let cache = default_cache()?;
    let checkpoint = tower::load(&cache, IMAGE_SIZE)?;
    let pictures = options.pictures.read(IMAGE_SIZE, preprocessing())?;
    let held_out = pictures.subjects.iter().filter(|subject| subject.held_out);
    println!(
        "{} pictures, {} of them held out",
        pictures.subjects.len(),
        held_out.count()
    );
    // TrainedParameters from as it will be shipped.
    let tower = checkpoint.image_pack(NAME, WeightType::Int8)?;
    let path = options
        .run
        .join(format!("features-{}.f16", pictures.fingerprint()));
    let features = Features::load(
        &path,
        &pictures,
        pictures.views(),
        &tower,
        checkpoint.config.head,
        async |tower, pixels| tower.features(pixels).await,
    )?;

    let Names {
        wordnet,
        classes,
        anchors,
        class_anchors,
        tree,
        rows,
        other_phrases,
    } = Names::gather(&cache, &pictures, &features.views)?;
    let meanings = meanings::gather(
        &Sources {
            anchors: &anchors,
            classes: &classes,
            class_anchors: &class_anchors,
            tree: &tree,
            wordnet: &wordnet,
            other_phrases: &other_phrases,
        },
        &SentenceEncoder::load(&cache)?,
    )?;
    let inferred = meanings.phrases.iter().filter(|phrase| phrase.inferred);
    println!(
        "{} names that pictures teach, {} phrases, {} of them inferred",
        anchors.names.len(),
        meanings.phrases.len(),
        inferred.count()
    );

    let device = options.device.device()?;
    let classifier = classifier(&checkpoint);
    let names = anchors.names.iter();
    let known: Vec<&[u32]> = names.map(|name| tree.classes_of(name, &wordnet)).collect();
    let lesson = Lesson {
        features: &features,
        rows: &rows,
        classifier: &classifier,
        class_anchors: &class_anchors,
        tree: &tree,
        known: &known,
    };
    let name_options = concepts::Options {
        width: PROJECTION,
        steps: options.name_steps,
        seed: options.seed,
    };
    let config = config();
    let merges = openai_merges(MERGES);
    let tokenizer = Tokenizer::new(merges, &config.text)?;
    let autodiff = device.clone().autodiff();
    autodiff.seed(options.seed);
    let model = match &options.from {
        None => BurnModel::init(&config, &autodiff),
        Some(path) => BurnModel::from_pack(&earlier(path, &config)?, &autodiff)?,
    };
    let spoken =
        |model: &BurnModel| text_tower::vectors(model, &anchors.names, &tokenizer, &device);
    let concepts = match Concepts::read(&options.run.join("names.json"))? {
        Some(concepts) if concepts.fit(anchors.names.len(), features.width) => concepts,
        _ => {
            let mut concepts = concepts::learn(&lesson, &name_options, &device);
            if options.from.is_some() {
                concepts = rotation::turn(concepts, &spoken(&model)?, &device);
            }
            concepts.write(&options.run.join("names.json"))?;
            concepts
        }
    };
    judge::by_names(&pictures, &features, &anchors, &concepts);

    let teach = |model, photographs: Option<&PhotographLoss<'_>>, folder, steps, rate| {
        let lesson = text_tower::Lesson {
            tokenizer: &tokenizer,
            phrases: &meanings.phrases,
            adjectives: &wordnet.common_adjectives(),
            anchors: &concepts.anchors,
            photograph: &concepts.photograph,
            photographs,
        };
        let options = text_tower::Options {
            steps,
            every: options.every,
            rate,
            seed: options.seed,
        };
        text_tower::teach(model, &lesson, folder, &options, &autodiff)
    };
    let rate = match options.from {
        None => text_tower::LEARNING_RATE,
        Some(_) => text_tower::REFINING_RATE,
    };
    let folder = options.run.join("texts");
    let model = teach(model, None, &folder, options.text_steps, rate)?;
    let meet = |model: &BurnModel| -> Result<Concepts, glance_engine::Error> {
        let said = spoken(model)?;
        Ok(concepts::refit_projection(
            &lesson,
            &concepts,
            said,
            &name_options,
            &device,
        ))
    };
    let met = meet(&model)?;
    judge::by_names(&pictures, &features, &anchors, &met);
    let photographs = match options.picture_steps {
        0 => None,
        _ => PhotographLoss::new(&lesson, &anchors.names, &met, &autodiff),
    };
    let (model, met) = match photographs {
        Some(photographs) => {
            let rate = text_tower::REFINING_RATE;
            let folder = options.run.join("pictured");
            let model = teach(
                model,
                Some(&photographs),
                &folder,
                options.picture_steps,
                rate,
            )?;
            let met = meet(&model)?;
            judge::by_names(&pictures, &features, &anchors, &met);
            (model, met)
        }
        None => (model, met),
    };
    let tuned = with_tuned_head(&checkpoint, &lesson, &met, &pictures, &tower, options)?;
    let model = with_image_tower(model, &tuned, &met, &device)?;

    let license = match options.pictures.share_alike {
        true => "CC-BY-SA-4.0",
        false => LICENSE,
    };
    let pack = |weight_type| {
        let tokenizer = TokenizerData::ClipBpe { merges };
        model.to_pack(
            NAME,
            Some(license),
            &config,
            preprocessing(),
            tokenizer,
            weight_type,
        )
    };
    let int8 = pack(WeightType::Int8)?;
    export(&options.run, &int8)?;
    let questions = judge::Questions {
        pictures: &pictures,
        features: &features,
        classifier: &classifier,
        classes: &classes,
        synonyms: &meanings.held_out,
    };
    for (what, pack) in [("int8", &int8), ("f32", &pack(WeightType::F32)?)] {
        for (question, accuracy) in judge::by_pack(pack, &questions)? {
            println!("{what}: {question}: {}", serde_json::to_string(&accuracy)?);
        }
    }
    Ok(())
}

/// The tower with its last convolution tuned, for the space in `concepts`.
fn with_tuned_head(
    checkpoint: &EfficientnetLiteCheckpoint,
    lesson: &Lesson<'_>,
    concepts: &Concepts,
    pictures: &Pictures,
    tower: &Pack,
    options: &Options,
) -> Result<EfficientnetLiteCheckpoint, Box<dyn std::error::Error>> {
    let mut tuned = checkpoint.clone();
    let (views, examples) = head::examples(lesson.features, lesson.rows);
    let [_, _, small] = &examples;
    // They are what it learns; the others are there to be kept.
    let wanted = options.head_steps > 0 && !small.is_empty();
    let Some(layer) = tuned.layers.last_mut().filter(|_| wanted) else {
        return Ok(tuned);
    };
    let side = checkpoint.config.output_side();
    let path = options
        .run
        .join(format!("cells-{}.f16", pictures.fingerprint()));
    let cells = Features::load(
        &path,
        pictures,
        views,
        tower,
        side * side * layer.columns,
        async |tower, pixels| {
            let cells = tower.cells(pixels).await?;
            Ok(cells.expect("the tower is an EfficientNet-lite"))
        },
    )?;
    let lesson = head::Lesson {
        cells: &cells,
        features: lesson.features,
        examples: &examples,
        classifier: lesson.classifier,
        class_anchors: lesson.class_anchors,
        concepts,
    };
    let device = options.device.device()?;
    *layer = head::tune(&lesson, layer, options.head_steps, options.seed, &device);
    Ok(tuned)
}
