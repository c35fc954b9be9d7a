//! What the page found, as a file for other programs.

use csv::WriterBuilder;
use serde::Serialize;

/// Begins a CSV file, because spreadsheets take one without it for an older encoding.
const BYTE_ORDER_MARK: &str = "\u{feff}";
/// A cell that begins with one of these is a formula for a spreadsheet.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// The answers for all pictures.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Results {
    /// The model's name.
    pub model: Option<String>,
    /// The sentences that labels were put into; none for captions.
    pub prompts: Vec<String>,
    /// Labels or captions, in order; "none of these" is the last if it competed.
    pub texts: Vec<String>,
    /// In the order of the page.
    pub pictures: Vec<PictureResult>,
}

/// The answer for a picture.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PictureResult {
    /// The file's name.
    pub picture: String,
    /// The text that fits best.
    pub best: Option<String>,
    /// The label that the person moved it to.
    pub moved: Option<String>,
    /// Why there is no answer, in a sentence.
    pub problem: Option<String>,
    /// One for each text; none if the text could not be used, or there is no answer.
    pub scores: Vec<Option<Score>>,
}

/// How well a text fits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Score {
    /// Share among the labels, 0 to 1; captions have none.
    pub probability: Option<f64>,
    /// −1 to 1.
    pub cosine: f64,
}

impl PictureResult {
    /// An answer; the best text has the largest share, or else cosine.
    pub fn new(
        picture: String,
        moved: Option<String>,
        texts: &[String],
        scores: Vec<Option<Score>>,
    ) -> Self {
        let best = best(&scores).and_then(|at| texts.get(at).cloned());
        Self {
            picture,
            best,
            moved,
            problem: None,
            scores,
        }
    }

    /// A picture without an answer.
    pub fn without(picture: String, moved: Option<String>, problem: String) -> Self {
        Self {
            picture,
            best: None,
            moved,
            problem: Some(problem),
            scores: Vec::new(),
        }
    }
}

/// The place of the largest share, or of the largest cosine where shares do not differ.
fn best(scores: &[Option<Score>]) -> Option<usize> {
    let usable = scores.iter().enumerate();
    let usable = usable.filter_map(|(at, score)| Some((at, score.as_ref()?)));
    let share = |score: &Score| score.probability.unwrap_or_default();
    let best = usable.max_by(|(_, a), (_, b)| {
        let by_share = share(a).total_cmp(&share(b));
        by_share.then_with(|| a.cosine.total_cmp(&b.cosine))
    });
    best.map(|(at, _)| at)
}

impl Score {
    /// To six places: more are noise.
    pub fn new(probability: Option<f32>, cosine: f32) -> Self {
        let rounded = |value: f32| (f64::from(value) * 1e6).round() / 1e6;
        Self {
            probability: probability.map(rounded),
            cosine: rounded(cosine),
        }
    }
}

impl Results {
    /// A table with a row for each picture. It begins with the name, the best text and its numbers, the
    /// label that the person moved it to, and a problem if there is one. A column for each text follows: a label's probability, a caption's cosine.
    pub fn csv(&self) -> String {
        format!("{BYTE_ORDER_MARK}{}", self.table(b','))
    }

    /// The same table with tabs, for the clipboard of a spreadsheet.
    pub fn tsv(&self) -> String {
        self.table(b'\t')
    }

    fn table(&self, separator: u8) -> String {
        let mut writer = WriterBuilder::new()
            .delimiter(separator)
            .from_writer(Vec::new());
        let heads = [
            "picture",
            "best",
            "probability",
            "cosine",
            "moved to",
            "problem",
        ];
        let heads = heads.map(str::to_owned).into_iter();
        let texts = self.texts.iter().map(|text| harmless(text));
        // Writing into memory does not fail.
        let _ = writer.write_record(heads.chain(texts));
        for picture in &self.pictures {
            let score = |at: usize| picture.scores.get(at).copied().flatten();
            let best = best(&picture.scores).and_then(score);
            let number =
                |value: Option<f64>| value.map_or(String::new(), |value| value.to_string());
            let mut row = vec![
                harmless(&picture.picture),
                picture.best.as_deref().map_or(String::new(), harmless),
                number(best.and_then(|best| best.probability)),
                number(best.map(|best| best.cosine)),
                picture.moved.as_deref().map_or(String::new(), harmless),
                picture.problem.clone().unwrap_or_default(),
            ];
            row.extend((0..self.texts.len()).map(|at| {
                number(score(at).map(|score| score.probability.unwrap_or(score.cosine)))
            }));
            let _ = writer.write_record(row);
        }
        let bytes = writer.into_inner().unwrap_or_default();
        String::from_utf8(bytes).unwrap_or_default()
    }
}

/// A text that a spreadsheet shows and does not compute.
fn harmless(text: &str) -> String {
    match text.starts_with(FORMULA) {
        true => format!("'{text}"),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    fn results() -> Results {
        let texts = ["a cat, asleep", "=dog"].map(str::to_owned).to_vec();
        let score = |probability, cosine| Some(Score::new(Some(probability), cosine));
        let pictures = vec![
            PictureResult::new(
                "one \"1\".jpg".to_owned(),
                Some("owl".to_owned()),
                &texts,
                vec![score(0.25, -0.125), score(0.75, 0.1)],
            ),
            PictureResult::new(
                "two.jpg".to_owned(),
                None,
                &texts,
                vec![score(1.0, 0.2), None],
            ),
            PictureResult::without("three.txt".to_owned(), None, "It is no picture.".to_owned()),
        ];
        Results {
            model: None,
            prompts: Vec::new(),
            texts,
            pictures,
        }
    }

    #[wasm_bindgen_test]
    fn a_table_quotes_what_would_break_it_and_computes_nothing() {
        let csv = results().csv();
        let lines: Vec<&str> = csv.lines().collect();
        assert_eq!(
            lines,
            [
                "\u{feff}picture,best,probability,cosine,moved to,problem,\"a cat, asleep\",'=dog",
                "\"one \"\"1\"\".jpg\",'=dog,0.75,0.1,owl,,0.25,0.75",
                "two.jpg,\"a cat, asleep\",1,0.2,,,1,",
                "three.txt,,,,,It is no picture.,,",
            ]
        );
        assert!(results().tsv().starts_with("picture\tbest\t"));
    }
}
