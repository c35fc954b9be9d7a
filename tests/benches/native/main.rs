//! Ours beside onnxruntime on one thread of this processor, and beside PyTorch on a graphics card,
//! in turns. `cargo xtask bench` runs it.

use std::path::Path;
use std::time::Instant;

use glance_engine::compute::ComputeError;
use glance_engine::compute::gpu::Gpu;
use glance_engine::text::Tokens;
use glance_engine::{Clip, DeviceKind, Pack};
use serde_json::{Value, json};

mod kernels;
mod peer;

use peer::Peer;

const MODELS: [&str; 2] = ["clip-vit-base-patch32", "TinyCLIP-ViT-8M-16"];
const SIDE: usize = 224;
/// The length of the texts that the peer is given.
const TOKENS: usize = 12;
/// Tokens that all labels begin with: a start, and “a photo of a”.
const SENTENCE: [u32; 5] = [49406, 320, 1125, 539, 320];
const END: u32 = 49407;

/// A contestant's turn: milliseconds, or `None` if it cannot run here.
type Turn<'a> = (&'a str, Box<dyn FnMut() -> Option<f64> + 'a>);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo bench` adds an argument of its own behind these.
    let [models, python, output, extent, ..] = arguments.as_slice() else {
        panic!("cargo xtask bench runs this");
    };
    let rounds = if extent == "quick" { 5 } else { 21 };
    let card = pollster::block_on(Gpu::new())
        .ok()
        .map(|gpu| gpu.adapter().clone())
        .filter(|adapter| !adapter.software);
    if card.is_none() {
        println!("No graphics card for Vulkan, Metal or DirectX: measured on the processor alone.");
    }
    let mut found = Vec::new();
    for model in MODELS {
        let folder = Path::new(models).join(model);
        let peer = Peer::start(python.as_ref(), &folder);
        println!("{model} natively");
        found.extend(towers(&folder, model, DeviceKind::Cpu, &peer, rounds));
        if card.is_some() {
            found.extend(towers(&folder, model, DeviceKind::Gpu, &peer, rounds));
        }
        if model == MODELS[0] {
            found.extend(kernels::measure(card.is_some(), &peer, rounds));
        }
    }
    let card = card.map(|adapter| adapter.name);
    let all = json!({"machine": {"card": card}, "results": found});
    std::fs::write(output, format!("{all:#}\n")).expect("the results can be written");
}

/// Both towers, on inputs that are ready.
fn towers(
    folder: &Path,
    model: &str,
    device: DeviceKind,
    peer: &Peer,
    rounds: usize,
) -> Vec<Value> {
    let (place, peers, images, texts): (_, &[&str], &[usize], &[usize]) = match device {
        DeviceKind::Cpu => ("cpu", &["fp32", "q8", "q4"], &[1, 8], &[1, 16]),
        DeviceKind::Gpu => ("gpu", &["torch"], &[1, 8, 64], &[1, 16, 100]),
    };
    let captions = &texts[1..];
    let pack = std::fs::read(folder.join("int8.safetensors")).expect("the pack was made before");
    let pack = Pack::parse(pack).expect("the pack is sound");
    let clip = pollster::block_on(Clip::load(&pack, device)).expect("the device was there");
    let cases = images.iter().map(|count| ("image", *count));
    let cases = cases.chain(texts.iter().map(|count| ("text", *count)));
    let cases = cases.chain(captions.iter().map(|count| ("caption", *count)));
    let mut found = Vec::new();
    for (what, count) in cases {
        let pixels = vec![0.5; count * SIDE * SIDE * 3];
        let shared = if what == "text" { SENTENCE.len() } else { 1 };
        let texts: Vec<Tokens> = (0..count).map(|index| tokens(index, shared)).collect();
        let ours = || {
            let start = Instant::now();
            let encoded: Result<_, ComputeError> = pollster::block_on(async {
                match what {
                    "image" => clip.encode_pixels(&pixels).await,
                    _ => clip.encode_tokens(&texts).await,
                }
            });
            let encoded = encoded.expect("the network runs");
            assert_eq!(encoded.len(), count);
            Some(milliseconds(start))
        };
        let mut turns: Vec<Turn> = vec![("ours", Box::new(ours))];
        for &who in peers {
            turns.push((who, Box::new(move || peer.run(who, what, count))));
        }
        let what = format!("{what} ×{count}");
        found.extend(take_turns(turns, rounds, |who, samples| {
            record(model, place, who, &what, "ms", samples)
        }));
    }
    found
}

/// Text `index` of a case, whose texts have the first `shared` tokens in common and no other.
fn tokens(index: usize, shared: usize) -> Tokens {
    let own = (0..).map(|position| (1000 + index * TOKENS + position) as u32);
    let ids = SENTENCE[..shared].iter().copied().chain(own);
    let ids = ids.take(TOKENS - 1).chain([END]).collect();
    Tokens {
        ids,
        truncated: false,
    }
}

/// Runs a warm-up and `rounds` rounds, all in turns; returns a record of each that can run here.
fn take_turns(
    mut turns: Vec<Turn>,
    rounds: usize,
    record: impl Fn(&str, &[f64]) -> Value,
) -> Vec<Value> {
    let mut samples = vec![Vec::new(); turns.len()];
    for round in 0..=rounds {
        for ((_, turn), samples) in turns.iter_mut().zip(&mut samples) {
            if let Some(time) = turn()
                && round > 0
            {
                samples.push(time);
            }
        }
    }
    let found = turns.iter().zip(&samples);
    let found = found.filter(|(_, samples)| !samples.is_empty());
    found
        .map(|((who, _), samples)| record(who, samples))
        .collect()
}

fn milliseconds(start: Instant) -> f64 {
    1e3 * start.elapsed().as_secs_f64()
}

/// A record as `cargo xtask bench` reads it.
fn record(model: &str, device: &str, who: &str, what: &str, unit: &str, samples: &[f64]) -> Value {
    json!({
        "part": "native", "model": model, "device": device, "who": who, "what": what,
        "unit": unit, "samples": samples,
    })
}
