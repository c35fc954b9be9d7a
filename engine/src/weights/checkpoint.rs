//! What the readers of foreign checkpoints share: the parts of one, its tensors as f32, and the
//! changes of layout a pack asks for.

use half::{bf16, f16};
use safetensors::SafeTensors;
use safetensors::tensor::Dtype;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::{PackWriter, Preprocessing, WeightType, WeightsError};
use crate::model::config::ClipConfig;

/// Tokens of a vocabulary that are no merges: 256 bytes, 256 bytes at a word's end, start and end.
const FIXED_TOKENS: usize = 514;

/// The files of a checkpoint, read into memory.
#[derive(Clone, Copy, Debug)]
pub struct Checkpoint<'a> {
    /// A name for people.
    pub name: &'a str,
    /// SPDX expression of the weights' licence, where it is known.
    pub license: Option<&'a str>,
    /// `config.json` (Hugging Face) or `open_clip_config.json` (open_clip).
    pub config: &'a [u8],
    /// `preprocessor_config.json`, where there is one; OpenAI's constants otherwise.
    pub preprocessor: Option<&'a [u8]>,
    /// The safetensors file.
    pub weights: &'a [u8],
    /// `merges.txt`: byte-pair merges, one a line, most frequent first. A version line and merges
    /// beyond the vocabulary are left out.
    pub merges: &'a str,
}

impl Checkpoint<'_> {
    /// Parses the configuration.
    pub(super) fn config<T: DeserializeOwned>(&self) -> Result<T, WeightsError> {
        serde_json::from_slice(self.config)
            .map_err(|error| WeightsError::Checkpoint(format!("its configuration: {error}")))
    }

    /// The constants that pictures are normalised with.
    pub(super) fn preprocessing(&self) -> Result<Preprocessing, WeightsError> {
        #[derive(Deserialize)]
        struct Preprocessor {
            image_mean: Option<[f32; 3]>,
            image_std: Option<[f32; 3]>,
        }
        let Some(bytes) = self.preprocessor else {
            return Ok(Preprocessing::default());
        };
        let found: Preprocessor = serde_json::from_slice(bytes)
            .map_err(|error| WeightsError::Checkpoint(format!("its preprocessor: {error}")))?;
        let default = Preprocessing::default();
        Ok(Preprocessing {
            mean: found.image_mean.unwrap_or(default.mean),
            deviation: found.image_std.unwrap_or(default.deviation),
            ..default
        })
    }

    /// Starts the conversion of a checkpoint whose configuration is known.
    pub(super) fn convert(
        &self,
        config: ClipConfig,
        preprocessing: Preprocessing,
        weight_type: WeightType,
    ) -> Result<Conversion<'_>, WeightsError> {
        config.validate()?;
        let tensors = SafeTensors::deserialize(self.weights)
            .map_err(|error| WeightsError::Container(error.to_string()))?;
        let vocabulary = config.text.vocabulary_size;
        let merges = self.merges(vocabulary)?;
        let (name, license) = (self.name, self.license);
        let writer = PackWriter::new(name, license, config, preprocessing, &merges, weight_type);
        Ok(Conversion { tensors, writer })
    }

    fn merges(&self, vocabulary: usize) -> Result<String, WeightsError> {
        let count = vocabulary
            .checked_sub(FIXED_TOKENS)
            .ok_or(WeightsError::Config {
                field: "text.vocabulary_size",
                value: vocabulary,
            })?;
        let lines = self
            .merges
            .lines()
            .filter(|line| !line.starts_with("#version"));
        let lines: Vec<&str> = lines
            .filter(|line| !line.trim().is_empty())
            .take(count)
            .collect();
        if lines.len() < count {
            return Err(WeightsError::Checkpoint(format!(
                "its vocabulary of {vocabulary} needs {count} merges, and there are {}",
                lines.len()
            )));
        }
        Ok(lines.iter().flat_map(|line| [line, "\n"]).collect())
    }
}

/// A checkpoint on its way into a pack. `from` names a tensor there, `to` here.
pub(super) struct Conversion<'a> {
    tensors: SafeTensors<'a>,
    pub(super) writer: PackWriter,
}

impl Conversion<'_> {
    /// A tensor as f32, of a shape that must hold.
    pub(super) fn tensor(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, WeightsError> {
        let view = self
            .tensors
            .tensor(name)
            .map_err(|_| WeightsError::Missing(name.to_owned()))?;
        if view.shape() != shape {
            return Err(WeightsError::Shape {
                name: name.to_owned(),
                found: view.shape().to_vec(),
                expected: shape.to_vec(),
            });
        }
        let bytes = view.data();
        Ok(match view.dtype() {
            Dtype::F32 => bytes
                .as_chunks()
                .0
                .iter()
                .map(|b| f32::from_le_bytes(*b))
                .collect(),
            Dtype::F16 => bytes
                .as_chunks()
                .0
                .iter()
                .map(|b| f16::from_le_bytes(*b).to_f32())
                .collect(),
            Dtype::BF16 => bytes
                .as_chunks()
                .0
                .iter()
                .map(|b| bf16::from_le_bytes(*b).to_f32())
                .collect(),
            other => {
                let found = format!("{other:?}");
                return Err(WeightsError::Type {
                    name: name.to_owned(),
                    found,
                });
            }
        })
    }

    /// Copies a vector or small table.
    pub(super) fn vector(
        &mut self,
        to: &str,
        from: &str,
        shape: &[usize],
    ) -> Result<(), WeightsError> {
        let values = self.tensor(from, shape)?;
        self.writer.vector(to, shape, &values)
    }

    /// Copies a matrix `[rows, columns]`.
    pub(super) fn matrix(
        &mut self,
        to: &str,
        from: &str,
        rows: usize,
        columns: usize,
    ) -> Result<(), WeightsError> {
        let values = self.tensor(from, &[rows, columns])?;
        self.writer.matrix(to, columns, &values)
    }

    /// Copies a matrix that the checkpoint holds as `[columns, rows]`.
    pub(super) fn transposed(
        &mut self,
        to: &str,
        from: &str,
        rows: usize,
        columns: usize,
    ) -> Result<(), WeightsError> {
        let values = self.tensor(from, &[columns, rows])?;
        let rows = (0..rows).flat_map(|row| values[row..].iter().step_by(rows).copied());
        let values: Vec<f32> = rows.collect();
        self.writer.matrix(to, columns, &values)
    }

    /// Copies weight and bias of a layer that is named `to` and `from`.
    pub(super) fn linear(
        &mut self,
        to: &str,
        from: &str,
        rows: usize,
        columns: usize,
    ) -> Result<(), WeightsError> {
        self.matrix(
            &format!("{to}.weight"),
            &format!("{from}.weight"),
            rows,
            columns,
        )?;
        self.vector(&format!("{to}.bias"), &format!("{from}.bias"), &[rows])
    }

    /// Copies gain and bias of a normalisation.
    pub(super) fn layer_norm(
        &mut self,
        to: &str,
        from: &str,
        width: usize,
    ) -> Result<(), WeightsError> {
        for part in ["weight", "bias"] {
            self.vector(&format!("{to}.{part}"), &format!("{from}.{part}"), &[width])?;
        }
        Ok(())
    }

    /// Puts the query, key and value maps `names` under one another as `to`.
    pub(super) fn stacked(
        &mut self,
        to: &str,
        names: [String; 3],
        width: usize,
    ) -> Result<(), WeightsError> {
        let (mut weight, mut bias) = (Vec::new(), Vec::new());
        for name in names {
            weight.extend(self.tensor(&format!("{name}.weight"), &[width, width])?);
            bias.extend(self.tensor(&format!("{name}.bias"), &[width])?);
        }
        self.writer
            .matrix(&format!("{to}.weight"), width, &weight)?;
        self.writer
            .vector(&format!("{to}.bias"), &[3 * width], &bias)
    }

    /// A convolution kernel `[out, in, side, side]` as `[out, side × side × in]`.
    pub(super) fn kernel(
        &self,
        name: &str,
        output: usize,
        input: usize,
        side: usize,
    ) -> Result<Vec<f32>, WeightsError> {
        let values = self.tensor(name, &[output, input, side, side])?;
        let cells = side * side;
        let kernels = values.chunks_exact(input * cells);
        let last = |kernel: &[f32]| -> Vec<f32> {
            (0..cells)
                .flat_map(|cell| kernel[cell..].iter().step_by(cells).copied())
                .collect()
        };
        Ok(kernels.flat_map(last).collect())
    }
}
