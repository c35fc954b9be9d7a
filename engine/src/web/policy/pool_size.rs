//! How many helper workers there are, and how far they work ahead.

/// Most workers of a page, including the first.
const MOST: usize = 4;
/// Memory of a helper besides the model: the program, a picture from a large camera, activations.
const BYTES_BESIDES_MODEL: f64 = 160e6;
/// The share of a device's memory that all helpers together may take.
const SHARE: f64 = 1.0 / 8.0;
/// Bytes of preprocessed pictures that may wait for the GPU. A full batch at 336 pixels takes 5 MB.
const WAITING_BYTES: usize = 16 << 20;
/// The memory in GB assumed for a device that does not report it: a modest phone or laptop.
const USUAL_MEMORY: f64 = 4.0;

/// The number of helpers that encode pictures on the CPU, besides the first worker. `memory` is in GB,
/// if known. One core is left to the page.
pub fn encoders(cores: usize, memory: Option<f64>, model_bytes: f64) -> usize {
    let workers = cores.saturating_sub(1).clamp(1, MOST);
    fit(memory, model_bytes).min(workers - 1)
}

/// The number of helpers that preprocess pictures for a GPU. The first worker waits for the GPU most of
/// the time, so one core is left to it and to the page.
pub fn preparers(cores: usize, memory: Option<f64>) -> usize {
    fit(memory, 0.0).min(cores.saturating_sub(1).min(MOST))
}

/// The number of preprocessed pictures, of `size` × `size` pixels, that may wait for the GPU. A GPU may be
/// slower than the helpers, and a queue may have thousands.
pub fn waiting_pictures(size: usize) -> usize {
    (WAITING_BYTES / (size * size * 3).max(1)).max(1)
}

/// Helpers that fit the memory, each with a model of so many bytes.
fn fit(memory: Option<f64>, model_bytes: f64) -> usize {
    let room = memory.unwrap_or(USUAL_MEMORY) * 1e9 * SHARE;
    (room / (model_bytes + BYTES_BESIDES_MODEL)) as usize
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::{encoders, preparers, waiting_pictures};

    #[test]
    fn cores_and_memory_bound_the_encoders() {
        let small = 9e6;
        assert_eq!(encoders(1, Some(8.0), small), 0);
        assert_eq!(encoders(2, Some(8.0), small), 0);
        assert_eq!(encoders(4, Some(8.0), small), 2);
        assert_eq!(encoders(64, Some(8.0), small), 3);
        assert_eq!(encoders(64, Some(0.25), small), 0);
        assert_eq!(encoders(8, Some(4.0), 150e6), 1);
        assert_eq!(encoders(8, None, 150e6), encoders(8, Some(4.0), 150e6));
        assert_eq!(encoders(8, Some(4.0), 430e6), 0);
    }

    #[test]
    fn few_pictures_wait_for_the_gpu() {
        assert_eq!(waiting_pictures(224), 111);
        assert_eq!(waiting_pictures(336), 49);
        assert_eq!(waiting_pictures(4096), 1);
    }

    #[test]
    fn one_core_is_left_to_the_page_and_the_gpu() {
        assert_eq!(preparers(1, Some(8.0)), 0);
        assert_eq!(preparers(2, Some(8.0)), 1);
        assert_eq!(preparers(4, Some(8.0)), 3);
        assert_eq!(preparers(64, Some(8.0)), 4);
        assert_eq!(preparers(8, Some(1.0)), 0);
        assert_eq!(preparers(8, None), preparers(8, Some(4.0)));
    }
}
