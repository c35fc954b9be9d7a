//! How many workers encode pictures on the CPU.

/// Most workers of a page, including the first.
const MOST: usize = 4;
/// Memory of a helper besides the model: the program, a picture from a large camera, activations.
const BYTES_BESIDES_MODEL: f64 = 160e6;
/// The share of a device's memory that all helpers together may take.
const SHARE: f64 = 1.0 / 8.0;
/// The memory in GB assumed for a device that does not report it: a modest phone or laptop.
const USUAL_MEMORY: f64 = 4.0;

/// The number of helpers besides the first worker. `memory` is in GB, if known. One core is left to
/// the page.
pub fn helpers(cores: usize, memory: Option<f64>, model_bytes: f64) -> usize {
    let workers = cores.saturating_sub(1).clamp(1, MOST);
    let room = memory.unwrap_or(USUAL_MEMORY) * 1e9 * SHARE;
    let fit = (room / (model_bytes + BYTES_BESIDES_MODEL)) as usize;
    fit.min(workers - 1)
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::helpers;

    #[test]
    fn cores_and_memory_bound_the_helpers() {
        let small = 9e6;
        assert_eq!(helpers(1, Some(8.0), small), 0);
        assert_eq!(helpers(2, Some(8.0), small), 0);
        assert_eq!(helpers(4, Some(8.0), small), 2);
        assert_eq!(helpers(64, Some(8.0), small), 3);
        assert_eq!(helpers(64, Some(0.25), small), 0);
        assert_eq!(helpers(8, Some(4.0), 150e6), 1);
        assert_eq!(helpers(8, None, 150e6), helpers(8, Some(4.0), 150e6));
        assert_eq!(helpers(8, Some(4.0), 430e6), 0);
    }
}
