//! Finds the minimum of a smooth convex function.

use std::collections::VecDeque;

/// Steps that are remembered.
const REMEMBERED: usize = 10;
/// Most trials along a direction.
const TRIALS: usize = 30;
/// Share of the predicted decrease that a step must reach.
const DECREASE: f64 = 1e-4;
/// Share of the slope that may be left after a step.
const SLOPE_LEFT: f64 = 0.9;

/// When to stop.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Stops when no component of the gradient is larger.
    pub gradient: f64,
    /// Stops after so many steps.
    pub steps: usize,
}

/// A point with its value and gradient.
struct Point {
    at: Vec<f64>,
    value: f64,
    gradient: Vec<f64>,
}

/// A remembered step.
struct Step {
    /// How far it went.
    moved: Vec<f64>,
    /// How the gradient changed.
    bent: Vec<f64>,
    /// `1 / (moved · bent)`.
    scale: f64,
}

/// Minimises a function with L-BFGS (Liu and Nocedal 1989) from `start`. The line search bisects until
/// the weak Wolfe conditions hold (Lewis and Overton 2013). `evaluate` writes the gradient at a point
/// and returns the value. Returns the best point that was found.
pub fn minimise(
    start: Vec<f64>,
    limits: Limits,
    mut evaluate: impl FnMut(&[f64], &mut [f64]) -> f64,
) -> Vec<f64> {
    let mut point = |at: Vec<f64>| {
        let mut gradient = vec![0.0; at.len()];
        let value = evaluate(&at, &mut gradient);
        Point {
            at,
            value,
            gradient,
        }
    };
    let mut here = point(start);
    let mut steps: VecDeque<Step> = VecDeque::new();
    for _ in 0..limits.steps {
        if largest(&here.gradient) <= limits.gradient {
            break;
        }
        let direction = direction(&here.gradient, &steps);
        // The first direction has no scale of its own yet.
        let first = match steps.is_empty() {
            true => (1.0 / largest(&here.gradient)).min(1.0),
            false => 1.0,
        };
        let Some(next) = search(&here, &direction, first, &mut point) else {
            // Rounding hides what is left to gain.
            break;
        };
        let moved = difference(&next.at, &here.at);
        let bent = difference(&next.gradient, &here.gradient);
        let product = dot(&moved, &bent);
        if product > 0.0 {
            let scale = product.recip();
            steps.push_back(Step { moved, bent, scale });
            if steps.len() > REMEMBERED {
                steps.pop_front();
            }
        }
        here = next;
    }
    here.at
}

/// A point along a direction that is lower by enough; `None` if there is none.
fn search(
    here: &Point,
    direction: &[f64],
    first: f64,
    point: &mut impl FnMut(Vec<f64>) -> Point,
) -> Option<Point> {
    let slope = dot(&here.gradient, direction);
    if slope.is_nan() || slope >= 0.0 {
        return None;
    }
    let (mut low, mut high, mut length) = (0.0, f64::INFINITY, first);
    let mut best = None;
    for _ in 0..TRIALS {
        let at = here.at.iter().zip(direction);
        let next = point(at.map(|(at, step)| at + length * step).collect());
        if next.value <= here.value + DECREASE * length * slope {
            if dot(&next.gradient, direction) >= SLOPE_LEFT * slope {
                return Some(next);
            }
            low = length;
            best = Some(next);
        } else {
            high = length;
        }
        length = match high.is_finite() {
            true => 0.5 * (low + high),
            false => 2.0 * length,
        };
    }
    best
}

/// The direction of the next step: minus the gradient, times the estimated inverse of the Hessian.
fn direction(gradient: &[f64], steps: &VecDeque<Step>) -> Vec<f64> {
    let mut direction: Vec<f64> = gradient.iter().map(|value| -value).collect();
    let mut shares = Vec::with_capacity(steps.len());
    for step in steps.iter().rev() {
        let share = step.scale * dot(&step.moved, &direction);
        add(&mut direction, -share, &step.bent);
        shares.push(share);
    }
    if let Some(last) = steps.back() {
        let scale = 1.0 / (last.scale * dot(&last.bent, &last.bent));
        direction.iter_mut().for_each(|value| *value *= scale);
    }
    for (step, share) in steps.iter().zip(shares.into_iter().rev()) {
        let other = step.scale * dot(&step.bent, &direction);
        add(&mut direction, share - other, &step.moved);
    }
    direction
}

fn add(sum: &mut [f64], scale: f64, values: &[f64]) {
    for (sum, value) in sum.iter_mut().zip(values) {
        *sum += scale * value;
    }
}

fn difference(one: &[f64], other: &[f64]) -> Vec<f64> {
    one.iter().zip(other).map(|(a, b)| a - b).collect()
}

fn dot(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

fn largest(values: &[f64]) -> f64 {
    values.iter().fold(0.0, |most, value| value.abs().max(most))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits {
        gradient: 1e-9,
        steps: 200,
    };

    #[test]
    fn a_long_valley_is_followed_to_its_lowest_point() {
        // The sum of kᵢ (xᵢ − i)² with kᵢ from 1 to 10,000.
        let stiffness = |index: usize| 10f64.powi(index as i32);
        let found = minimise(vec![0.0; 5], LIMITS, |at, gradient| {
            let mut value = 0.0;
            for (index, (at, gradient)) in at.iter().zip(gradient).enumerate() {
                let off = at - index as f64;
                value += stiffness(index) * off * off;
                *gradient = 2.0 * stiffness(index) * off;
            }
            value
        });
        for (index, found) in found.iter().enumerate() {
            assert!((found - index as f64).abs() < 1e-8, "{found} for {index}");
        }
    }

    #[test]
    fn what_has_no_minimum_or_no_value_ends() {
        let limits = Limits {
            gradient: 1e-9,
            steps: 20,
        };
        let falls = minimise(vec![0.0], limits, |at, gradient| {
            gradient[0] = -1.0;
            -at[0]
        });
        assert!(falls[0] > 0.0);
        let nothing = minimise(vec![0.5], limits, |_, gradient| {
            gradient[0] = f64::NAN;
            f64::NAN
        });
        assert_eq!(nothing, [0.5]);
    }
}
