//! Pictures of similar content.

use super::numbering::largest_first;
use crate::embedding::Embedding;
use crate::score::cosine;

/// Most clusters. With these bounds the demo model's embeddings of eight kinds of photographs, 40 of each,
/// give nine to eleven clusters, and 997 of 1,000 pictures are among their own kind.
const MOST: usize = 50;
/// A picture whose cosine with every first member is below this becomes the first of another cluster.
const NEAR: f32 = 0.2;
/// Clusters whose means have this cosine are one.
const SAME: f32 = 0.4;
/// Most times that the means move.
const ROUNDS: usize = 10;

/// A group number for each picture: pictures of similar content share one. The largest group has
/// number 0. Equal pictures in an equal order give equal groups.
///
/// Spherical k-means (Dhillon and Modha 2001). The number of clusters follows from the pictures: first
/// members are chosen as far from each other as possible until every picture is near one, and clusters
/// whose means come close to each other are joined.
///
/// The mean of all embeddings is subtracted first. A model's embeddings lie in a narrow cone (Liang et
/// al. 2022, arXiv 2203.02053), so that any two pictures have a large cosine; without what all have in
/// common, a cosine tells how these pictures differ.
pub fn clusters(pictures: &[&Embedding]) -> Vec<u32> {
    let pictures = without_mean(pictures);
    let mut centres = first_members(&pictures);
    for _ in 0..ROUNDS {
        let next = joined(sums(
            &pictures,
            &nearest(&pictures, &centres),
            centres.len(),
        ));
        if next == centres {
            break;
        }
        centres = next;
    }
    largest_first(&nearest(&pictures, &centres))
}

/// The embeddings less their mean, at unit length.
fn without_mean(pictures: &[&Embedding]) -> Vec<Vec<f32>> {
    let width = pictures.first().map_or(0, |first| first.0.len());
    let mut mean = vec![0.0; width];
    for picture in pictures {
        add(&mut mean, &picture.0);
    }
    let share = 1.0 / pictures.len().max(1) as f32;
    let rest = |picture: &&Embedding| {
        let pairs = picture.0.iter().zip(&mean);
        unit(pairs.map(|(value, sum)| value - share * sum).collect())
    };
    pictures.iter().map(rest).collect()
}

/// Pictures far from each other, until every picture is near one of them.
fn first_members(pictures: &[Vec<f32>]) -> Vec<Vec<f32>> {
    let mut chosen: Vec<Vec<f32>> = pictures.first().into_iter().cloned().collect();
    let mut nearness = vec![f32::NEG_INFINITY; pictures.len()];
    while let (Some(last), true) = (chosen.last(), chosen.len() < MOST) {
        for (nearness, picture) in nearness.iter_mut().zip(pictures) {
            *nearness = nearness.max(cosine(picture, last));
        }
        let all = nearness.iter().zip(pictures);
        match all.min_by(|(one, _), (other, _)| one.total_cmp(other)) {
            Some((nearness, farthest)) if *nearness < NEAR => chosen.push(farthest.clone()),
            _ => break,
        }
    }
    chosen
}

/// The index of the nearest centre of each picture.
fn nearest(pictures: &[Vec<f32>], centres: &[Vec<f32>]) -> Vec<usize> {
    let nearest = |picture: &Vec<f32>| {
        let cosines = centres.iter().map(|centre| cosine(picture, centre));
        let best = cosines.enumerate().max_by(|(_, a), (_, b)| a.total_cmp(b));
        best.map_or(0, |(index, _)| index)
    };
    pictures.iter().map(nearest).collect()
}

/// The sum of the members of each cluster that has any.
fn sums(pictures: &[Vec<f32>], of: &[usize], count: usize) -> Vec<Vec<f32>> {
    let mut sums = vec![Vec::new(); count];
    for (picture, &cluster) in pictures.iter().zip(of) {
        match &mut sums[cluster] {
            sum if sum.is_empty() => sum.clone_from(picture),
            sum => add(sum, picture),
        }
    }
    sums.retain(|sum| !sum.is_empty());
    sums
}

/// The directions of sums. Those that are close are added first, the closest two at a time.
fn joined(mut sums: Vec<Vec<f32>>) -> Vec<Vec<f32>> {
    let mut centres: Vec<_> = sums.iter().cloned().map(unit).collect();
    loop {
        let pairs = (0..centres.len()).flat_map(|one| (0..one).map(move |other| (one, other)));
        let pairs = pairs.map(|(one, other)| (cosine(&centres[one], &centres[other]), one, other));
        match pairs.max_by(|(a, ..), (b, ..)| a.total_cmp(b)) {
            Some((close, one, other)) if close >= SAME => {
                centres.remove(one);
                let sum = sums.remove(one);
                add(&mut sums[other], &sum);
                centres[other] = unit(sums[other].clone());
            }
            _ => return centres,
        }
    }
}

fn add(sum: &mut [f32], values: &[f32]) {
    for (sum, value) in sum.iter_mut().zip(values) {
        *sum += value;
    }
}

/// A vector at length 1; zeros stay as they are.
fn unit(mut values: Vec<f32>) -> Vec<f32> {
    let length = values.iter().map(|value| value * value).sum::<f32>().sqrt();
    if length > 0.0 {
        values.iter_mut().for_each(|value| *value /= length);
    }
    values
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use rand::rngs::StdRng;
    use rand::{Rng, SeedableRng};

    use super::*;

    const WIDTH: usize = 256;

    /// Pictures of `kinds` kinds in turn, near to each other as a model's embeddings are.
    fn pictures(kinds: usize, count: usize) -> Vec<Embedding> {
        let mut random = StdRng::seed_from_u64(7);
        let mut vector = |size: f32| -> Vec<f32> {
            let mut value = || size * random.random_range(-1.0..1.0f32);
            (0..WIDTH).map(|_| value()).collect()
        };
        let common = vector(3.0);
        let directions: Vec<_> = (0..kinds).map(|_| vector(1.0)).collect();
        let picture = |at: usize| {
            let mut values = vector(0.3);
            add(&mut values, &common);
            add(&mut values, &directions[at % kinds]);
            Embedding(unit(values))
        };
        (0..count).map(picture).collect()
    }

    fn clusters_of(pictures: &[Embedding]) -> Vec<u32> {
        clusters(&pictures.iter().collect::<Vec<_>>())
    }

    #[test]
    fn each_kind_is_a_cluster() {
        for kinds in [2, 5, 12] {
            let pictures = pictures(kinds, 20 * kinds);
            let found = clusters_of(&pictures);
            let expected: Vec<u32> = (0..20 * kinds).map(|at| (at % kinds) as u32).collect();
            assert_eq!(found, expected, "{kinds} kinds");
            assert_eq!(found, clusters_of(&pictures), "the same again");
        }
    }

    #[test]
    fn there_are_few_clusters_however_many_kinds() {
        let found = clusters_of(&pictures(300, 900));
        let most = found.iter().max().map_or(0, |most| most + 1);
        assert!(most <= MOST as u32, "{most} clusters");
    }

    #[test]
    fn equal_pictures_are_together_and_none_is_fine() {
        assert_eq!(clusters(&[]), [0_u32; 0]);
        let one = &pictures(1, 1)[0];
        assert_eq!(clusters(&[one]), [0]);
        assert_eq!(clusters(&[one, one, one]), [0, 0, 0]);
        let [a, b] = &pictures(2, 2)[..] else {
            panic!("two were made")
        };
        assert_eq!(clusters(&[b, a, a, b, a]), [1, 0, 0, 1, 0]);
    }
}
