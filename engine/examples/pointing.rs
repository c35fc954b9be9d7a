//! How often the region that fits a label best lies on its object. Two pictures of different classes
//! stand side by side, each cut to its middle half, and one of them is asked for.
//!
//! ```sh
//! cargo run --release -p glance-engine --example pointing -- folder-of-class-folders
//! ```
//!
//! The pairs are the same in every run. A guess is right in half of them.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use glance_engine::image::Preprocessing;
use glance_engine::{Clip, DeviceKind, Pack, Picture};
use pollster::block_on;

const MODEL: &str = "static/models/demo.safetensors";
const PAIRS: usize = 200;
/// Side of a composed picture, in pixels.
const SIDE: usize = 448;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: pointing FOLDER")?;
    let classes: Vec<(String, Vec<PathBuf>)> = children(Path::new(&folder))?
        .into_iter()
        .map(|class| {
            let name = class.file_name().unwrap_or_default().to_string_lossy();
            Ok((name.replace('_', " "), children(&class)?))
        })
        .collect::<Result<_, Box<dyn Error>>>()?;
    let count = classes.len();
    if count < 2 || classes.iter().any(|(_, pictures)| pictures.is_empty()) {
        return Err("the folder needs two class folders or more, each with pictures".into());
    }
    let pack = Pack::parse(fs::read(MODEL)?)?;
    let clip = block_on(Clip::load(&pack, DeviceKind::Cpu))?;
    let names: Vec<&String> = classes.iter().map(|(name, _)| name).collect();
    let labels = block_on(clip.encode_labels(&names, &["a photo of a {}"]))?;

    let (mut best, mut halves) = (0, 0);
    let (mut encoding, mut pointing) = (Duration::ZERO, Duration::ZERO);
    for pair in 0..PAIRS {
        let left = pair % count;
        let right = (left + 1 + pair / count % (count - 1)) % count;
        let half = |class: usize| {
            let pictures = &classes[class].1;
            middle_half(&pictures[pair % pictures.len()])
        };
        let picture = side_by_side(&half(left)?, &half(right)?)?;
        let asks_for_right = pair % 2 == 1;
        let asked = if asks_for_right { right } else { left };
        let mut others = labels.clone();
        let label = others.remove(asked);

        let start = Instant::now();
        block_on(clip.encode_images(std::slice::from_ref(&picture)))?;
        encoding += start.elapsed();
        let start = Instant::now();
        let regions = block_on(clip.regions(&picture, &label, &others))?;
        pointing += start.elapsed();

        let scores = &regions.scores.0;
        let columns = regions.columns as usize;
        // A region in the middle belongs to neither half.
        let is_asked = |region: usize| {
            let across = 2 * (region % columns) + 1;
            match asks_for_right {
                true => across > columns,
                false => across < columns,
            }
        };
        let first = (0..scores.len()).max_by(|&a, &b| scores[a].total_cmp(&scores[b]));
        best += usize::from(first.is_some_and(is_asked));
        let sum = |wanted: bool| -> f32 {
            let regions = (0..scores.len()).filter(|region| is_asked(*region) == wanted);
            regions.map(|region| scores[region]).sum()
        };
        halves += usize::from(sum(true) > sum(false));
    }
    let percent = |hits: usize| 100.0 * hits as f64 / PAIRS as f64;
    println!("{PAIRS} pairs of {count} classes");
    println!("the best region is on the object: {:.1} %", percent(best));
    println!("its half has the larger mean: {:.1} %", percent(halves));
    let each = |time: Duration| time.as_secs_f64() * 1e3 / PAIRS as f64;
    println!(
        "{:.1} ms a picture, {:.1} times an encoding",
        each(pointing),
        each(pointing) / each(encoding)
    );
    Ok(())
}

/// The files and folders in a folder, by name.
fn children(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let entries = fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = entries.collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    Ok(paths)
}

/// The middle half of a picture's centre square, RGB `[SIDE, SIDE / 2, 3]`.
fn middle_half(path: &Path) -> Result<Vec<u8>, Box<dyn Error>> {
    let picture = Picture::decode(&fs::read(path)?)?;
    let square = picture.levels(SIDE, &Preprocessing::default());
    let lines = square.chunks_exact(SIDE * 3);
    let middle = SIDE / 4 * 3..SIDE / 4 * 9;
    Ok(lines
        .flat_map(|line| line[middle.clone()].to_vec())
        .collect())
}

fn side_by_side(left: &[u8], right: &[u8]) -> Result<Picture, Box<dyn Error>> {
    let width = SIDE / 2 * 3;
    let lines = left.chunks_exact(width).zip(right.chunks_exact(width));
    let rgb = lines.flat_map(|(left, right)| [left, right].concat());
    Ok(Picture::from_rgb(SIDE, SIDE, rgb.collect())?)
}
