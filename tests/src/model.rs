//! Small models with random weights, and the native engine's answers as the reference.

use glance_engine::text::openai_merges;
use glance_engine::weights::{
    Manifest, PackLocation, PackWriter, Preprocessing, TokenizerData, WeightType, WeightsError,
};
use glance_engine::{
    Activation, Clip, ClipConfig, DeviceKind, Embedding, Pack, Picture, TextConfig, VisionConfig,
    VisionTransformerConfig,
};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::pictures::PictureFile;

/// Bytes, bytes at a word's end, and the start and end tokens.
const FIXED_TOKENS: usize = 514;

const SEED: u64 = 20_210_226;

/// A pack of a vision transformer of 32 × 32 pixels, a few hundred kilobytes.
///
/// # Panics
/// Never: what it writes is sound.
pub fn random_pack() -> Vec<u8> {
    pack_of(&tiny(128), SEED)
}

/// As [`random_pack`], of six pieces: its head, four of 1 MiB and a shorter one. Another seed makes
/// another model of the same size.
///
/// # Panics
/// Never: what it writes is sound.
pub fn large_random_pack(seed: u64) -> Vec<u8> {
    pack_of(&tiny(8192), seed)
}

/// A pack in the shape of ViT-B/32, 150 MB.
///
/// # Panics
/// Never: what it writes is sound.
pub fn vit_b32_pack() -> Vec<u8> {
    const VOCABULARY: usize = 49_408;
    let config = ClipConfig {
        vision: VisionConfig::VisionTransformer(VisionTransformerConfig {
            image_size: 224,
            patch_size: 32,
            width: 768,
            layers: 12,
            heads: 12,
            mlp_width: 3072,
        }),
        text: TextConfig {
            context_length: 77,
            vocabulary_size: VOCABULARY,
            width: 512,
            layers: 12,
            heads: 8,
            mlp_width: 2048,
        },
        projection: 512,
        activation: Activation::QuickGelu,
    };
    pack_of(&config, SEED)
}

fn tiny(mlp_width: usize) -> ClipConfig {
    const MERGES: usize = 200;
    ClipConfig {
        vision: VisionConfig::VisionTransformer(VisionTransformerConfig {
            image_size: 32,
            patch_size: 8,
            width: 64,
            layers: 2,
            heads: 2,
            mlp_width,
        }),
        text: TextConfig {
            context_length: 24,
            vocabulary_size: FIXED_TOKENS + MERGES,
            width: 64,
            layers: 2,
            heads: 2,
            mlp_width,
        },
        projection: 48,
        activation: Activation::QuickGelu,
    }
}

fn pack_of(config: &ClipConfig, seed: u64) -> Vec<u8> {
    RandomPack::new(config, seed)
        .finish(config)
        .expect("finite weights of the right shapes are a pack")
        .file()
        .concat()
}

/// The manifest of a pack that the page finds beside `models/demo.json`.
///
/// # Panics
/// If it is not a valid pack.
pub fn manifest(pack: &[u8]) -> Manifest {
    let pack = Pack::parse(pack.to_vec()).expect("the pack is sound");
    let beside = PackLocation::Url("demo.safetensors".to_owned());
    Manifest::of(&pack, Some(beside))
}

struct RandomPack {
    writer: PackWriter,
    random: StdRng,
}

impl RandomPack {
    fn new(config: &ClipConfig, seed: u64) -> Self {
        let writer = PackWriter::new(
            "Random weights",
            None,
            config.clone(),
            Preprocessing::default(),
            TokenizerData::ClipBpe {
                merges: openai_merges(config.text.vocabulary_size - FIXED_TOKENS),
            },
            WeightType::Int8,
        );
        Self {
            writer,
            random: StdRng::seed_from_u64(seed),
        }
    }

    fn finish(mut self, config: &ClipConfig) -> Result<Pack, WeightsError> {
        let VisionConfig::VisionTransformer(vision) = &config.vision else {
            unreachable!("the configuration above is a vision transformer")
        };
        let text = &config.text;
        self.matrix(
            "visual.conv1.weight",
            vision.width,
            vision.patch_size.pow(2) * 3,
        )?;
        self.vector("visual.class_embedding", &[vision.width], 0.0)?;
        let positions = [vision.positions(), vision.width];
        self.vector("visual.positional_embedding", &positions, 0.0)?;
        self.norm("visual.ln_pre", vision.width)?;
        self.blocks(
            "visual.transformer",
            vision.layers,
            vision.width,
            vision.mlp_width,
        )?;
        self.norm("visual.ln_post", vision.width)?;
        self.matrix("visual.proj.weight", config.projection, vision.width)?;
        self.matrix("token_embedding.weight", text.vocabulary_size, text.width)?;
        self.vector(
            "positional_embedding",
            &[text.context_length, text.width],
            0.0,
        )?;
        self.blocks("transformer", text.layers, text.width, text.mlp_width)?;
        self.norm("ln_final", text.width)?;
        self.matrix("text_projection.weight", config.projection, text.width)?;
        // A factor of e³ = 20 spreads the few hundredths by which random cosines differ.
        self.writer.vector("logit_scale", &[1], &[3.0])?;
        self.writer.finish()
    }

    fn blocks(
        &mut self,
        name: &str,
        count: usize,
        width: usize,
        mlp: usize,
    ) -> Result<(), WeightsError> {
        for index in 0..count {
            let block = format!("{name}.resblocks.{index}");
            self.norm(&format!("{block}.ln_1"), width)?;
            self.linear(&format!("{block}.attn.in_proj"), 3 * width, width)?;
            self.linear(&format!("{block}.attn.out_proj"), width, width)?;
            self.norm(&format!("{block}.ln_2"), width)?;
            self.linear(&format!("{block}.mlp.c_fc"), mlp, width)?;
            self.linear(&format!("{block}.mlp.c_proj"), width, mlp)?;
        }
        Ok(())
    }

    fn linear(&mut self, name: &str, rows: usize, columns: usize) -> Result<(), WeightsError> {
        self.matrix(&format!("{name}.weight"), rows, columns)?;
        self.vector(&format!("{name}.bias"), &[rows], 0.0)
    }

    fn norm(&mut self, name: &str, width: usize) -> Result<(), WeightsError> {
        self.vector(&format!("{name}.weight"), &[width], 1.0)?;
        self.vector(&format!("{name}.bias"), &[width], 0.0)
    }

    fn matrix(&mut self, name: &str, rows: usize, columns: usize) -> Result<(), WeightsError> {
        let reach = (3.0 / columns as f32).sqrt();
        let values = self.values(rows * columns, 0.0, reach);
        self.writer.matrix(name, columns, &values)
    }

    fn vector(&mut self, name: &str, shape: &[usize], mean: f32) -> Result<(), WeightsError> {
        let values = self.values(shape.iter().product(), mean, 0.3);
        self.writer.vector(name, shape, &values)
    }

    fn values(&mut self, count: usize, mean: f32, reach: f32) -> Vec<f32> {
        (0..count)
            .map(|_| mean + self.random.random_range(-reach..reach))
            .collect()
    }
}

/// The native engine on the CPU with the same pack, as the reference for the page.
pub struct Native(Clip);

impl Native {
    /// Loads a pack.
    ///
    /// # Panics
    /// If it is not a valid pack.
    pub fn load(pack: Vec<u8>) -> Self {
        let pack = Pack::parse(pack).expect("the pack is sound");
        Self(pollster::block_on(Clip::load(&pack, DeviceKind::Cpu)).expect("the pack loads"))
    }

    /// The cosine of each picture (rows) with each label (columns) in these templates. A caption is
    /// a label without templates.
    ///
    /// # Panics
    /// If a picture or a label cannot be used.
    pub fn cosines(
        &self,
        pictures: &[PictureFile],
        labels: &[String],
        templates: &[&str],
    ) -> Vec<Vec<f32>> {
        let pictures: Vec<Picture> = pictures
            .iter()
            .map(|file| Picture::decode(&file.bytes).expect("the picture is sound"))
            .collect();
        let images = pollster::block_on(self.0.encode_images(&pictures)).expect("pictures encode");
        let labels: Vec<Embedding> =
            pollster::block_on(self.0.encode_labels(labels, templates)).expect("labels encode");
        Clip::similarity(&images, &labels)
    }

    /// The middle of the region that fits the first label best: its place across and down the picture,
    /// 0 to 1.
    ///
    /// # Panics
    /// If the picture or a label cannot be used, or there is no label.
    pub fn best_region(
        &self,
        picture: &PictureFile,
        labels: &[&str],
        templates: &[&str],
    ) -> [f32; 2] {
        let picture = Picture::decode(&picture.bytes).expect("the picture is sound");
        let labels = pollster::block_on(self.0.encode_labels(labels, templates));
        let labels = labels.expect("labels encode");
        let (label, others) = labels.split_first().expect("there is a label");
        let regions = pollster::block_on(self.0.regions(&picture, label, others));
        let regions = regions.expect("the picture encodes");
        let best = glance_engine::score::top_k(&regions.scores.0, 1)[0] as u32;
        let middle = |cell: u32, cells: u32| (cell as f32 + 0.5) / cells as f32;
        let square = regions.square;
        [
            square.left + square.width * middle(best % regions.columns, regions.columns),
            square.top + square.height * middle(best / regions.columns, regions.rows),
        ]
    }

    /// The share of each logit: softmax of `logit_scale × cosine`.
    pub fn shares(&self, cosines: &[f32]) -> Vec<f32> {
        let logits: Vec<f32> = cosines
            .iter()
            .map(|cosine| cosine * self.0.logit_scale())
            .collect();
        glance_engine::score::softmax(&logits)
    }
}
