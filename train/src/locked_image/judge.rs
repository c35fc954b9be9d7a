//! Accuracy on what training never saw: by the vectors of stage 1, and by a pack.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::PathBuf;

use clap::Args;
use glance_engine::compute::cpu::Cpu;
use glance_engine::model::ImageTower;
use glance_engine::score::{cosine, top_k};
use glance_engine::text::fill_template;
use glance_engine::weights::WeightType;
use glance_engine::{Clip, DeviceKind, Error, Pack};
use serde::Serialize;

use super::concepts::Concepts;
use super::concepts::lesson::Classifier;
use super::features::{Features, FeaturesError, encode};
use super::names::Names;
use super::network::{IMAGE_SIZE, NAME, classifier, preprocessing};
use super::pictures::{Kind, PictureOptions, Pictures, View};
use super::tower;
use crate::data::default_cache;
use crate::error::DataError;
use crate::recipe::{DRAWING_TEMPLATE, PHOTO_TEMPLATE};
use crate::words::imagenet::Class;
use crate::words::vocabulary::{Anchors, synonyms};

/// What is judged, and by what.
#[derive(Args)]
pub struct Options {
    /// Packs to judge.
    #[arg(required = true)]
    packs: Vec<PathBuf>,
    #[command(flatten)]
    pictures: PictureOptions,
    /// Folder that keeps what the locked tower sees of the held-out pictures.
    #[arg(long, default_value = "target/train")]
    run: PathBuf,
}

/// Prints each pack's accuracy on every held-out set, a line of JSON each.
///
/// # Errors
/// Those of the data, of the disk and of the packs.
pub fn judge(options: &Options) -> Result<(), Box<dyn std::error::Error>> {
    fs::create_dir_all(&options.run).map_err(DataError::file(&options.run))?;
    let cache = default_cache()?;
    let checkpoint = tower::load(&cache, IMAGE_SIZE)?;
    let pictures = options.pictures.read(IMAGE_SIZE, preprocessing())?;
    let views = pictures.views();
    let Names {
        wordnet,
        classes,
        anchors,
        ..
    } = Names::gather(&cache, &pictures, &views)?;
    let held_out = |view: &View| pictures.subjects[view.subject as usize].held_out;
    let fingerprint = pictures.fingerprint();
    let features = Features::load(
        &options.run.join(format!("held-out-{fingerprint}.f16")),
        &pictures,
        views.into_iter().filter(held_out).collect(),
        &checkpoint.image_pack(NAME, WeightType::Int8)?,
        checkpoint.config.head,
        async |tower, pixels| tower.features(pixels).await,
    )?;
    let questions = Questions {
        pictures: &pictures,
        features: &features,
        classifier: &classifier(&checkpoint),
        classes: &classes,
        synonyms: &synonyms(&classes, &wordnet, &anchors).held_out,
    };
    for path in &options.packs {
        let pack = Pack::parse(fs::read(path).map_err(DataError::file(path))?)?;
        for (question, accuracy) in by_pack(&pack, &questions)? {
            let accuracy = serde_json::to_string(&accuracy)?;
            println!("{}: {question}: {accuracy}", path.display());
        }
    }
    Ok(())
}

/// How often the right name was first, or among the first five.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Accuracy {
    /// Share of questions whose best name is right, in percent.
    pub top1: f32,
    /// Share of questions whose five best names hold the right one, in percent.
    pub top5: f32,
    /// Half of the 95 % interval of `top1`, in points.
    pub top1_margin: f32,
    /// Questions.
    pub n: usize,
    /// Names to choose from.
    pub names: usize,
}

impl Accuracy {
    /// Counts over questions, each its likeness to every name and which are right.
    fn of(questions: impl Iterator<Item = (Vec<f32>, Vec<bool>)>) -> Self {
        let (mut first, mut among_five, mut n, mut names) = (0, 0, 0, 0);
        for (likeness, right) in questions {
            let best = top_k(&likeness, 5);
            first += usize::from(best.first().is_some_and(|&name| right[name]));
            among_five += usize::from(best.iter().any(|&name| right[name]));
            n += 1;
            names = likeness.len();
        }
        let percent = |count: usize| 100.0 * count as f32 / n.max(1) as f32;
        let share = percent(first) / 100.0;
        Self {
            top1: percent(first),
            top5: percent(among_five),
            top1_margin: 196.0 * (share * (1.0 - share) / n.max(1) as f32).sqrt(),
            n,
            names,
        }
    }
}

/// What a pack is judged by.
pub struct Questions<'a> {
    /// All pictures; the held-out ones count.
    pub pictures: &'a Pictures,
    /// Their features, for what the classifier says.
    pub features: &'a Features,
    /// The tower's own classifier.
    pub classifier: &'a Classifier,
    /// ImageNet's classes.
    pub classes: &'a [Class],
    /// Synonyms that training never had as such: `(word, class)`.
    pub synonyms: &'a [(String, u32)],
}

/// Plain views of held-out pictures of a kind, by row of the features.
fn held_out(pictures: &Pictures, features: &Features, kind: Kind) -> Vec<(usize, View)> {
    let views = features.views.iter().copied().enumerate();
    let chosen = views.filter(|(_, view)| {
        let subject = &pictures.subjects[view.subject as usize];
        view.number == 0 && subject.held_out && subject.kind == kind
    });
    chosen.collect()
}

/// The names that pictures of a kind have, each once; of held-out ones alone, or of all.
fn names(pictures: &Pictures, kind: Kind, all: bool) -> Vec<String> {
    let subjects = pictures.subjects.iter();
    let chosen = subjects.filter(|subject| subject.kind == kind && (all || subject.held_out));
    let mut names: Vec<String> = chosen.map(|subject| subject.phrases[0].clone()).collect();
    names.sort();
    names.dedup();
    names
}

/// Prints how well stage 1's own vectors name held-out pictures whose names pictures taught: what a
/// perfect text tower would reach.
pub fn by_names(pictures: &Pictures, features: &Features, anchors: &Anchors, concepts: &Concepts) {
    let width = concepts.bias.len();
    let (weight, bias) = concepts.projection_of_features();
    for kind in [Kind::Drawing, Kind::SmallPhoto] {
        let names: Vec<(String, &[f32])> = names(pictures, kind, false)
            .into_iter()
            .filter_map(|name| {
                let anchor = anchors.find(&name)? as usize;
                Some((name, &concepts.anchors[anchor * width..][..width]))
            })
            .collect();
        let accuracy = Accuracy::of(held_out(pictures, features, kind).into_iter().filter_map(
            |(row, view)| {
                let right = &pictures.subjects[view.subject as usize].phrases[0];
                let right: Vec<bool> = names.iter().map(|(name, _)| name == right).collect();
                let input: Vec<f32> = features.row(row).collect();
                let rows = weight.chunks_exact(input.len()).zip(&bias);
                let embedding: Vec<f32> =
                    rows.map(|(row, bias)| cosine(row, &input) + bias).collect();
                let likeness = names.iter().map(|(_, vector)| cosine(vector, &embedding));
                right
                    .contains(&true)
                    .then(|| (likeness.collect(), right.clone()))
            },
        ));
        println!("names: {kind:?}: {accuracy:?}");
    }
}

/// Judges a pack on every held-out set.
///
/// # Errors
/// Those of the network and of the pictures.
pub fn by_pack(
    pack: &Pack,
    questions: &Questions<'_>,
) -> Result<BTreeMap<&'static str, Accuracy>, FeaturesError> {
    let Questions {
        pictures,
        features,
        classifier,
        classes,
        synonyms,
    } = *questions;
    let clip = pollster::block_on(Clip::load(pack, DeviceKind::Cpu))?;
    let texts = |template: &str, names: &[String]| -> Result<Vec<Vec<f32>>, Error> {
        let prompts: Vec<String> = names
            .iter()
            .map(|name| fill_template(template, name))
            .collect();
        let prompts: Vec<&str> = prompts.iter().map(String::as_str).collect();
        let embeddings = pollster::block_on(clip.encode_texts(&prompts))?;
        Ok(embeddings
            .into_iter()
            .map(|embedding| embedding.0)
            .collect())
    };
    let width = pack.header().config.projection;
    let mut found = BTreeMap::new();
    let class_names: Vec<String> = classes.iter().map(|class| class.name.clone()).collect();
    let class_texts = texts(PHOTO_TEMPLATE, &class_names)?;
    for (question, kind, template, names) in [
        (
            "drawings",
            Kind::Drawing,
            DRAWING_TEMPLATE,
            names(pictures, Kind::Drawing, false),
        ),
        (
            "small photos",
            Kind::SmallPhoto,
            PHOTO_TEMPLATE,
            names(pictures, Kind::SmallPhoto, false),
        ),
        (
            "photographs",
            Kind::Photo,
            PHOTO_TEMPLATE,
            names(pictures, Kind::Photo, true),
        ),
    ] {
        let rows = held_out(pictures, features, kind);
        if rows.is_empty() {
            continue;
        }
        let name_texts = texts(template, &names)?;
        let views: Vec<View> = rows.iter().map(|(_, view)| *view).collect();
        let network =
            async |tower: &ImageTower<Cpu>, pixels: &[f32]| tower.encode_pixels(pixels).await;
        let images = encode(pictures, pack, &views, width, &network)?;
        let images: Vec<&[f32]> = images.chunks_exact(width).collect();
        let likeness = |image: &[f32], texts: &[Vec<f32>]| -> Vec<f32> {
            texts.iter().map(|text| cosine(image, text)).collect()
        };
        let accuracy = Accuracy::of(images.iter().zip(&views).map(|(image, view)| {
            let right = &pictures.subjects[view.subject as usize].phrases[0];
            let right = names.iter().map(|name| name == right).collect();
            (likeness(image, &name_texts), right)
        }));
        found.insert(question, accuracy);
        if kind == Kind::Photo {
            let accuracy = Accuracy::of(images.iter().zip(&rows).map(|(image, (row, _))| {
                let input: Vec<f32> = features.row(*row).collect();
                let logits: Vec<f32> = classifier
                    .weight
                    .chunks_exact(input.len())
                    .zip(&classifier.bias)
                    .map(|(row, bias)| cosine(row, &input) + bias)
                    .collect();
                let said = &class_names[top_k(&logits, 1)[0]];
                let right = class_names.iter().map(|name| name == said).collect();
                (likeness(image, &class_texts), right)
            }));
            found.insert("photographs, as the classifier says", accuracy);
        }
    }
    let words: Vec<String> = synonyms.iter().map(|(word, _)| word.clone()).collect();
    let of_class: HashMap<&str, &str> = synonyms
        .iter()
        .map(|(word, class)| (word.as_str(), class_names[*class as usize].as_str()))
        .collect();
    let word_texts = texts(PHOTO_TEMPLATE, &words)?;
    let accuracy = Accuracy::of(words.iter().zip(&word_texts).map(|(word, text)| {
        let right = class_names
            .iter()
            .map(|name| name == of_class[word.as_str()]);
        let likeness = class_texts.iter().map(|class| cosine(class, text));
        (likeness.collect(), right.collect())
    }));
    found.insert("synonyms", accuracy);
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_and_the_first_five_count() {
        let likeness = vec![0.9, 0.8, 0.7, 0.6, 0.5, 0.4];
        let right = |at: usize| (0..6).map(|name| name == at).collect::<Vec<bool>>();
        let questions = [0, 4, 5].map(|at| (likeness.clone(), right(at)));
        let found = Accuracy::of(questions.into_iter());
        assert_eq!((found.n, found.names), (3, 6));
        assert!((found.top1 - 100.0 / 3.0).abs() < 1e-3);
        assert!((found.top5 - 200.0 / 3.0).abs() < 1e-3);
        assert_eq!(Accuracy::of(std::iter::empty()), Accuracy::default());
    }
}
