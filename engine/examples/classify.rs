//! Which label fits a picture best.
//!
//! ```sh
//! cargo run --release -p glance-engine --example classify -- static/samples/cat.jpg cat dog bicycle
//! ```

use glance_engine::{Clip, Pack, Picture};
use pollster::block_on;

const MODEL: &str = "static/models/demo.safetensors";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("usage: classify PICTURE LABEL...")?;
    let labels: Vec<String> = arguments.collect();

    let pack = Pack::parse(std::fs::read(MODEL)?)?;
    let (clip, _) = block_on(Clip::load_fastest(&pack))?;
    let picture = Picture::decode(&std::fs::read(path)?)?;
    let rankings = block_on(clip.classify(&[picture], &labels, &["a photo of a {}"]))?;
    for ranked in &rankings[0] {
        println!(
            "{:5.1} %  cosine {:.3}  {}",
            100.0 * ranked.probability,
            ranked.cosine,
            labels[ranked.label]
        );
    }
    Ok(())
}
