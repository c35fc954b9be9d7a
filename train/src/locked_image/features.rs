//! Features of the locked image tower: computed once for each view, cached on disk, resumed after
//! an interruption.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::path::Path;
use std::time::Instant;

use glance_engine::compute::ComputeError;
use glance_engine::compute::cpu::Cpu;
use glance_engine::model::ImageTower;
use glance_engine::{Error, Pack};
use half::f16;

use super::pictures::{Pictures, View};
use crate::error::DataError;
use crate::work_queue::run_on_every_core;

/// Features of views, one row each, in half precision: two bytes a value.
pub struct Features {
    /// Values in a row.
    pub width: usize,
    /// The views, in the order of the rows.
    pub views: Vec<View>,
    values: Vec<f16>,
}

/// Why features cannot be computed or read.
#[derive(Debug, thiserror::Error)]
pub enum FeaturesError {
    /// A picture, or a file on disk.
    #[error(transparent)]
    Data(#[from] DataError),
    /// The tower.
    #[error(transparent)]
    Tower(#[from] Error),
}

/// Views written to disk at a time: the most that an interrupted run loses.
const SEGMENT: usize = 1024;
/// Views that a thread encodes at once: few, so that activations stay in the cache.
const BATCH: usize = 2;

impl Features {
    /// Features for a test: each row is the plain view of one picture.
    #[cfg(test)]
    pub(crate) fn of_rows(rows: &[Vec<f32>]) -> Self {
        let views = (0..rows.len()).map(|subject| View {
            subject: subject as u32,
            number: 0,
        });
        Self {
            width: rows.first().map_or(0, Vec::len),
            views: views.collect(),
            values: rows.concat().into_iter().map(f16::from_f32).collect(),
        }
    }

    /// The features of row `row`, `[width]`.
    pub fn row(&self, row: usize) -> impl Iterator<Item = f32> + '_ {
        let values = &self.values[row * self.width..][..self.width];
        values.iter().map(|value| value.to_f32())
    }

    /// Reads the features of `views` from `path`. Missing ones are computed: `network` runs `tower`
    /// on the pixels of a batch and returns `[batch, width]`.
    ///
    /// # Errors
    /// [`FeaturesError`]; features computed so far stay on disk.
    pub fn load(
        path: &Path,
        pictures: &Pictures,
        views: Vec<View>,
        tower: &Pack,
        width: usize,
        network: impl AsyncFn(&ImageTower<Cpu>, &[f32]) -> Result<Vec<f32>, ComputeError> + Sync,
    ) -> Result<Self, FeaturesError> {
        let mut bytes = Vec::new();
        if path.exists() {
            let mut file = File::open(path).map_err(DataError::file(path))?;
            file.read_to_end(&mut bytes)
                .map_err(DataError::file(path))?;
        }
        let row = width * size_of::<f16>();
        // An incomplete segment is computed again.
        let whole = bytes.len() / (row * SEGMENT) * SEGMENT;
        let done = if bytes.len() == views.len() * row {
            views.len()
        } else {
            whole
        };
        bytes.truncate(done * row);
        let mut values: Vec<f16> = bytes
            .chunks_exact(2)
            .map(|pair| f16::from_le_bytes([pair[0], pair[1]]))
            .collect();
        drop(bytes);
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(path)
            .map_err(DataError::file(path))?;
        file.set_len((done * row) as u64)
            .map_err(DataError::file(path))?;
        std::io::Seek::seek(&mut file, std::io::SeekFrom::End(0)).map_err(DataError::file(path))?;
        let begun = Instant::now();
        for (index, segment) in views[done..].chunks(SEGMENT).enumerate() {
            let computed = encode(pictures, tower, segment, width, &network)?;
            let computed: Vec<f16> = computed.into_iter().map(f16::from_f32).collect();
            let bytes: Vec<u8> = computed
                .iter()
                .flat_map(|value| value.to_le_bytes())
                .collect();
            file.write_all(&bytes).map_err(DataError::file(path))?;
            values.extend(computed);
            let encoded = index * SEGMENT + segment.len();
            let rate = encoded as f32 / begun.elapsed().as_secs_f32();
            let left = (views.len() - done - encoded) as f32 / rate;
            println!(
                "features of {} of {} views, {rate:.0} a second, {:.0} minutes left",
                done + encoded,
                views.len(),
                left / 60.0
            );
        }
        Ok(Self {
            width,
            views,
            values,
        })
    }
}

/// Runs `network` on `views`, giving `[views, width]`. Each core has its own tower and takes the
/// next batch.
pub(super) fn encode(
    pictures: &Pictures,
    tower: &Pack,
    views: &[View],
    width: usize,
    network: &(impl AsyncFn(&ImageTower<Cpu>, &[f32]) -> Result<Vec<f32>, ComputeError> + Sync),
) -> Result<Vec<f32>, FeaturesError> {
    let batches: Vec<&[View]> = views.chunks(BATCH).collect();
    let encoded = run_on_every_core(&batches, |turns| {
        let tower = pollster::block_on(ImageTower::load(Cpu::new(), tower))?;
        turns
            .map(|(index, batch)| {
                let mut pixels = Vec::new();
                for view in *batch {
                    pixels.extend(pictures.input(*view)?);
                }
                let rows = pollster::block_on(network(&tower, &pixels)).map_err(Error::from)?;
                Ok((index, rows))
            })
            .collect::<Result<Vec<_>, FeaturesError>>()
    });
    let encoded = encoded.into_iter().collect::<Result<Vec<_>, _>>()?;
    let mut values = vec![0.0; views.len() * width];
    for (index, rows) in encoded.into_iter().flatten() {
        values[index * BATCH * width..][..rows.len()].copy_from_slice(&rows);
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use burn::tensor::Device;
    use glance_engine::burn_model::BurnModel;
    use glance_engine::weights::{Preprocessing, TokenizerData, WeightType};
    use glance_engine::{Activation, ClipConfig, TextConfig};
    use glance_engine::{EfficientnetLiteConfig, EfficientnetStage, VisionConfig};

    use super::*;
    use crate::data::{Dataset, Example, Library, Raster};

    const SIZE: usize = 16;
    const HEAD: usize = 12;

    fn tower() -> Pack {
        let config = ClipConfig {
            vision: VisionConfig::EfficientnetLite(EfficientnetLiteConfig {
                image_size: SIZE,
                stem: 8,
                stages: vec![EfficientnetStage {
                    blocks: 1,
                    channels: 8,
                    kernel: 3,
                    stride: 2,
                    expansion: 2,
                }],
                head: HEAD,
            }),
            text: TextConfig {
                context_length: 8,
                vocabulary_size: 514,
                width: 8,
                layers: 1,
                heads: 1,
                mlp_width: 8,
            },
            projection: 4,
            activation: Activation::Gelu,
        };
        let tokenizer = TokenizerData::ClipBpe { merges: "" };
        BurnModel::init(&config, &Device::flex())
            .to_pack(
                "tower",
                None,
                &config,
                Preprocessing::efficientnet_lite(),
                tokenizer,
                WeightType::F32,
            )
            .expect("random weights are finite")
    }

    fn pictures() -> Pictures {
        let example = |level: u8, photo| Example {
            concept: u32::from(level),
            raster: Raster {
                side: 8,
                rgba: [level, 128, 255 - level, 255].repeat(64),
            },
            phrases: vec![format!("level {level}")],
            photo,
            share_alike: false,
        };
        let dataset = Dataset {
            concepts: Vec::new(),
            train: vec![example(10, false), example(90, false), example(200, true)],
            held_out_emoji: vec![example(10, false)],
            held_out_photos: vec![example(200, true)],
            reports: Vec::new(),
        };
        Pictures::new(
            Arc::new(dataset),
            Arc::new(Library::default()),
            SIZE,
            Preprocessing::efficientnet_lite(),
            false,
        )
    }

    #[test]
    fn features_that_were_cut_short_are_completed() {
        let path = std::env::temp_dir().join(format!("glance-features-{}", std::process::id()));
        let (pictures, tower) = (pictures(), tower());
        let load = || {
            let network =
                async |tower: &ImageTower<Cpu>, pixels: &[f32]| tower.features(pixels).await;
            Features::load(&path, &pictures, pictures.views(), &tower, HEAD, network)
                .expect("the disk is writable")
        };
        let whole = load();
        // Plain views of five pictures, random ones of the two drawings.
        assert!(whole.views.len() > 5);
        assert_eq!(whole.views, pictures.views());
        let bytes = std::fs::read(&path).expect("it was written");
        assert_eq!(bytes.len(), whole.views.len() * HEAD * 2);
        for length in [0, 7, bytes.len() / 2, bytes.len()] {
            std::fs::write(&path, &bytes[..length]).expect("the disk is writable");
            assert_eq!(load().values, whole.values, "cut at {length}");
        }
        let plain: Vec<f32> = whole.row(0).collect();
        let held_out: Vec<f32> = whole.row(3).collect();
        assert_eq!(plain, held_out, "the same picture has the same plain view");
        std::fs::remove_file(&path).expect("the file is ours");
    }

    #[test]
    fn a_photograph_that_cannot_be_decoded_is_named() {
        let mut library = Library::default();
        library.classes.push("cat".to_owned());
        library.photographs.push(crate::data::Photograph {
            file: "cat.jpg".to_owned(),
            bytes: b"no picture".to_vec(),
            class: 0,
            phrases: vec!["cat".to_owned()],
            held_out: false,
        });
        let dataset = Dataset {
            concepts: Vec::new(),
            train: Vec::new(),
            held_out_emoji: Vec::new(),
            held_out_photos: Vec::new(),
            reports: Vec::new(),
        };
        let preprocessing = Preprocessing::efficientnet_lite();
        let pictures = Pictures::new(
            Arc::new(dataset),
            Arc::new(library),
            SIZE,
            preprocessing,
            false,
        );
        for view in pictures.views() {
            let error = pictures.input(view).expect_err("it is no picture");
            assert!(
                error.to_string().starts_with("cat.jpg cannot be decoded"),
                "{error}"
            );
        }
    }
}
