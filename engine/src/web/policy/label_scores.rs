//! How well labels fit pictures.

use std::rc::Rc;

use glance_protocol::{Floats, Scores};

use crate::embedding::Embedding;
use crate::few_shot::{Classifier, Example, FewShotError};
use crate::score;
use crate::web::policy::label_cache::EncodedLabel;

/// Scores every entry for every picture. The first `labels` entries are labels; one more is "none of
/// these". What was `taught` changes the probabilities.
///
/// # Errors
/// Those of [`Classifier::logits`].
pub fn label_scores(
    pictures: &[&Embedding],
    entries: &[Rc<EncodedLabel>],
    labels: usize,
    logit_scale: f32,
    taught: Option<&Classifier>,
) -> Result<Scores, FewShotError> {
    let (columns, embeddings) = usable(entries, labels);
    let count = pictures.len() * columns.len();
    let (mut probabilities, mut cosines) = (Vec::with_capacity(count), Vec::with_capacity(count));
    for picture in pictures {
        let row = score::cosines(picture, embeddings.iter().copied());
        probabilities.extend(match taught {
            Some(taught) => score::softmax(&taught.logits(picture)?),
            None => score::probabilities(&row, logit_scale),
        });
        cosines.extend(row);
    }
    Ok(Scores {
        labels: columns,
        probabilities: Floats(probabilities),
        cosines: Floats(cosines),
    })
}

/// Learns the usable entries from the examples of their labels; `None` if there are none. Examples of
/// refused labels are left out.
///
/// # Errors
/// [`FewShotError::UnknownLabel`] if an example belongs to none of the labels, and those of
/// [`Classifier::teach`].
pub fn teach(
    entries: &[Rc<EncodedLabel>],
    labels: usize,
    logit_scale: f32,
    examples: &[Example],
) -> Result<Option<Classifier>, FewShotError> {
    if examples.iter().any(|example| example.label >= labels) {
        return Err(FewShotError::UnknownLabel);
    }
    let (columns, embeddings) = usable(entries, labels);
    let of_column = |example: &Example| {
        let label = Some(example.label as u32);
        let embedding = example.embedding.clone();
        let label = columns.iter().position(|column| *column == label)?;
        Some(Example { embedding, label })
    };
    let examples: Vec<Example> = examples.iter().filter_map(of_column).collect();
    if examples.is_empty() {
        return Ok(None);
    }
    let texts: Vec<Embedding> = embeddings.into_iter().cloned().collect();
    Classifier::teach(&texts, &examples, logit_scale).map(Some)
}

/// The entries that were not refused: the label of each, and its embedding.
fn usable(entries: &[Rc<EncodedLabel>], labels: usize) -> (Vec<Option<u32>>, Vec<&Embedding>) {
    let usable = entries.iter().enumerate().filter_map(|(index, entry)| {
        let label = (index < labels).then_some(index as u32);
        Some((label, entry.embedding.as_ref()?))
    });
    usable.unzip()
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use glance_protocol::TextNote;

    use super::*;

    const LOGIT_SCALE: f32 = 5.0;

    /// The unit vector in the plane at this angle.
    fn at(degrees: f32) -> Embedding {
        let (sine, cosine) = degrees.to_radians().sin_cos();
        Embedding(vec![cosine, sine])
    }

    fn entry(degrees: f32) -> Rc<EncodedLabel> {
        Rc::new(EncodedLabel {
            embedding: Some(at(degrees)),
            note: TextNote::Whole,
        })
    }

    fn refused() -> Rc<EncodedLabel> {
        Rc::new(EncodedLabel {
            embedding: None,
            note: TextNote::Refused("It is too long.".to_owned()),
        })
    }

    fn scores(pictures: &[&Embedding], entries: &[Rc<EncodedLabel>], labels: usize) -> Scores {
        let scores = label_scores(pictures, entries, labels, LOGIT_SCALE, None);
        scores.expect("there is no example")
    }

    fn assert_close(found: &Floats, expected: &[f32]) {
        assert_eq!(found.0.len(), expected.len());
        for (found, expected) in found.0.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-6, "{found} for {expected}");
        }
    }

    #[test]
    fn scores_are_those_of_the_definition() {
        let angles = [10.0, 50.0, 90.0];
        let entries = angles.map(entry);
        let pictures = [0.0f32, 60.0];
        let embeddings = pictures.map(at);
        let found = scores(&embeddings.each_ref(), &entries, 2);

        let rows = pictures.map(|picture| angles.map(|label| (label - picture).to_radians().cos()));
        let shares = rows.map(|row| {
            let powers = row.map(|cosine| (LOGIT_SCALE * cosine).exp());
            powers.map(|power| power / powers.iter().sum::<f32>())
        });
        assert_eq!(found.labels, [Some(0), Some(1), None]);
        assert_close(&found.cosines, &rows.concat());
        assert_close(&found.probabilities, &shares.concat());
    }

    #[test]
    fn a_refused_label_has_no_column() {
        let picture = at(20.0);
        let used = [entry(0.0), entry(70.0), entry(45.0)];
        let [first, last, neutral] = used.clone();
        let entries = [refused(), first, refused(), last, neutral];
        let found = scores(&[&picture], &entries, 4);
        assert_eq!(found.labels, [Some(1), Some(3), None]);
        let without = scores(&[&picture], &used, 2);
        assert_eq!(found.cosines, without.cosines);
        assert_eq!(found.probabilities, without.probabilities);
    }

    #[test]
    fn without_labels_or_pictures_there_are_no_scores() {
        let picture = at(0.0);
        let nothing = scores(&[&picture], &[refused()], 1);
        assert_eq!(nothing, Scores::default());
        let nobody = scores(&[], &[entry(0.0)], 1);
        assert_eq!(nobody.labels, [Some(0)]);
        assert_eq!(
            (nobody.cosines.0.len(), nobody.probabilities.0.len()),
            (0, 0)
        );
    }

    #[test]
    fn an_example_moves_its_own_label_and_no_other_is_forgotten() {
        let entries = [refused(), entry(0.0), entry(90.0), entry(45.0)];
        let picture = at(50.0);
        let example = |label| Example {
            embedding: picture.clone(),
            label,
        };
        let ranked = |examples: &[Example]| {
            let taught = teach(&entries, 3, LOGIT_SCALE, examples)?;
            label_scores(&[&picture], &entries, 3, LOGIT_SCALE, taught.as_ref())
        };
        let before = scores(&[&picture], &entries, 3);
        let after = ranked(&[example(1)]).expect("it can be learnt");
        assert_eq!(
            (&after.labels, &after.cosines),
            (&before.labels, &before.cosines)
        );
        assert!(
            after.probabilities.0[0] > before.probabilities.0[0],
            "{after:?}"
        );
        assert_close(&Floats(vec![after.probabilities.0.iter().sum()]), &[1.0]);
        assert_eq!(
            ranked(&[example(0)]),
            Ok(before),
            "a refused label learns nothing"
        );
        assert_eq!(ranked(&[example(3)]), Err(FewShotError::UnknownLabel));
    }
}
