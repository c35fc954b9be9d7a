//! `glance eval`: zero-shot accuracy on a folder of class folders (paper section 3.1).

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use glance_engine::{Clip, Embedding, score};
use serde::Serialize;

use crate::failure::Failure;
use crate::model::{Model, ModelOptions};
use crate::output;
use crate::prompts::PromptOptions;
use crate::verdict::Verdict;

const JSON: &str = r#"JSON:
  {"top1": 0.31, "top1_interval": [0.29, 0.33], "top5": 0.56, "top5_interval": [0.54, 0.58],
   "n": 1955, "classes": 120,
   "per_class": [{"label": "bee", "n": 12, "top1": 0.08, "top5": 0.5}],
   "confusions": [{"label": "bee", "taken_for": "fly", "n": 9}],
   "errors": [{"path": "cat/notes.txt", "error": "This file is not a picture; …"}]}
"top1" and "top5" are shares of the "n" pictures that could be used, from 0 to 1: of those whose own
class came first, or among the first five. The intervals are theirs at 95 % (Wilson).
"per_class" has each class with a usable picture, the worst first. "confusions" counts for each pair
how many pictures of class "label" had the class "taken_for" first, the most first. Without --json
ten of each are printed. "errors" lists the pictures that were left out."#;

/// Measures how often a picture's own class fits it best
///
/// Each folder in the folder given is a class: its name, with spaces for underscores, is the label,
/// and every file in it is a picture of that class. Names that begin with a dot, Thumbs.db and
/// desktop.ini are left out.
#[derive(Args)]
#[command(after_help = JSON)]
pub struct Arguments {
    /// A folder of class folders
    #[arg(long, value_name = "FOLDER")]
    images: PathBuf,
    #[command(flatten)]
    prompts: PromptOptions,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    model: ModelOptions,
}

/// Pictures with the index of their class.
struct Samples {
    classes: Vec<String>,
    pictures: Vec<PathBuf>,
    class_of: Vec<usize>,
}

/// Files that systems leave in folders of pictures; others begin with a dot.
const LITTER: [&str; 2] = ["thumbs.db", "desktop.ini"];
/// Lines of each list that are printed for a person.
const LISTED: usize = 10;

#[derive(Serialize)]
struct Report {
    top1: f64,
    top1_interval: [f64; 2],
    top5: f64,
    top5_interval: [f64; 2],
    n: usize,
    classes: usize,
    /// The worst first.
    per_class: Vec<ClassReport>,
    /// The most frequent first.
    confusions: Vec<Confusion>,
    errors: Vec<LeftOut>,
}

#[derive(Serialize)]
struct ClassReport {
    label: String,
    n: usize,
    top1: f64,
    top5: f64,
}

#[derive(Serialize)]
struct Confusion {
    label: String,
    taken_for: String,
    n: usize,
}

#[derive(Serialize)]
struct LeftOut {
    path: String,
    error: String,
}

pub fn run(arguments: &Arguments) -> Result<Verdict, Failure> {
    let samples = Samples::find(&arguments.images)?;
    let templates = arguments.prompts.templates()?;
    let model = Model::load(&arguments.model)?;
    let classes = model.encode_labels(&samples.classes, &templates)?;
    let classes: Vec<Embedding> = classes.into_iter().map(|class| class.embedding).collect();
    let pictures = model.encode_pictures(&samples.pictures)?;
    let report = measure(&samples, &classes, pictures);
    match arguments.json {
        true => output::json(&report)?,
        false => output::text(&table(&report))?,
    }
    Ok(Verdict::of(!report.errors.is_empty()))
}

/// What was counted of a class, or of all of them.
#[derive(Clone, Copy, Default)]
struct Tally {
    n: usize,
    first: usize,
    among_five: usize,
}

impl Tally {
    fn top1(self) -> f64 {
        share(self.first, self.n)
    }

    fn top5(self) -> f64 {
        share(self.among_five, self.n)
    }
}

fn measure<E: ToString>(
    samples: &Samples,
    classes: &[Embedding],
    pictures: Vec<Result<Embedding, E>>,
) -> Report {
    let mut tallies = vec![Tally::default(); classes.len()];
    let mut confusions = BTreeMap::new();
    let mut errors = Vec::new();
    for ((path, &class), picture) in samples.pictures.iter().zip(&samples.class_of).zip(pictures) {
        match picture {
            Ok(picture) => {
                let cosines = Clip::similarity(&[picture], classes).concat();
                let best = score::top_k(&cosines, 5);
                let tally = &mut tallies[class];
                tally.n += 1;
                tally.first += usize::from(best.first() == Some(&class));
                tally.among_five += usize::from(best.contains(&class));
                if let Some(&other) = best.first().filter(|&&best| best != class) {
                    *confusions.entry((class, other)).or_insert(0) += 1;
                }
            }
            Err(error) => errors.push(LeftOut {
                path: path.display().to_string(),
                error: error.to_string(),
            }),
        }
    }
    let all = tallies.iter().fold(Tally::default(), |sum, tally| Tally {
        n: sum.n + tally.n,
        first: sum.first + tally.first,
        among_five: sum.among_five + tally.among_five,
    });
    Report {
        top1: all.top1(),
        top1_interval: wilson_interval(all.first, all.n),
        top5: all.top5(),
        top5_interval: wilson_interval(all.among_five, all.n),
        n: all.n,
        classes: classes.len(),
        per_class: worst_first(&samples.classes, &tallies),
        confusions: most_frequent_first(&samples.classes, confusions),
        errors,
    }
}

/// Classes with a usable picture. Of equally bad ones, the one with more pictures comes first.
fn worst_first(labels: &[String], tallies: &[Tally]) -> Vec<ClassReport> {
    let mut classes: Vec<_> = labels.iter().zip(tallies).collect();
    classes.retain(|(_, tally)| tally.n > 0);
    classes.sort_by(|(_, a), (_, b)| {
        let by_top5 = || a.top5().total_cmp(&b.top5());
        let by_top1 = a.top1().total_cmp(&b.top1());
        by_top1.then_with(by_top5).then(b.n.cmp(&a.n))
    });
    let report = |(label, tally): (&String, &Tally)| ClassReport {
        label: label.clone(),
        n: tally.n,
        top1: tally.top1(),
        top5: tally.top5(),
    };
    classes.into_iter().map(report).collect()
}

fn most_frequent_first(
    labels: &[String],
    counts: BTreeMap<(usize, usize), usize>,
) -> Vec<Confusion> {
    let mut pairs: Vec<_> = counts.into_iter().collect();
    pairs.sort_by_key(|&(_, n)| Reverse(n));
    let confusion = |((class, other), n): ((usize, usize), usize)| Confusion {
        label: labels[class].clone(),
        taken_for: labels[other].clone(),
        n,
    };
    pairs.into_iter().map(confusion).collect()
}

fn share(count: usize, n: usize) -> f64 {
    if n == 0 { 0.0 } else { count as f64 / n as f64 }
}

/// Wilson's 95 % interval of a share: it stays within 0 and 1, and is sound for few pictures.
fn wilson_interval(count: usize, n: usize) -> [f64; 2] {
    /// Of a normal distribution, 95 % lies within so many standard deviations.
    const Z: f64 = 1.959_963_984_540_054;
    if n == 0 {
        return [0.0, 1.0];
    }
    let (share, n) = (share(count, n), n as f64);
    let centre = share + Z * Z / (2.0 * n);
    let reach = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    [centre - reach, centre + reach].map(|bound| (bound / scale).clamp(0.0, 1.0))
}

impl Samples {
    /// Lists the class folders and their files by name, so that runs repeat.
    fn find(folder: &Path) -> Result<Self, Failure> {
        let mut samples = Self {
            classes: Vec::new(),
            pictures: Vec::new(),
            class_of: Vec::new(),
        };
        for class in visible(folder)?.into_iter().filter(|path| path.is_dir()) {
            let pictures: Vec<PathBuf> = visible(&class)?
                .into_iter()
                .filter(|path| !path.is_dir())
                .collect();
            if pictures.is_empty() {
                continue;
            }
            samples
                .class_of
                .extend(pictures.iter().map(|_| samples.classes.len()));
            samples.pictures.extend(pictures);
            let name = class.file_name().unwrap_or_default().to_string_lossy();
            samples.classes.push(name.replace('_', " "));
        }
        match samples.classes.is_empty() {
            true => Err(Failure::NoClasses(folder.to_owned())),
            false => Ok(samples),
        }
    }
}

fn visible(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let unreadable = |reason| Failure::Read {
        path: folder.to_owned(),
        reason,
    };
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        let name = entry.file_name().to_string_lossy().to_lowercase();
        if !name.starts_with('.') && !LITTER.contains(&name.as_str()) {
            paths.push(entry.path());
        }
    }
    paths.sort();
    Ok(paths)
}

fn table(report: &Report) -> String {
    let Report {
        top1,
        top1_interval: [low1, high1],
        top5,
        top5_interval: [low5, high5],
        n,
        classes,
        per_class,
        confusions,
        errors,
    } = report;
    let percent = |share: &f64| share * 100.0;
    let mut table = format!(
        "top-1 {:.1} % ({:.1} to {:.1}), top-5 {:.1} % ({:.1} to {:.1}) of {n} pictures in \
         {classes} classes; in brackets 95 % intervals\n",
        percent(top1),
        percent(low1),
        percent(high1),
        percent(top5),
        percent(low5),
        percent(high5),
    );
    if !per_class.is_empty() {
        table.push_str("\n   top-1    top-5  pictures  class, the worst first\n");
    }
    for class in per_class.iter().take(LISTED) {
        let ClassReport { label, n, .. } = class;
        let (top1, top5) = (percent(&class.top1), percent(&class.top5));
        writeln!(table, "{top1:6.1} % {top5:6.1} % {n:9}  {label}").expect(output::TO_MEMORY);
    }
    rest(&mut table, per_class.len());
    if !confusions.is_empty() {
        table.push_str("\npictures  most often taken for another class\n");
    }
    for Confusion {
        label,
        taken_for,
        n,
    } in confusions.iter().take(LISTED)
    {
        writeln!(table, "{n:8}  {label} taken for {taken_for}").expect(output::TO_MEMORY);
    }
    rest(&mut table, confusions.len());
    if !errors.is_empty() {
        table.push('\n');
    }
    for LeftOut { path, error } in errors {
        writeln!(table, "left out {path}: {error}").expect(output::TO_MEMORY);
    }
    table
}

/// Says how many lines of a list are not printed.
fn rest(table: &mut String, lines: usize) {
    if lines > LISTED {
        let more = lines - LISTED;
        writeln!(table, "{more} more with --json").expect(output::TO_MEMORY);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Classes are the axes of a space of seven; a picture's cosines are its coordinates.
    fn axis(index: usize) -> Embedding {
        let mut values = vec![0.0; 7];
        values[index] = 1.0;
        Embedding(values)
    }

    /// A report on pictures, each with its class, in a space of seven classes.
    fn report(pictures: Vec<(usize, Result<Embedding, &'static str>)>) -> Report {
        let classes: Vec<Embedding> = (0..7).map(axis).collect();
        let (class_of, embeddings): (Vec<_>, Vec<_>) = pictures.into_iter().unzip();
        let samples = Samples {
            classes: (0..7).map(|class| format!("class {class}")).collect(),
            pictures: (0..class_of.len())
                .map(|picture| PathBuf::from(picture.to_string()))
                .collect(),
            class_of,
        };
        measure(&samples, &classes, embeddings)
    }

    #[test]
    fn accuracies_count_usable_pictures_alone() {
        // Its own class first; its own class second; last of seven; unusable.
        let report = report(vec![
            (2, Ok(axis(2))),
            (1, Ok(Embedding(vec![0.9, 0.4, 0.0, 0.0, 0.0, 0.0, 0.0]))),
            (6, Ok(Embedding(vec![0.5, 0.4, 0.3, 0.2, 0.1, 0.0, -0.6]))),
            (0, Err("no picture")),
        ]);
        assert_eq!((report.n, report.classes, report.errors.len()), (3, 7, 1));
        assert_eq!((report.top1, report.top5), (1.0 / 3.0, 2.0 / 3.0));
        assert_eq!(report.errors[0].path, "3");
    }

    #[test]
    fn worst_classes_and_frequent_confusions_come_first() {
        let report = report(vec![
            (0, Ok(axis(0))),
            (1, Ok(axis(2))),
            (3, Ok(axis(4))),
            (3, Ok(axis(4))),
            (5, Ok(axis(5))),
            (5, Ok(axis(4))),
            (6, Err("no picture")),
        ]);
        let classes: Vec<_> = report
            .per_class
            .iter()
            .map(|class| (class.label.as_str(), class.n, class.top1))
            .collect();
        let expected = [
            ("class 3", 2, 0.0),
            ("class 1", 1, 0.0),
            ("class 5", 2, 0.5),
            ("class 0", 1, 1.0),
        ];
        assert_eq!(classes, expected);
        let pairs: Vec<_> = report
            .confusions
            .iter()
            .map(|pair| (pair.label.as_str(), pair.taken_for.as_str(), pair.n))
            .collect();
        let expected = [
            ("class 3", "class 4", 2),
            ("class 1", "class 2", 1),
            ("class 5", "class 4", 1),
        ];
        assert_eq!(pairs, expected);
    }

    #[test]
    fn intervals_are_wilsons() {
        // Worked out by hand with a centre of (p + z²/2n) / (1 + z²/n).
        for (count, n, expected) in [
            (5, 10, [0.236_593, 0.763_407]),
            (0, 20, [0.0, 0.161_125]),
            (600, 1000, [0.569_309, 0.629_925]),
        ] {
            let interval = wilson_interval(count, n);
            for (bound, expected) in interval.into_iter().zip(expected) {
                assert!(
                    (bound - expected).abs() < 1e-5,
                    "{count} of {n}: {interval:?}"
                );
            }
        }
        assert_eq!(wilson_interval(0, 0), [0.0, 1.0]);
        assert_eq!(wilson_interval(7, 7)[1], 1.0);
    }
}
