//! Which pictures fit a text best: search in a folder of pictures.
//!
//! ```sh
//! cargo run --release -p glance-engine --example retrieve -- "a cup of coffee" static/samples/*.jpg
//! ```

use glance_engine::{Clip, Pack, Picture, score};
use pollster::block_on;

const MODEL: &str = "static/models/demo.safetensors";
/// Pictures listed.
const BEST: usize = 5;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let query = arguments.next().ok_or("usage: retrieve TEXT PICTURE...")?;
    let paths: Vec<String> = arguments.collect();

    let pack = Pack::parse(std::fs::read(MODEL)?)?;
    let (clip, _) = block_on(Clip::load_fastest(&pack))?;
    let texts = block_on(clip.encode_texts(&[query]))?;
    let mut cosines = Vec::with_capacity(paths.len());
    for path in &paths {
        // One picture at a time, so that a large folder needs no more memory than its largest
        // picture.
        let picture = Picture::decode(&std::fs::read(path)?)?;
        let images = block_on(clip.encode_images(&[picture]))?;
        cosines.push(score::cosine(&images[0].0, &texts[0].0));
    }
    for index in score::top_k(&cosines, BEST) {
        println!("{:.3}  {}", cosines[index], paths[index]);
    }
    Ok(())
}
