//! Progress lines of the training stages.

use std::time::Instant;

use burn::tensor::Tensor;

/// Steps between lines.
const EVERY: usize = 100;

/// Prints the losses of every 100th step and of the last one.
pub fn print_losses(
    stage: &str,
    step: usize,
    steps: usize,
    losses: Vec<Tensor<1>>,
    begun: Instant,
) {
    let done = step + 1;
    if !done.is_multiple_of(EVERY) && done != steps {
        return;
    }
    let losses: Vec<String> = losses
        .into_iter()
        .map(|loss| format!("{:.3}", loss.into_scalar::<f32>()))
        .collect();
    println!(
        "{stage}: step {done} of {steps}, losses {}, {:.2} s a step",
        losses.join(" "),
        begun.elapsed().as_secs_f32() / done as f32
    );
}
