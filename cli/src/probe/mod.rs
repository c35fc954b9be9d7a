//! `glance probe`: a linear probe of a model's pictures (paper section 3.2).
//!
//! ```text
//! split    what is learnt from, and what is held out
//! sweep    the choice of the strength
//! report   the result, as JSON and for people
//! ```

mod report;
mod split;
mod sweep;

use std::path::{Path, PathBuf};

use clap::Args;
use glance_engine::few_shot::{Classifier, Example, FewShotError};
use glance_engine::{Embedding, score};

use crate::eval::report::{LeftOut, Report as Accuracy, measure, usable};
use crate::eval::samples::Samples;
use crate::failure::Failure;
use crate::model::{Model, ModelOptions};
use crate::output;
use crate::prompts::PromptOptions;
use crate::verdict::Verdict;
use report::{Beside, Report, Share, table};
use split::{first_of_each, hold_out};
use sweep::{Pictures, Probe};

const JSON: &str = r#"JSON:
  {"strength": 3.162,
   "train": {"top1": 0.98, "top1_interval": [0.97, 0.99], "n": 4000},
   "beside": {"zero_shot": {…}, "few_shot": {…}},
   "test": {"top1": 0.85, "n": 1000, …}}
"strength" is scikit-learn's C. "train" and "test" are the linear probe's accuracy on the pictures that
it learnt from and on others; "test" has all that glance eval --json prints, "errors" included.
"beside" is there with --shots only: the accuracy on the same test pictures, without examples and with
the examples added to the labels' texts. Both have the keys of "train"."#;

/// Fits a linear classifier to pictures, and measures it on others
///
/// Logistic regression on the model's embeddings, which stay as they are. Each subfolder is a class,
/// as in glance eval. Every fifth picture of a class, by name, is only tested; --test names another
/// folder for that. The strength of the fit is the best for a fifth of the other pictures, after a
/// search from 1e-6 to 1e6.
#[derive(Args)]
#[command(after_help = JSON)]
pub struct Arguments {
    /// A folder of class folders
    #[arg(value_name = "FOLDER")]
    images: PathBuf,
    /// A folder of class folders to test on; its classes are among those of FOLDER
    #[arg(long, value_name = "FOLDER")]
    test: Option<PathBuf>,
    /// Learn from the first pictures of each class alone, and measure zero-shot and few-shot
    /// classification beside the probe
    #[arg(long, value_name = "PICTURES", value_parser = clap::value_parser!(u32).range(1..))]
    shots: Option<u32>,
    #[command(flatten)]
    prompts: PromptOptions,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    model: ModelOptions,
}

pub fn run(arguments: &Arguments) -> Result<Verdict, Failure> {
    let samples = Samples::find(&arguments.images)?;
    let test = arguments.test.as_deref();
    let test = test.map(|folder| find_test(folder, &samples)).transpose()?;
    let templates = arguments.prompts.templates()?;
    let model = Model::load(&arguments.model)?;
    let labels = &samples.classes;
    let (pictures, mut errors) = encode(&model, &samples)?;
    let [mut learnt, tested] = match test {
        Some(test) => {
            let (tested, more) = encode(&model, &test)?;
            errors.extend(more);
            [pictures, tested]
        }
        None => hold_out(pictures, labels.len()),
    };
    if let Some(shots) = arguments.shots {
        learnt = first_of_each(learnt, labels.len(), shots as usize);
    }
    let beside = match arguments.shots {
        Some(_) => {
            let texts = model.encode_labels(labels, &templates)?;
            let texts: Vec<Embedding> = texts.into_iter().map(|text| text.embedding).collect();
            Some(beside(&model, labels, &texts, &learnt, &tested)?)
        }
        None => None,
    };
    let probe = Probe::fit(&learnt, labels.len())?;
    let accuracy = |pictures: &Pictures, errors| {
        let fits = |picture: &Embedding| probe.logits(picture);
        accuracy(labels, pictures, errors, fits)
    };
    let report = Report {
        strength: probe.strength,
        train: Share::of(&accuracy(&learnt, Vec::new())?),
        beside,
        test: accuracy(&tested, errors)?,
    };
    match arguments.json {
        true => output::json(&report)?,
        false => output::text(&table(&report))?,
    }
    Ok(Verdict::of(!report.test.errors.is_empty()))
}

/// Finds the pictures of a test folder. Their classes are numbered as those that are learnt.
fn find_test(folder: &Path, learnt: &Samples) -> Result<Samples, Failure> {
    let mut test = Samples::find(folder)?;
    let place = |class: &String| {
        let found = learnt.classes.iter().position(|known| known == class);
        found.ok_or_else(|| Failure::UnknownClass(folder.to_owned(), class.clone()))
    };
    let places: Vec<usize> = test.classes.iter().map(place).collect::<Result<_, _>>()?;
    for class in &mut test.class_of {
        *class = places[*class];
    }
    Ok(test)
}

fn encode(model: &Model, samples: &Samples) -> Result<(Pictures, Vec<LeftOut>), Failure> {
    Ok(usable(samples, model.encode_pictures(&samples.pictures)?))
}

/// The accuracy without examples, and with the examples added to the labels' texts.
fn beside(
    model: &Model,
    labels: &[String],
    texts: &[Embedding],
    learnt: &Pictures,
    tested: &Pictures,
) -> Result<Beside, Failure> {
    let example = |(label, embedding): &(usize, Embedding)| Example {
        embedding: embedding.clone(),
        label: *label,
    };
    let examples: Vec<Example> = learnt.iter().map(example).collect();
    let taught = Classifier::teach(texts, &examples, model.logit_scale())?;
    let zero_shot = |picture: &Embedding| Ok(score::cosines(picture, texts));
    let few_shot = |picture: &Embedding| taught.logits(picture);
    Ok(Beside {
        zero_shot: Share::of(&accuracy(labels, tested, Vec::new(), zero_shot)?),
        few_shot: Share::of(&accuracy(labels, tested, Vec::new(), few_shot)?),
    })
}

fn accuracy(
    labels: &[String],
    pictures: &Pictures,
    errors: Vec<LeftOut>,
    fits: impl Fn(&Embedding) -> Result<Vec<f32>, FewShotError>,
) -> Result<Accuracy, Failure> {
    let fits = |(class, picture): &(usize, Embedding)| Ok((*class, fits(picture)?));
    let fits = pictures
        .iter()
        .map(fits)
        .collect::<Result<Vec<_>, FewShotError>>()?;
    Ok(measure(labels, fits, errors))
}
