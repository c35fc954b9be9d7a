//! How well labels fit pictures.

use std::rc::Rc;

use glance_protocol::{Floats, Scores};

use crate::embedding::Embedding;
use crate::score;
use crate::web::policy::label_cache::EncodedLabel;

/// Scores every entry for every picture. The first `labels` entries are labels; one more is "none of
/// these".
pub fn label_scores(
    pictures: &[&Embedding],
    entries: &[Rc<EncodedLabel>],
    labels: usize,
    logit_scale: f32,
) -> Scores {
    let (columns, embeddings): (Vec<Option<u32>>, Vec<&Embedding>) = entries
        .iter()
        .enumerate()
        .filter_map(|(index, entry)| {
            let label = (index < labels).then_some(index as u32);
            Some((label, entry.embedding.as_ref()?))
        })
        .unzip();
    let count = pictures.len() * columns.len();
    let (mut probabilities, mut cosines) = (Vec::with_capacity(count), Vec::with_capacity(count));
    for picture in pictures {
        let row = score::cosines(picture, embeddings.iter().copied());
        probabilities.extend(score::probabilities(&row, logit_scale));
        cosines.extend(row);
    }
    Scores {
        labels: columns,
        probabilities: Floats(probabilities),
        cosines: Floats(cosines),
    }
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
        let found = label_scores(&embeddings.each_ref(), &entries, 2, LOGIT_SCALE);

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
        let found = label_scores(&[&picture], &entries, 4, LOGIT_SCALE);
        assert_eq!(found.labels, [Some(1), Some(3), None]);
        let without = label_scores(&[&picture], &used, 2, LOGIT_SCALE);
        assert_eq!(found.cosines, without.cosines);
        assert_eq!(found.probabilities, without.probabilities);
    }

    #[test]
    fn without_labels_or_pictures_there_are_no_scores() {
        let picture = at(0.0);
        let nothing = label_scores(&[&picture], &[refused()], 1, LOGIT_SCALE);
        assert_eq!(nothing, Scores::default());
        let nobody = label_scores(&[], &[entry(0.0)], 1, LOGIT_SCALE);
        assert_eq!(nobody.labels, [Some(0)]);
        assert_eq!(
            (nobody.cosines.0.len(), nobody.probabilities.0.len()),
            (0, 0)
        );
    }
}
