//! The choice of the strength of a linear probe.

use glance_engine::Embedding;
use glance_engine::few_shot::{FewShotError, Logistic, Rows};
use glance_engine::score::top_k;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::split::hold_out;

/// Exponents of ten of the first strengths that are tried (paper, appendix A.3).
const FIRST: [f64; 7] = [-6.0, -4.0, -2.0, 0.0, 2.0, 4.0, 6.0];
/// Distance of the last exponents: 8 steps a decade.
const FINEST: f64 = 0.125;
/// The strength where nothing can be held out: scikit-learn's default.
const DEFAULT: f64 = 1.0;

/// Pictures to learn from, each with the index of its class.
pub type Pictures = Vec<(usize, Embedding)>;

/// A linear probe and its strength.
pub struct Probe {
    /// As [`Logistic::fit`] takes it.
    pub strength: f64,
    classifier: Logistic,
}

impl Probe {
    /// Fits a probe to pictures. The strength is the best for a part of them that is held out from the rest.
    /// The search starts with seven strengths and halves the distance around the best, to 8 steps a decade;
    /// the probe itself learns from all pictures (paper, appendix A.3).
    pub fn fit(pictures: &Pictures, classes: usize) -> Result<Self, FewShotError> {
        let [learnt, held_out] = hold_out(pictures.clone(), classes);
        let strength = match held_out.is_empty() {
            true => DEFAULT,
            false => best_strength(&Set::new(&learnt)?, &held_out, classes)?,
        };
        let classifier = Set::new(pictures)?.fit(classes, strength)?;
        Ok(Self {
            strength,
            classifier,
        })
    }

    /// How well each class fits a picture.
    pub fn logits(&self, picture: &Embedding) -> Result<Vec<f32>, FewShotError> {
        self.classifier.logits(picture)
    }
}

/// Pictures as the fit takes them.
struct Set {
    rows: Rows,
    class_of: Vec<usize>,
}

impl Set {
    fn new(pictures: &Pictures) -> Result<Self, FewShotError> {
        Ok(Self {
            rows: Rows::new(pictures.iter().map(|(_, picture)| picture))?,
            class_of: pictures.iter().map(|(class, _)| *class).collect(),
        })
    }

    fn fit(&self, classes: usize, strength: f64) -> Result<Logistic, FewShotError> {
        Logistic::fit(&self.rows, &self.class_of, classes, strength)
    }
}

fn best_strength(learnt: &Set, held_out: &Pictures, classes: usize) -> Result<f64, FewShotError> {
    let accuracy = |exponent: &f64| {
        let classifier = learnt.fit(classes, 10f64.powf(*exponent))?;
        let mut right = 0;
        for (class, picture) in held_out {
            right += usize::from(top_k(&classifier.logits(picture)?, 1) == [*class]);
        }
        Ok((*exponent, right))
    };
    let mut tried = tried(&FIRST, &accuracy)?;
    let mut distance = FIRST[1] - FIRST[0];
    while distance > FINEST {
        distance /= 2.0;
        let best = best(&tried);
        let both = [best - distance, best + distance];
        tried.extend(self::tried(&both, &accuracy)?);
    }
    Ok(10f64.powf(best(&tried)))
}

/// The number of right answers for each exponent.
fn tried(
    exponents: &[f64],
    accuracy: &(impl Fn(&f64) -> Result<(f64, usize), FewShotError> + Sync),
) -> Result<Vec<(f64, usize)>, FewShotError> {
    exponents.par_iter().map(accuracy).collect()
}

/// The exponent with the most right answers; of several, the one in their middle.
fn best(tried: &[(f64, usize)]) -> f64 {
    let most = tried.iter().map(|(_, right)| *right).max().unwrap_or(0);
    let mut equal: Vec<f64> = tried
        .iter()
        .filter(|(_, right)| *right == most)
        .map(|(exponent, _)| *exponent)
        .collect();
    equal.sort_by(f64::total_cmp);
    equal.get(equal.len() / 2).copied().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_of_the_best_is_taken() {
        assert_eq!(
            best(&[(-2.0, 3), (2.0, 5), (0.0, 5), (4.0, 5), (6.0, 1)]),
            2.0
        );
        assert_eq!(best(&[(-2.0, 3)]), -2.0);
    }
}
