//! Moves tensors from a checkpoint into a pack, one at a time, and changes their layout.

use std::collections::BTreeSet;

use super::files::{CheckpointFiles, size_of};
use super::tensors::{OpenTensor, StoredTensor, Tensors};
use crate::weights::error::WeightsError;
use crate::weights::fold_batch_norm::{BatchNorm, fold_batch_norm};
use crate::weights::pack_writer::PackWriter;

/// Elements of a matrix that are held as f32 at once.
const BLOCK: usize = 1 << 20;

/// The logarithm of the factor from cosine to logit.
pub(super) const LOGIT_SCALE: &str = "logit_scale";

/// A running conversion. `from` is a tensor's name in the checkpoint, `to` its name in the pack.
pub(super) struct Conversion<'a, F> {
    files: &'a F,
    tensors: &'a Tensors,
    pub(super) writer: PackWriter,
    /// Tensors that are not converted yet.
    unused: BTreeSet<&'a str>,
    progress: &'a mut dyn FnMut(Progress),
    read: u64,
    total: u64,
}

/// Progress of a conversion, in weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Weights read so far.
    pub done: u64,
    /// Weights in the whole checkpoint.
    pub total: u64,
}

impl<'a, F: CheckpointFiles> Conversion<'a, F> {
    pub(super) fn new(
        files: &'a F,
        tensors: &'a Tensors,
        mut writer: PackWriter,
        progress: &'a mut dyn FnMut(Progress),
    ) -> Result<Self, WeightsError> {
        // Tensors that share their bytes could make a pack of any size.
        let stored = tensors.values().map(StoredTensor::bytes);
        let names: BTreeSet<&str> = tensors.values().map(|of| of.file.as_str()).collect();
        let sizes = names.into_iter().filter_map(|name| size_of(files, name));
        if stored.fold(0, u64::saturating_add) > sizes.fold(0, u64::saturating_add) {
            return Err(WeightsError::Container(
                "its tensors are larger than its files".to_owned(),
            ));
        }
        let (mut elements, mut rows, mut vectors) = (0, 0, 0);
        for tensor in tensors.values().filter(|tensor| tensor.bytes() > 0) {
            match tensor.shape.as_slice() {
                [first, _, ..] => {
                    elements += tensor.elements();
                    rows += *first as u64;
                }
                _ => vectors += tensor.elements(),
            }
        }
        writer.reserve(elements, rows, vectors)?;
        Ok(Self {
            files,
            tensors,
            writer,
            unused: tensors.keys().map(String::as_str).collect(),
            progress,
            read: 0,
            total: elements + vectors,
        })
    }

    /// Returns the writer if every tensor was converted, except for `ignored` ones. A tensor that
    /// is left over belongs to another network.
    pub(super) fn finish(self, ignored: impl Fn(&str) -> bool) -> Result<PackWriter, WeightsError> {
        match self.unused.into_iter().find(|name| !ignored(name)) {
            None => Ok(self.writer),
            Some(name) => Err(WeightsError::Checkpoint(format!(
                "its tensor {name} belongs to no network that this version knows"
            ))),
        }
    }

    async fn open(
        &mut self,
        name: &'a str,
        tensor: &'a StoredTensor,
        shape: &[usize],
    ) -> Result<OpenTensor<'a, F>, WeightsError> {
        if tensor.shape != shape {
            return Err(WeightsError::Shape {
                name: name.to_owned(),
                found: tensor.shape.clone(),
                expected: shape.to_vec(),
            });
        }
        self.unused.remove(name);
        let opened = tensor.open(name, self.files).await?;
        self.read += tensor.elements();
        (self.progress)(Progress {
            done: self.read,
            total: self.total,
        });
        Ok(opened)
    }

    async fn find(
        &mut self,
        name: &str,
        shape: &[usize],
    ) -> Result<OpenTensor<'a, F>, WeightsError> {
        match self.tensors.get_key_value(name) {
            Some((name, tensor)) => self.open(name, tensor, shape).await,
            None => Err(WeightsError::Missing(name.to_owned())),
        }
    }

    /// Reads a tensor of this shape as f32.
    pub(super) async fn tensor(
        &mut self,
        name: &str,
        shape: &[usize],
    ) -> Result<Vec<f32>, WeightsError> {
        self.find(name, shape).await?.read().await
    }

    /// Copies the logit scale, which is a scalar in some checkpoints and a list of one in others.
    pub(super) async fn logit_scale(&mut self) -> Result<(), WeightsError> {
        let tensor = self.tensors.get(LOGIT_SCALE);
        let listed = tensor.is_some_and(|tensor| tensor.shape == [1]);
        let shape: &[usize] = if listed { &[1] } else { &[] };
        let scale = self.tensor(LOGIT_SCALE, shape).await?;
        self.writer.vector(LOGIT_SCALE, &[1], &scale)
    }

    /// Copies a vector or small table.
    pub(super) async fn vector(
        &mut self,
        to: &str,
        from: &str,
        shape: &[usize],
    ) -> Result<(), WeightsError> {
        let values = self.tensor(from, shape).await?;
        self.writer.vector(to, shape, &values)
    }

    /// Copies a matrix `[rows, columns]`, a few rows at a time.
    pub(super) async fn matrix(
        &mut self,
        to: &str,
        from: &str,
        rows: usize,
        columns: usize,
    ) -> Result<(), WeightsError> {
        self.stacked(to, &[from], rows, columns).await
    }

    /// Copies matrices `[rows, columns]`, stacked into one.
    async fn stacked(
        &mut self,
        to: &str,
        from: &[&str],
        rows: usize,
        columns: usize,
    ) -> Result<(), WeightsError> {
        let mut opened = Vec::with_capacity(from.len());
        for name in from {
            opened.push(self.find(name, &[rows, columns]).await?);
        }
        let mut writer = self.writer.rows(to, columns);
        for tensor in opened {
            if !tensor.in_order() {
                writer.push(&tensor.read().await?)?;
                continue;
            }
            let step = (BLOCK / columns.max(1)).max(1);
            for first in (0..rows).step_by(step) {
                let last = (first + step).min(rows);
                let range = (first * columns) as u64..(last * columns) as u64;
                writer.push(&tensor.elements(range).await?)?;
            }
        }
        writer.finish();
        Ok(())
    }

    /// Copies a matrix that the checkpoint stores as `[columns, rows]`.
    pub(super) async fn transposed(
        &mut self,
        to: &str,
        from: &str,
        rows: usize,
        columns: usize,
    ) -> Result<(), WeightsError> {
        let values = self.tensor(from, &[columns, rows]).await?;
        let rows = (0..rows).flat_map(|row| values[row..].iter().step_by(rows).copied());
        let values: Vec<f32> = rows.collect();
        self.writer.matrix(to, columns, &values)
    }

    /// Copies the weight and bias of a layer.
    pub(super) async fn linear(
        &mut self,
        to: &str,
        from: &str,
        rows: usize,
        columns: usize,
    ) -> Result<(), WeightsError> {
        let part = |name: &str, part: &str| format!("{name}.{part}");
        let (weight, bias) = (part(from, "weight"), part(from, "bias"));
        self.matrix(&part(to, "weight"), &weight, rows, columns)
            .await?;
        self.vector(&part(to, "bias"), &bias, &[rows]).await
    }

    /// Copies the gain and bias of a normalisation.
    pub(super) async fn layer_norm(
        &mut self,
        to: &str,
        from: &str,
        width: usize,
    ) -> Result<(), WeightsError> {
        for part in ["weight", "bias"] {
            let (to, from) = (format!("{to}.{part}"), format!("{from}.{part}"));
            self.vector(&to, &from, &[width]).await?;
        }
        Ok(())
    }

    /// Stacks the query, key and value maps `names` into `to`.
    pub(super) async fn query_key_value(
        &mut self,
        to: &str,
        names: [String; 3],
        width: usize,
    ) -> Result<(), WeightsError> {
        let weights = names.each_ref().map(|name| format!("{name}.weight"));
        let weights = weights.each_ref().map(String::as_str);
        self.stacked(&format!("{to}.weight"), &weights, width, width)
            .await?;
        let mut bias = Vec::with_capacity(3 * width);
        for name in names {
            bias.extend(self.tensor(&format!("{name}.bias"), &[width]).await?);
        }
        self.writer
            .vector(&format!("{to}.bias"), &[3 * width], &bias)
    }

    /// Copies convolution kernels without a bias.
    pub(super) async fn patch_embedding(
        &mut self,
        to: &str,
        from: &str,
        width: usize,
        patch: usize,
    ) -> Result<(), WeightsError> {
        let kernel = self.kernel(from, width, 3, patch).await?;
        self.writer.matrix(to, patch * patch * 3, &kernel)
    }

    /// Copies the convolution `from` to `to` with `norm` folded in, all under `prefix`.
    pub(super) async fn convolution(
        &mut self,
        prefix: &str,
        [to, from, norm]: [&str; 3],
        input: usize,
        output: usize,
        side: usize,
    ) -> Result<(), WeightsError> {
        let weight = format!("{prefix}.{from}.weight");
        let weight = self.kernel(&weight, output, input, side).await?;
        let norm = |part: &str| format!("{prefix}.{norm}.{part}");
        let norm = BatchNorm {
            gain: &self.tensor(&norm("weight"), &[output]).await?,
            bias: &self.tensor(&norm("bias"), &[output]).await?,
            mean: &self.tensor(&norm("running_mean"), &[output]).await?,
            variance: &self.tensor(&norm("running_var"), &[output]).await?,
            epsilon: 1e-5,
        };
        let (weight, bias) = fold_batch_norm(&weight, norm);
        let to = |part: &str| format!("{prefix}.{to}.{part}");
        let columns = input * side * side;
        self.writer.matrix(&to("weight"), columns, &weight)?;
        self.writer.vector(&to("bias"), &[output], &bias)
    }

    /// A convolution kernel `[out, in, side, side]` as `[out, side × side × in]`.
    async fn kernel(
        &mut self,
        name: &str,
        output: usize,
        input: usize,
        side: usize,
    ) -> Result<Vec<f32>, WeightsError> {
        let values = self.tensor(name, &[output, input, side, side]).await?;
        let cells = side * side;
        let mut kernels = Vec::with_capacity(values.len());
        for kernel in values.chunks_exact(input * cells) {
            for cell in 0..cells {
                kernels.extend(kernel[cell..].iter().step_by(cells));
            }
        }
        Ok(kernels)
    }
}
