//! One picture on the page.

use std::cmp::Ordering;
use std::sync::Arc;

use glance_protocol::{PictureId, Scores, TextNote};
use leptos::prelude::*;

use crate::order;

use crate::texts;

/// The name of the neutral entry in files, and where pictures are grouped; the page shows it in the
/// person's language.
pub const NONE_OF_THESE: &str = "none of these";
/// A lead below this is called a close call: 5 percentage points.
pub const CLOSE: f32 = 0.05;

/// What the page shows of a picture. The session holds its file.
pub struct Picture {
    /// Identifies it in messages.
    pub id: PictureId,
    /// The file's name.
    pub name: String,
    /// An object URL of the file, or of the small copy if there is no file; revoked when the picture is gone for good.
    pub url: String,
    /// The file's size; 0 without a file.
    pub bytes: u64,
    /// An object URL of a small copy, once the worker has made one.
    pub thumbnail: ArcRwSignal<Option<String>>,
    /// Its progress.
    pub phase: ArcRwSignal<Phase>,
    /// The latest ranking, which may answer an older question.
    pub ranking: ArcRwSignal<Option<Ranking>>,
    /// SHA-256 of its file, once the worker has read it.
    pub content: ArcRwSignal<Option<String>>,
    /// The label that the person moved it to.
    pub moved: ArcRwSignal<Option<String>>,
}

/// A picture's progress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It is queued.
    Waiting,
    /// The worker is encoding it.
    Running,
    /// The worker has its embedding.
    Encoded,
    /// It could not be encoded.
    Failed {
        /// Why, in a sentence.
        message: String,
        /// Whether another try may help.
        retry: bool,
    },
}

/// The worker's answer to a question about labels.
#[derive(Debug, Default)]
pub struct RankAnswer {
    /// The revision of the question.
    pub revision: u32,
    /// The labels as the person wrote them.
    pub labels: Vec<String>,
    /// A note for each label.
    pub notes: Vec<TextNote>,
    /// A row for each picture.
    pub scores: Scores,
}

/// One picture's row of an answer.
#[derive(Clone, Debug)]
pub struct Ranking {
    answer: Arc<RankAnswer>,
    row: usize,
}

/// One line of a ranking.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The label as the person wrote it, or "none of these" in the person's language.
    pub label: String,
    /// Whether it is the neutral entry.
    pub none_of_these: bool,
    /// Share among the entries, 0 to 1.
    pub probability: f32,
    /// −1 to 1.
    pub cosine: f32,
    /// Whether the model read only the beginning of the label.
    pub truncated: bool,
}

/// Pictures are told apart by their ids.
impl PartialEq for Picture {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Picture {
    /// A picture that waits.
    pub fn new(id: PictureId, name: String, url: String) -> Self {
        Self {
            id,
            name,
            url,
            bytes: 0,
            thumbnail: ArcRwSignal::new(None),
            phase: ArcRwSignal::new(Phase::Waiting),
            ranking: ArcRwSignal::new(None),
            content: ArcRwSignal::new(None),
            moved: ArcRwSignal::new(None),
        }
    }

    /// A picture of an earlier visit that waits. Its file is not here; `url` is its small copy.
    pub fn recalled(id: PictureId, name: String, url: String, content: String) -> Self {
        Self {
            thumbnail: ArcRwSignal::new(Some(url.clone())),
            content: ArcRwSignal::new(Some(content)),
            ..Self::new(id, name, url)
        }
    }

    /// Whether its ranking answers this revision of the question.
    pub fn answers(&self, revision: u32) -> bool {
        self.ranking
            .with_untracked(|ranking| ranking.as_ref().is_some_and(|r| r.revision() == revision))
    }

    /// Replaces the small copy.
    pub fn set_thumbnail(&self, url: String) {
        let before = self
            .thumbnail
            .try_update(|thumbnail| thumbnail.replace(url));
        if let Some(before) = before.flatten().filter(|before| *before != self.url) {
            // If this fails, it is freed with the page.
            let _ = web_sys::Url::revoke_object_url(&before);
        }
    }

    /// Frees its object URLs. Should that fail, they are freed with the page.
    pub fn revoke_urls(&self) {
        let _ = web_sys::Url::revoke_object_url(&self.url);
        if let Some(thumbnail) = self.thumbnail.get_untracked() {
            let _ = web_sys::Url::revoke_object_url(&thumbnail);
        }
    }
}

impl Ranking {
    /// The row `row` of an answer; `None` if it has no such row.
    pub fn new(answer: Arc<RankAnswer>, row: usize) -> Option<Self> {
        let columns = answer.scores.labels.len();
        let end = row.checked_add(1)?.checked_mul(columns)?;
        let fits = |values: &[f32]| values.len() >= end;
        let whole = fits(&answer.scores.probabilities.0) && fits(&answer.scores.cosines.0);
        whole.then_some(Self { answer, row })
    }

    /// The revision of the question that it answers.
    pub fn revision(&self) -> u32 {
        self.answer.revision
    }

    /// Its entries, best first.
    pub fn entries(&self) -> Vec<Entry> {
        let columns = order::places(self.columns(), &|one, other| self.compare(other, one));
        columns.into_iter().map(|at| self.entry(at)).collect()
    }

    /// The first of [`Ranking::entries`], and its lead in probability; without another entry, the
    /// lead is 1.
    pub fn best(&self) -> Option<(Entry, f32)> {
        // The first of equals, as when they are sorted.
        let best = (0..self.columns())
            .rev()
            .max_by(|&a, &b| self.compare(a, b))?;
        let others = (0..self.columns()).filter(|&at| at != best);
        let second = others.map(|at| self.probability(at)).reduce(f32::max);
        let lead = second.map_or(1.0, |second| self.probability(best) - second);
        Some((self.entry(best), lead))
    }

    fn columns(&self) -> usize {
        self.answer.scores.labels.len()
    }

    /// By probability, which examples change and cosines do not follow. Where it is too small for a
    /// difference, by cosine.
    fn compare(&self, one: usize, other: usize) -> Ordering {
        let by_probability = self.probability(one).total_cmp(&self.probability(other));
        by_probability.then_with(|| self.cosine(one).total_cmp(&self.cosine(other)))
    }

    fn probability(&self, column: usize) -> f32 {
        self.answer.scores.probabilities.0[self.row * self.columns() + column]
    }

    fn cosine(&self, column: usize) -> f32 {
        self.answer.scores.cosines.0[self.row * self.columns() + column]
    }

    fn entry(&self, column: usize) -> Entry {
        let RankAnswer {
            labels,
            notes,
            scores,
            ..
        } = &*self.answer;
        let index = scores.labels[column].map(|index| index as usize);
        let label = match index {
            Some(index) => labels.get(index).cloned().unwrap_or_default(),
            None => texts::none_of_these().to_owned(),
        };
        let note = index.and_then(|index| notes.get(index));
        Entry {
            label,
            none_of_these: index.is_none(),
            probability: self.probability(column),
            cosine: self.cosine(column),
            truncated: note == Some(&TextNote::Truncated),
        }
    }
}

#[cfg(test)]
mod tests {
    use glance_protocol::Floats;
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn a_ranking_is_a_row_best_first() {
        let answer = Arc::new(RankAnswer {
            revision: 3,
            labels: ["cat", "dog", "cow"].map(str::to_owned).to_vec(),
            notes: vec![
                TextNote::Whole,
                TextNote::Refused("empty".to_owned()),
                TextNote::Truncated,
            ],
            scores: Scores {
                labels: vec![Some(0), Some(2), None],
                probabilities: Floats(vec![0.5, 0.25, 0.25, 0.1, 0.7, 0.2]),
                cosines: Floats(vec![0.3, 0.2, 0.2, 0.1, 0.4, 0.2]),
            },
        });
        let row = Ranking::new(answer.clone(), 1).expect("there are two rows");
        let labels: Vec<String> = row.entries().into_iter().map(|e| e.label).collect();
        assert_eq!(labels, ["cow", NONE_OF_THESE, "cat"]);
        let (best, lead) = row.best().expect("it has entries");
        assert!(best.label == "cow" && best.truncated && (lead - 0.5).abs() < 1e-6);
        assert_eq!(row.revision(), 3);
        assert!(Ranking::new(answer, 2).is_none());
    }
}
