//! Prints the embedding of a picture or a text as a line of JSON.
//!
//! ```sh
//! cargo run --release -p glance-engine --example embed -- static/samples/cat.jpg "a photo of a cat"
//! ```
//!
//! An argument that names a file is a picture; any other is a text.

use std::path::Path;

use glance_engine::{Clip, Pack, Picture};
use pollster::block_on;

const MODEL: &str = "static/models/demo.safetensors";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let pack = Pack::parse(std::fs::read(MODEL)?)?;
    let (clip, _) = block_on(Clip::load_fastest(&pack))?;
    for argument in std::env::args().skip(1) {
        let embeddings = match Path::new(&argument).is_file() {
            true => {
                let picture = Picture::decode(&std::fs::read(&argument)?)?;
                block_on(clip.encode_images(&[picture]))?
            }
            false => block_on(clip.encode_texts(&[argument]))?,
        };
        println!("{}", serde_json::to_string(&embeddings[0])?);
    }
    Ok(())
}
