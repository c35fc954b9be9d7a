//! Runs the image tower of an EfficientNet-lite0 checkpoint, to compare or time it.
//!
//! ```text
//! efficientnet_lite CHECKPOINT SIDE f32|f16|int8 < PIXELS > FEATURES
//! efficientnet_lite CHECKPOINT SIDE f32|f16|int8 RUNS
//! ```
//!
//! PIXELS are f32 `[batch, SIDE, SIDE, 3]`, normalised. FEATURES are f32 `[batch, 1280]`. With RUNS
//! it times one picture instead.

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use std::io::{self, Read, Write};
    use std::path::Path;
    use std::time::Instant;

    use glance_engine::EfficientnetLiteConfig;
    use glance_engine::compute::cpu::Cpu;
    use glance_engine::model::ImageTower;
    use glance_engine::weights::{EfficientnetLiteCheckpoint, Folder, WeightType};
    use pollster::block_on;

    pub fn main() -> Result<(), Box<dyn std::error::Error>> {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let (checkpoint, side, weights, runs) = match arguments.as_slice() {
            [checkpoint, side, weights] => (checkpoint, side, weights, None),
            [checkpoint, side, weights, runs] => (checkpoint, side, weights, Some(runs.parse()?)),
            _ => return Err("CHECKPOINT SIDE f32|f16|int8 [RUNS]".into()),
        };
        let side: usize = side.parse()?;
        let weights: WeightType = serde_json::from_value(weights.as_str().into())?;
        let files = Folder::open(Path::new(checkpoint))?;
        let config = EfficientnetLiteConfig::lite0(side);
        let checkpoint = block_on(EfficientnetLiteCheckpoint::read(&files, config))?;
        let pack = checkpoint.image_pack("EfficientNet-lite0", weights)?;
        let tower = block_on(ImageTower::load(Cpu::new(), &pack))?;
        if let Some(runs) = runs {
            return time(&tower, side, runs);
        }
        let mut bytes = Vec::new();
        io::stdin().read_to_end(&mut bytes)?;
        let pixels: Vec<f32> = bytemuck::pod_collect_to_vec(&bytes);
        let features = block_on(tower.features(&pixels))?;
        io::stdout().write_all(bytemuck::cast_slice(&features))?;
        Ok(())
    }

    /// Prints the shortest and the median time of `runs` runs.
    fn time(
        tower: &ImageTower<Cpu>,
        side: usize,
        runs: usize,
    ) -> Result<(), Box<dyn std::error::Error>> {
        let pixel = |index: usize| (index % 255) as f32 / 128.0 - 1.0;
        let pixels: Vec<f32> = (0..side * side * 3).map(pixel).collect();
        let mut times = Vec::new();
        for _ in 0..runs.max(1) {
            let start = Instant::now();
            block_on(tower.features(&pixels))?;
            times.push(start.elapsed().as_secs_f64() * 1e3);
        }
        times.sort_by(f64::total_cmp);
        println!(
            "{side} px: {:.2} ms, median {:.2} ms",
            times[0],
            times[times.len() / 2]
        );
        Ok(())
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    native::main()
}

/// Every example is built for wasm32 too, which has no files.
#[cfg(target_arch = "wasm32")]
fn main() {}
