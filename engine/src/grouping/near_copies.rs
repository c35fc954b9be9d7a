//! Pictures that are nearly the same.

use super::difference_hash::DifferenceHash;
use super::numbering::largest_first;
use crate::embedding::Embedding;
use crate::score::cosine;

/// Most places in which the hashes of near copies differ.
///
/// Both bounds were chosen with the demo model and 340 photographs. They find all of 91 copies of quality
/// 60, and 94 % of those that lost 3 % at two edges. Of copies of half the size they find 60 %, because
/// those had fewer pixels than the model's input. Among 57,630 pairs of other photographs they take two
/// for copies, both of sunrises.
const MOST_PLACES: u32 = 12;
/// Least cosine of near copies.
const LEAST_COSINE: f32 = 0.88;

/// A group number for each picture: near copies share one, and so do their near copies. The largest
/// group has number 0. A picture without a hash has no near copy.
///
/// Hashes are compared first: of ten thousand pictures that takes a tenth of a second, and a hash
/// leaves few pairs for a cosine.
pub fn near_copies(pictures: &[(&Embedding, Option<DifferenceHash>)]) -> Vec<u32> {
    let hashed = pictures.iter().enumerate();
    let hashed = hashed.filter_map(|(at, (embedding, hash))| Some((at, *embedding, (*hash)?)));
    let hashed: Vec<_> = hashed.collect();
    let mut parents: Vec<usize> = (0..pictures.len()).collect();
    for (count, (one, embedding, hash)) in hashed.iter().enumerate() {
        for (other, its_embedding, its_hash) in &hashed[..count] {
            if hash.distance(*its_hash) > MOST_PLACES {
                continue;
            }
            let (one, other) = (root(&mut parents, *one), root(&mut parents, *other));
            if one != other && cosine(&embedding.0, &its_embedding.0) >= LEAST_COSINE {
                parents[one.max(other)] = one.min(other);
            }
        }
    }
    let roots = (0..pictures.len()).map(|at| root(&mut parents, at));
    largest_first(&roots.collect::<Vec<_>>())
}

/// The first member of a picture's group. Halves the way for the next time.
fn root(parents: &mut [usize], mut at: usize) -> usize {
    while parents[at] != at {
        parents[at] = parents[parents[at]];
        at = parents[at];
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hash(last: u8) -> Option<DifferenceHash> {
        Some(DifferenceHash([0x0f, 0xf0, 1, 2, 3, 4, 5, last]))
    }

    #[test]
    fn copies_have_similar_patterns_and_embeddings() {
        let cat = Embedding(vec![1.0, 0.0]);
        let same_cat = Embedding(vec![0.96, 0.28]);
        let dog = Embedding(vec![0.0, 1.0]);
        let other = Some(DifferenceHash([0xf0, 0x0f, 1, 2, 3, 4, 5, 0]));
        let pictures = [
            (&dog, hash(0)),
            (&cat, hash(0)),
            (&cat, other),
            (&same_cat, hash(0xff)),
            (&cat, None),
            (&cat, None),
        ];
        // Of one pattern, but not of one content; of one content, but not of one pattern.
        assert_eq!(near_copies(&pictures), [1, 0, 2, 0, 3, 4]);
        assert_eq!(near_copies(&[]), [0_u32; 0]);
    }

    #[test]
    fn a_burst_is_one_group_from_its_first_to_its_last() {
        let same = Embedding(vec![1.0]);
        let step = |at: usize| {
            let mut rows = [0; 8];
            rows[..at].fill(u8::MAX);
            (&same, Some(DifferenceHash(rows)))
        };
        let burst = [8, 0, 7, 1, 6, 2, 5, 3, 4].map(step);
        assert_eq!(near_copies(&burst), [0; 9]);
        let torn = [8, 0, 7, 1].map(step);
        assert_eq!(near_copies(&torn), [0, 1, 0, 1]);
    }
}
