//! Losses of the stages besides the contrastive one, and their building blocks.

use burn::tensor::{Bool, Device, Int, Tensor, TensorData, activation};
use rand::Rng;

use crate::words::vocabulary::{Anchor, Tree};

/// Probability that a cut goes below a kind.
const DEEPER: f64 = 0.75;
/// Larger kinds are left out: people do not name pictures by them.
const LARGEST_KIND: usize = 420;

/// `[rows, rows]`: true off the diagonal for rows of one name.
pub fn alike(rows: &[(usize, Anchor)], device: &Device) -> Tensor<2, Bool> {
    let count = rows.len();
    let pairs = (0..count).flat_map(|a| (0..count).map(move |b| (a, b)));
    let alike: Vec<bool> = pairs
        .map(|(a, b)| a != b && rows[a].1 == rows[b].1)
        .collect();
    Tensor::from_data(TensorData::new(alike, [count, count]), device)
}

/// Scales rows to unit length.
pub fn unit(x: Tensor<2>) -> Tensor<2> {
    let length = x.clone().powi_scalar(2).sum_dim(1).sqrt();
    x / length.clamp_min(1e-12)
}

/// The mean over rows of −log of the right column's share.
pub fn cross_entropy(logits: Tensor<2>, right: Tensor<2, Int>) -> Tensor<1> {
    activation::log_softmax(logits, 1)
        .gather(1, right)
        .mean()
        .neg()
}

/// The Kullback–Leibler divergence of softmax(`logits`) from `taught`, averaged over rows.
pub fn divergence(taught: Tensor<2>, logits: Tensor<2>) -> Tensor<1> {
    let [rows, _] = taught.dims();
    let found = activation::log_softmax(logits, 1);
    let certainty = taught.clone().clamp_min(1e-9).log();
    (taught * (certainty - found)).sum().div_scalar(rows as f64)
}

/// A random cut through the tree: kinds and classes that do not overlap, `(anchor, classes)` each.
/// They cover every class that has a name.
pub fn cut<'a>(tree: &'a Tree, rng: &mut impl Rng) -> Vec<(Anchor, &'a [u32])> {
    let mut found = Vec::new();
    let mut open = vec![0];
    while let Some(index) = open.pop() {
        let node = &tree.nodes[index];
        let unnamed = node.anchor.is_none() || node.classes.len() > LARGEST_KIND;
        if !node.children.is_empty() && (unnamed || rng.random_bool(DEEPER)) {
            open.extend(&node.children);
        } else if let Some(anchor) = node.anchor {
            found.push((anchor, node.classes.as_slice()));
        }
    }
    found
}

/// `[classes, kinds]`: one where a class is of a kind.
pub fn members(cut: &[(Anchor, &[u32])], classes: usize, device: &Device) -> Tensor<2> {
    let mut values = vec![0.0_f32; classes * cut.len()];
    for (kind, (_, members)) in cut.iter().enumerate() {
        for class in *members {
            values[*class as usize * cut.len() + kind] = 1.0;
        }
    }
    Tensor::from_data(TensorData::new(values, [classes, cut.len()]), device)
}

#[cfg(test)]
pub(in crate::locked_image) mod tests {
    use std::collections::HashMap;

    use rand::SeedableRng;
    use rand::rngs::SmallRng;

    use super::*;
    use crate::words::vocabulary::Node;

    /// A root without a name over three classes.
    pub(in crate::locked_image) fn tree() -> Tree {
        let leaf = |class| Node {
            anchor: Some(class),
            children: Vec::new(),
            classes: vec![class],
        };
        let root = Node {
            anchor: None,
            children: vec![1, 2, 3],
            classes: vec![0, 1, 2],
        };
        Tree {
            nodes: vec![root, leaf(0), leaf(1), leaf(2)],
            of_synset: HashMap::new(),
        }
    }

    #[test]
    fn a_cut_has_every_class_once() {
        let tree = tree();
        for seed in 0..20 {
            let cut = cut(&tree, &mut SmallRng::seed_from_u64(seed));
            let mut classes: Vec<u32> = cut
                .iter()
                .flat_map(|(_, classes)| *classes)
                .copied()
                .collect();
            classes.sort_unstable();
            assert_eq!(classes, [0, 1, 2]);
        }
    }

    #[test]
    fn a_divergence_is_none_where_the_softmax_agrees() {
        let device = Device::flex();
        let taught = Tensor::<2>::from_data([[0.5, 0.25, 0.25]], &device);
        let agreeing = taught.clone().log();
        assert!(
            divergence(taught.clone(), agreeing)
                .into_scalar::<f32>()
                .abs()
                < 1e-6
        );
        // 0.5 ln(0.5 / 0.25) + 0.25 ln(0.25 / 0.25) + 0.25 ln(0.25 / 0.5)
        let other = Tensor::<2>::from_data([[0.25_f32, 0.25, 0.5]], &device).log();
        let found = divergence(taught, other).into_scalar::<f32>();
        assert!((found - 0.25 * 2_f32.ln()).abs() < 1e-6, "{found}");
    }
}
