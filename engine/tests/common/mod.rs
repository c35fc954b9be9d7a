//! Tiny random networks with the outputs of transformers' `CLIPModel`, of open_clip and of
//! `efficientnet_lite_pytorch` (`tests/fixtures/make_clip_fixtures.py`, `make_region_fixtures.py`), and
//! checks that every device must pass.

mod efficientnet_lite;
pub mod memory_files;

use glance_engine::compute::gpu::{Gpu, KernelStrategy};
use glance_engine::text::Tokens;
use glance_engine::weights::{Checkpoint, WeightType};
use glance_engine::{Clip, DeviceKind, Embedding, Pack};
use half::f16;
use safetensors::SafeTensors;

use memory_files::MemoryFiles;

/// Largest error of any value, relative to the largest value.
const TOLERANCE: f32 = 1e-4;
/// Smallest cosine of an embedding with the reference's if products are in f16.
const F16_COSINE: f32 = 0.9999;
/// Smallest cosine of an int8 or f16 network's embedding with the f32 one's.
const QUANTISED_COSINE: f32 = 0.999;

/// A checkpoint in its reference's layout, and the reference's outputs.
pub struct Fixture {
    /// The folder's name.
    pub name: &'static str,
    files: [(&'static str, &'static [u8]); 3],
    reference: &'static [u8],
    regions: &'static [u8],
}

macro_rules! fixture {
    ($name:literal, $config:literal) => {
        Fixture {
            name: $name,
            files: [
                fixture!($name, file $config),
                fixture!($name, file "model.safetensors"),
                fixture!($name, file "merges.txt"),
            ],
            reference: fixture!($name, file "reference.safetensors").1,
            regions: fixture!($name, file "regions.safetensors").1,
        }
    };
    ($name:literal, file $file:literal) => {
        (
            $file,
            include_bytes!(concat!("../../../tests/fixtures/clip/", $name, "/", $file)).as_slice(),
        )
    };
}

/// Every architecture, activation and stored type.
pub const FIXTURES: [Fixture; 6] = [
    fixture!("vit-quick-gelu", "config.json"),
    fixture!("vit-gelu", "config.json"),
    fixture!("vit-many-patches", "config.json"),
    fixture!("resnet-gelu", "open_clip_config.json"),
    fixture!("resnet-quick-gelu", "open_clip_config.json"),
    fixture!("efficientnet-lite", "glance_config.json"),
];

/// A reference's inputs and outputs.
pub struct Reference {
    /// `[batch, size, size, 3]`.
    pub pixels: Vec<f32>,
    /// Pictures in the batch.
    pub pictures: usize,
    /// Texts of several lengths.
    pub tokens: Vec<Tokens>,
    /// `[pictures, projection]`.
    pub image_embeds: Vec<f32>,
    /// `[texts, projection]`.
    pub text_embeds: Vec<f32>,
    /// `[pictures, texts]`.
    pub logits: Vec<f32>,
}

/// A picture with a reference's regions.
pub struct RegionReference {
    /// `[size, size, 3]`.
    pub pixels: Vec<f32>,
    /// `[regions, projection]`.
    pub regions: Vec<f32>,
}

impl Fixture {
    /// The checkpoint as a pack.
    pub async fn pack(&self, weight_type: WeightType) -> Pack {
        if self.files[0].0 == "glance_config.json" {
            return efficientnet_lite::pack(self.name, &self.files, weight_type).await;
        }
        let checkpoint = Checkpoint::open(MemoryFiles::new(&self.files)).await;
        let checkpoint = checkpoint.expect("the checkpoint is complete");
        let pack = checkpoint.pack(self.name, None, weight_type, |_| {}).await;
        pack.expect("the checkpoint is sound")
    }

    /// The reference's inputs and outputs.
    pub fn reference(&self) -> Reference {
        let tensors = SafeTensors::deserialize(self.reference).expect("the fixture is whole");
        let tensor = |name: &str| tensors.tensor(name).expect("the fixture has every tensor");
        let floats = |name: &str| floats(&tensors, name);
        let integers = |name: &str| -> Vec<i64> {
            tensor(name)
                .data()
                .as_chunks()
                .0
                .iter()
                .map(|bytes| i64::from_le_bytes(*bytes))
                .collect()
        };
        let (pictures, pixels) = pixels(&tensors);
        let ids = integers("input_ids");
        let context = tensor("input_ids").shape()[1];
        let tokens = ids
            .chunks_exact(context)
            .zip(integers("lengths"))
            .map(|(ids, length)| {
                let ids = ids[..length as usize].iter().map(|id| *id as u32).collect();
                Tokens {
                    ids,
                    truncated: false,
                }
            });
        Reference {
            pixels,
            pictures,
            tokens: tokens.collect(),
            image_embeds: floats("image_embeds"),
            text_embeds: floats("text_embeds"),
            logits: floats("logits_per_image"),
        }
    }

    /// A picture with the reference's regions.
    pub fn regions(&self) -> RegionReference {
        let tensors = SafeTensors::deserialize(self.regions).expect("the fixture is whole");
        let (_, pixels) = pixels(&tensors);
        RegionReference {
            pixels,
            regions: floats(&tensors, "regions"),
        }
    }
}

/// The f32 values of a tensor.
fn floats(tensors: &SafeTensors<'_>, name: &str) -> Vec<f32> {
    let tensor = tensors.tensor(name).expect("the fixture has every tensor");
    let values = tensor.data().as_chunks().0.iter();
    values.map(|bytes| f32::from_le_bytes(*bytes)).collect()
}

/// The number of pictures, and their pixels `[pictures, size, size, 3]`.
fn pixels(tensors: &SafeTensors<'_>) -> (usize, Vec<f32>) {
    let pixels = tensors.tensor("pixel_values");
    let pixels = pixels.expect("the fixture has pictures");
    let (pictures, size) = (pixels.shape()[0], pixels.shape()[3]);
    let halves = pixels.data().as_chunks().0.iter();
    let planes: Vec<f32> = halves
        .map(|bytes| f16::from_le_bytes(*bytes).to_f32())
        .collect();
    let area = size * size;
    let pixels = (0..planes.len()).map(|index| {
        let (picture, pixel, channel) = (index / (3 * area), index / 3 % area, index % 3);
        planes[(picture * 3 + channel) * area + pixel]
    });
    (pictures, pixels.collect())
}

/// Where a test runs its network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TestDevice {
    /// The CPU.
    Cpu,
    /// The GPU, with this kernel strategy.
    Gpu(KernelStrategy),
}

/// Loads one network after the other on the same device, because a software adapter takes longer to
/// compile kernels than to run them.
pub struct Loader {
    on: TestDevice,
    gpu: Option<Gpu>,
}

impl Loader {
    /// Opens the device.
    pub async fn new(on: TestDevice) -> Self {
        let gpu = match on {
            TestDevice::Cpu => None,
            TestDevice::Gpu(strategy) => Some(
                Gpu::with_strategy(strategy)
                    .await
                    .expect("the device opens"),
            ),
        };
        Self { on, gpu }
    }

    /// Loads a fixture's network. The previous one must have been given back.
    pub async fn load(&mut self, fixture: &Fixture, weight_type: WeightType) -> Clip {
        let pack = fixture.pack(weight_type).await;
        let clip = match (self.on, self.gpu.take()) {
            (TestDevice::Cpu, _) => Clip::load(&pack, DeviceKind::Cpu).await,
            (TestDevice::Gpu(_), Some(gpu)) => Clip::load_on(&pack, gpu).await,
            (TestDevice::Gpu(_), None) => panic!("the network before was not given back"),
        };
        clip.expect("the fixture loads")
    }

    /// Takes back the device of a network that is no longer needed.
    pub fn give_back(&mut self, clip: Clip) {
        self.gpu = clip.into_gpu();
    }
}

/// Embeddings and logits of f32 networks equal the reference's. Embeddings of int8 and f16 networks
/// point the same way as those of f32 networks.
pub async fn assert_parity(on: TestDevice) {
    let mut loader = Loader::new(on).await;
    for fixture in &FIXTURES {
        let reference = fixture.reference();
        let exact = loader.load(fixture, WeightType::F32).await;
        let (images, texts) = encode(&exact, &reference).await;
        let name = fixture.name;
        if on == TestDevice::Gpu(KernelStrategy::SharedF16) {
            assert_near(&images, &reference.image_embeds, &format!("{name}, images"));
            assert_near(&texts, &reference.text_embeds, &format!("{name}, texts"));
        } else {
            assert_close(
                &flat(&images),
                &reference.image_embeds,
                &format!("{name}, images"),
            );
            assert_close(
                &flat(&texts),
                &reference.text_embeds,
                &format!("{name}, texts"),
            );
            let logits: Vec<f32> = Clip::similarity(&images, &texts)
                .concat()
                .iter()
                .map(|cosine| cosine * exact.logit_scale())
                .collect();
            assert_close(&logits, &reference.logits, &format!("{name}, logits"));
        }
        loader.give_back(exact);

        for weight_type in [WeightType::Int8, WeightType::F16] {
            let quantised = loader.load(fixture, weight_type).await;
            let (quantised_images, quantised_texts) = encode(&quantised, &reference).await;
            loader.give_back(quantised);
            let pairs = images.iter().zip(&quantised_images);
            for (exact, found) in pairs.chain(texts.iter().zip(&quantised_texts)) {
                let cosine = glance_engine::score::cosine(&exact.0, &found.0);
                assert!(
                    cosine >= QUANTISED_COSINE,
                    "{name}, {weight_type:?}: cosine {cosine}"
                );
            }
        }
    }
}

/// Rounding decides nothing in a fixture: pixels that differ by 1e-6, as devices do in their
/// arithmetic, give the same embedding to the bound of int8. Else a fixture would say which way a
/// device rounds, not whether it computes the network.
#[cfg(not(target_arch = "wasm32"))]
pub async fn assert_rounding_decides_nothing(on: TestDevice) {
    const DRAWS: usize = 12;
    let mut loader = Loader::new(on).await;
    for fixture in &FIXTURES {
        let reference = fixture.reference();
        let clip = loader.load(fixture, WeightType::Int8).await;
        let (images, _) = encode(&clip, &reference).await;
        for draw in 0..DRAWS {
            let mut state = draw as u32 + 1;
            let pixels: Vec<f32> = reference
                .pixels
                .iter()
                .map(|pixel| {
                    state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    let sign = if state >> 31 == 0 { 1.0 } else { -1.0 };
                    pixel * (1.0 + sign * 1e-6)
                })
                .collect();
            let found = clip
                .encode_pixels(&pixels)
                .await
                .expect("the device answers");
            for (index, (found, expected)) in found.iter().zip(&images).enumerate() {
                let cosine = glance_engine::score::cosine(&found.0, &expected.0);
                let name = fixture.name;
                assert!(
                    cosine >= QUANTISED_COSINE,
                    "{name}, picture {index}, draw {draw}: cosine {cosine}"
                );
            }
        }
        loader.give_back(clip);
    }
}

/// A picture or text gives the same bits alone, in any batch and in any order.
pub async fn assert_batch_independence(on: TestDevice) {
    let mut loader = Loader::new(on).await;
    for fixture in &FIXTURES {
        let reference = fixture.reference();
        let clip = loader.load(fixture, WeightType::Int8).await;
        let (images, texts) = encode(&clip, &reference).await;
        let picture = reference.pixels.len() / reference.pictures;
        for (index, pixels) in reference.pixels.chunks_exact(picture).enumerate() {
            let eight = pixels
                .iter()
                .chain(&reference.pixels)
                .copied()
                .collect::<Vec<_>>();
            let company = clip
                .encode_pixels(&eight)
                .await
                .expect("the device answers");
            let alone = clip
                .encode_pixels(pixels)
                .await
                .expect("the device answers");
            assert_eq!(alone[0], images[index], "{}, picture {index}", fixture.name);
            assert_eq!(
                company[0], images[index],
                "{}, picture {index}",
                fixture.name
            );
        }
        for (index, tokens) in reference.tokens.iter().enumerate() {
            let alone = clip.encode_tokens(std::slice::from_ref(tokens)).await;
            let alone = alone.expect("the device answers");
            assert_eq!(alone[0], texts[index], "{}, text {index}", fixture.name);
        }
        // Prefixes of the longest text, each with its end token, and one of them twice.
        let longest = reference.tokens.iter().map(|tokens| &tokens.ids);
        let longest = longest.max_by_key(|ids| ids.len()).expect("some texts");
        let (end, ids) = longest.split_last().expect("an end token");
        assert!(ids.len() > 5, "{}: most of each is common", fixture.name);
        let beginnings: Vec<Tokens> = (1..=ids.len())
            .chain([1])
            .map(|length| Tokens {
                ids: ids[..length].iter().chain([end]).copied().collect(),
                truncated: false,
            })
            .collect();
        let together = clip.encode_tokens(&beginnings).await;
        let together = together.expect("the device answers");
        for (tokens, found) in beginnings.iter().zip(together) {
            let alone = clip.encode_tokens(std::slice::from_ref(tokens)).await;
            let alone = alone.expect("the device answers");
            assert_eq!(alone[0], found, "{}, {:?}", fixture.name, tokens.ids);
        }
        let backwards: Vec<Tokens> = reference.tokens.iter().rev().cloned().collect();
        let backwards = clip
            .encode_tokens(&backwards)
            .await
            .expect("the device answers");
        assert!(
            backwards.iter().rev().eq(&texts),
            "{}, texts backwards",
            fixture.name
        );
        loader.give_back(clip);
    }
}

async fn encode(clip: &Clip, reference: &Reference) -> (Vec<Embedding>, Vec<Embedding>) {
    let images = clip
        .encode_pixels(&reference.pixels)
        .await
        .expect("the device answers");
    let texts = clip
        .encode_tokens(&reference.tokens)
        .await
        .expect("the device answers");
    (images, texts)
}

#[track_caller]
fn assert_near(found: &[Embedding], expected: &[f32], what: &str) {
    let width = expected.len() / found.len();
    for (found, expected) in found.iter().zip(expected.chunks_exact(width)) {
        let cosine = glance_engine::score::cosine(&found.0, expected);
        assert!(cosine >= F16_COSINE, "{what}: cosine {cosine}");
    }
}

fn flat(embeddings: &[Embedding]) -> Vec<f32> {
    embeddings
        .iter()
        .flat_map(|embedding| embedding.0.iter().copied())
        .collect()
}

/// Within the tolerance that all architectures must keep on all devices.
#[track_caller]
pub fn assert_close(found: &[f32], expected: &[f32], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let largest = expected
        .iter()
        .fold(0f32, |largest, value| largest.max(value.abs()));
    let error = found
        .iter()
        .zip(expected)
        .fold(0f32, |error, (found, expected)| {
            // Written so that a NaN fails.
            let difference = (found - expected).abs();
            if difference <= error {
                error
            } else {
                difference
            }
        });
    assert!(
        error <= TOLERANCE * largest,
        "{what}: off by {} of the largest",
        error / largest
    );
    println!("{what}: off by {:.1e} of the largest", error / largest);
}
