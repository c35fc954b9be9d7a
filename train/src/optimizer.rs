//! AdamW as in the paper (section 2.5), and its learning rate over time.

use burn::module::{Module, ModuleVisitor, Param, ParamGroup, ParamId};
use burn::optim::{AdamWConfig, ModuleOptimizer};
use burn::tensor::Tensor;
use glance_engine::burn_model::BurnModel;

/// β₂ 0.98 and ε 1e-6 are the paper's for its transformers (table 18).
fn adamw(weight_decay: f32) -> AdamWConfig {
    AdamWConfig::new()
        .with_beta_2(0.98)
        .with_epsilon(1e-6)
        .with_weight_decay(weight_decay)
}

/// AdamW that decays matrices and kernels, but no gain, bias or temperature.
pub fn optimizer(model: &BurnModel, weight_decay: f32) -> ModuleOptimizer {
    struct Matrices(Vec<ParamId>);
    impl ModuleVisitor for Matrices {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            if D > 1 {
                self.0.push(param.id);
            }
        }
    }
    let mut matrices = Matrices(Vec::new());
    model.visit(&mut matrices);
    let group = ParamGroup::from_ids(matrices.0);
    adamw(0.0)
        .init()
        .with_group(group, adamw(weight_decay).build(), None)
}

/// Linear warm-up to `peak` over `warm_up` steps, then half a cosine to zero at `steps`.
pub fn learning_rate(step: usize, steps: usize, warm_up: usize, peak: f64) -> f64 {
    if step < warm_up {
        return peak * (step + 1) as f64 / warm_up as f64;
    }
    let progress = (step - warm_up) as f64 / (steps - warm_up).max(1) as f64;
    peak * 0.5 * (1.0 + (std::f64::consts::PI * progress.min(1.0)).cos())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_rises_to_its_peak_and_falls_to_zero() {
        let rate = |step| learning_rate(step, 110, 10, 2.0);
        assert!((rate(0) - 0.2).abs() < 1e-12);
        assert!((rate(9) - 2.0).abs() < 1e-12);
        assert!((rate(10) - 2.0).abs() < 1e-12);
        assert!((rate(60) - 1.0).abs() < 1e-12);
        assert!(rate(110).abs() < 1e-12);
        assert!((10..110).all(|step| rate(step + 1) < rate(step)));
    }
}
