//! Counts what fitted best, and reports shares and confusions.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use glance_engine::{Embedding, score};
use serde::Serialize;

use super::samples::Samples;

#[derive(Serialize)]
pub struct Report {
    pub top1: f64,
    pub top1_interval: [f64; 2],
    pub top5: f64,
    pub top5_interval: [f64; 2],
    pub n: usize,
    pub classes: usize,
    /// Worst first.
    pub per_class: Vec<ClassReport>,
    /// Most frequent first.
    pub confusions: Vec<Confusion>,
    pub errors: Vec<LeftOut>,
}

#[derive(Serialize)]
pub struct ClassReport {
    pub label: String,
    pub n: usize,
    pub top1: f64,
    pub top5: f64,
}

#[derive(Serialize)]
pub struct Confusion {
    pub label: String,
    pub taken_for: String,
    pub n: usize,
}

#[derive(Serialize)]
pub struct LeftOut {
    pub path: String,
    pub error: String,
}

/// Counts of a class, or of all classes.
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

/// The usable pictures of a set with the index of their class, and what was left out.
pub fn usable<E: ToString>(
    samples: &Samples,
    pictures: Vec<Result<Embedding, E>>,
) -> (Vec<(usize, Embedding)>, Vec<LeftOut>) {
    let (mut usable, mut errors) = (Vec::new(), Vec::new());
    for ((path, &class), picture) in samples.pictures.iter().zip(&samples.class_of).zip(pictures) {
        match picture {
            Ok(picture) => usable.push((class, picture)),
            Err(error) => errors.push(LeftOut {
                path: path.display().to_string(),
                error: error.to_string(),
            }),
        }
    }
    errors.extend(samples.empty.iter().map(|path| {
        LeftOut {
            path: path.display().to_string(),
            error: "This class folder has no picture, so its class was not among the labels; add \
                pictures or remove the folder."
                .to_owned(),
        }
    }));
    (usable, errors)
}

/// Counts what fits best. Each picture comes with its class and with how well every class fits it.
pub fn measure(
    labels: &[String],
    pictures: impl IntoIterator<Item = (usize, Vec<f32>)>,
    errors: Vec<LeftOut>,
) -> Report {
    let mut tallies = vec![Tally::default(); labels.len()];
    let mut confusions = BTreeMap::new();
    for (class, fits) in pictures {
        let best = score::top_k(&fits, 5);
        let tally = &mut tallies[class];
        tally.n += 1;
        tally.first += usize::from(best.first() == Some(&class));
        tally.among_five += usize::from(best.contains(&class));
        if let Some(&other) = best.first().filter(|&&best| best != class) {
            *confusions.entry((class, other)).or_insert(0) += 1;
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
        classes: labels.len(),
        per_class: worst_first(labels, &tallies),
        confusions: most_frequent_first(labels, confusions),
        errors,
    }
}

/// Classes with a usable picture, worst first. Of equally bad ones, the larger comes first.
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

/// Wilson's 95 % interval of a share. It stays within 0 and 1, and holds for few pictures too.
fn wilson_interval(count: usize, n: usize) -> [f64; 2] {
    /// Standard deviations that hold 95 % of a normal distribution.
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

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

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
            empty: Vec::new(),
        };
        let (usable, errors) = usable(&samples, embeddings);
        let fits = |(class, picture)| (class, score::cosines(&picture, &classes));
        measure(&samples.classes, usable.into_iter().map(fits), errors)
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
