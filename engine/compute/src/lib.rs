//! The dozen operations a CLIP network is made of, on two devices.
//!
//! The engine's network is written over [`Compute`] and names no device; this crate names no layer
//! of CLIP. Activations are f32 and row-major, pictures are channels-last. An operation may run at
//! once or only be recorded; only [`Compute::read`] waits. Shapes are checked when weights load, so
//! operations assume that their operands fit.

use thiserror::Error as ThisError;

pub mod cpu;
pub mod gpu;

/// What can go wrong on a device.
#[derive(Debug, ThisError)]
#[non_exhaustive]
pub enum ComputeError {
    /// No usable adapter.
    #[error("This browser or machine offers no WebGPU adapter; choose the CPU instead.")]
    NoAdapter,
    /// The adapter refused what the network needs.
    #[error("The graphics device refused: {0}. Choose the CPU instead.")]
    Refused(String),
    /// The device was lost, for example by a driver reset or a closed laptop.
    #[error("The graphics device was lost; the work can be run again.")]
    Lost,
    /// The network does not fit the device's memory or its buffer limits.
    #[error("The model does not fit the graphics memory; choose the CPU or a smaller model.")]
    OutOfMemory,
}

/// The activation function that ends an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Epilogue {
    /// `x`.
    None,
    /// `max(x, 0)`.
    Relu,
    /// `min(max(x, 0), 6)`.
    Relu6,
    /// `x · σ(1.702 x)`.
    QuickGelu,
    /// `x · Φ(x)`.
    Gelu,
}

/// The row that [`Compute::prepend`] adds.
pub enum LeadingRow<'a, C: Compute + ?Sized> {
    /// A learned row `[width]`: the class token of a vision transformer.
    Learned(&'a C::Tensor),
    /// The mean of the other rows: the query of attention pooling.
    Mean,
}

/// A weight matrix as a pack stores it: row-major `[rows, stride]`. `stride` is `columns` rounded
/// up to a multiple of four; the padding is zero.
#[derive(Clone, Copy, Debug)]
pub struct MatrixData<'a> {
    /// Output features.
    pub rows: usize,
    /// Input features.
    pub columns: usize,
    /// `rows × stride` values.
    pub values: MatrixValues<'a>,
}

/// The stored type of a weight matrix.
#[derive(Clone, Copy, Debug)]
pub enum MatrixValues<'a> {
    /// `values[r][c] × scales[r]`.
    Int8 {
        /// Quantised values, −127 to 127.
        values: &'a [i8],
        /// One positive scale per row.
        scales: &'a [f32],
    },
    /// IEEE half precision.
    F16(&'a [half::f16]),
    /// IEEE single precision.
    F32(&'a [f32]),
}

impl MatrixData<'_> {
    /// Stored columns: `columns` rounded up to a multiple of four.
    pub fn stride(&self) -> usize {
        self.columns.next_multiple_of(4)
    }

    /// One value, dequantised.
    pub fn value(&self, row: usize, column: usize) -> f32 {
        let at = row * self.stride() + column;
        match self.values {
            MatrixValues::Int8 { values, scales } => f32::from(values[at]) * scales[row],
            MatrixValues::F16(values) => values[at].to_f32(),
            MatrixValues::F32(values) => values[at],
        }
    }
}

/// A linear map on a device.
pub struct Linear<C: Compute + ?Sized> {
    /// `[out, in]`.
    pub weight: C::Matrix,
    /// `[out]`.
    pub bias: Option<C::Tensor>,
}

/// A convolution on a device: square kernel, square stride, zero padding.
pub struct Conv2d<C: Compute + ?Sized> {
    /// Weight `[out, kernel × kernel × in]`, columns ordered row, column, channel; bias `[out]`.
    pub linear: Linear<C>,
    /// Side of the kernel.
    pub kernel: usize,
    /// Step between outputs.
    pub stride: usize,
    /// Zeros before the first row and column, and after the last. If their sum is odd, TensorFlow's
    /// "same" puts one more after.
    pub padding: [usize; 2],
}

/// A depthwise convolution on a device: each channel has a square kernel of its own and sees no
/// other channel (Howard et al. 2017, MobileNets).
pub struct DepthwiseConv2d<C: Compute + ?Sized> {
    /// `[kernel × kernel, channels]`, the kernel's cells in row-major order. Always f32, because
    /// these layers hold 2 % of a network's weights, and converting them once is cheaper than for
    /// each output.
    pub weight: C::Tensor,
    /// `[channels]`.
    pub bias: Option<C::Tensor>,
    /// Side of the kernel.
    pub kernel: usize,
    /// Step between outputs.
    pub stride: usize,
    /// As in [`Conv2d`].
    pub padding: [usize; 2],
}

/// Number of windows of `kernel` cells, `stride` apart, along a side of `side` cells.
fn windows(side: usize, kernel: usize, stride: usize, padding: [usize; 2]) -> usize {
    (side + padding[0] + padding[1]).saturating_sub(kernel) / stride + 1
}

/// Gain and bias of a layer normalisation, each `[width]`; epsilon is 1e-5.
pub struct LayerNorm<C: Compute + ?Sized> {
    /// Multiplied with the normalised row.
    pub gain: C::Tensor,
    /// Added after the gain.
    pub bias: C::Tensor,
}

/// A device that can run the network.
#[allow(async_fn_in_trait)]
pub trait Compute {
    /// f32 activations or small weights on the device; cheap to clone.
    type Tensor: Clone;
    /// A weight matrix on the device, in its stored type.
    type Matrix;
    /// Row indices on the device.
    type Rows;

    /// Copies values of `shape` to the device.
    fn tensor(&self, shape: &[usize], values: &[f32]) -> Self::Tensor;

    /// Copies 8-bit levels of `shape` `[…, channels]` to the device, where each becomes its entry in
    /// `table` `[channels, 256]`. A picture travels in a quarter of the bytes of its f32 values.
    fn look_up(&self, shape: &[usize], levels: &[u8], table: &Self::Tensor) -> Self::Tensor;

    /// Copies a weight matrix to the device, in its stored type.
    ///
    /// # Errors
    /// [`ComputeError::OutOfMemory`] if it exceeds the device's limits.
    fn matrix(&self, data: MatrixData<'_>) -> Result<Self::Matrix, ComputeError>;

    /// `epilogue(x · weightᵀ + bias) + residual`: `[…, in]` to `[…, out]`.
    fn linear(
        &self,
        x: &Self::Tensor,
        linear: &Linear<Self>,
        epilogue: Epilogue,
        residual: Option<&Self::Tensor>,
    ) -> Self::Tensor;

    /// `epilogue(conv(x) + bias + residual)`: `[batch, height, width, in]` to
    /// `[batch, height′, width′, out]`. The residual comes before the epilogue here, as in a
    /// ResNet, and after it in [`Compute::linear`], as in a transformer.
    fn conv2d(
        &self,
        x: &Self::Tensor,
        conv: &Conv2d<Self>,
        epilogue: Epilogue,
        residual: Option<&Self::Tensor>,
    ) -> Self::Tensor;

    /// `epilogue(conv(x) + bias)`: `[batch, height, width, channels]` to
    /// `[batch, height′, width′, channels]`.
    fn depthwise_conv2d(
        &self,
        x: &Self::Tensor,
        conv: &DepthwiseConv2d<Self>,
        epilogue: Epilogue,
    ) -> Self::Tensor;

    /// Mean over non-overlapping `size × size` windows: `[batch, height, width, channels]` to
    /// `[batch, height / size, width / size, channels]`.
    fn average_pool2d(&self, x: &Self::Tensor, size: usize) -> Self::Tensor;

    /// Normalises each row to mean 0 and variance 1, then applies gain and bias.
    fn layer_norm(&self, x: &Self::Tensor, norm: &LayerNorm<Self>) -> Self::Tensor;

    /// Scaled dot-product attention: `[batch, sequence, 3 × width]` to `[batch, sequence, width]`.
    /// `qkv` holds query, key and value side by side, each split into `heads`. If `causal`, a
    /// position sees only itself and earlier ones.
    fn attention(&self, qkv: &Self::Tensor, heads: usize, causal: bool) -> Self::Tensor;

    /// Rows `ids` (`batch × sequence`) of `table`, plus the first `sequence` rows of `positions`:
    /// `[batch, sequence, width]`.
    fn embed_tokens(
        &self,
        ids: &[u32],
        batch: usize,
        table: &Self::Matrix,
        positions: &Self::Tensor,
    ) -> Self::Tensor;

    /// Puts a row before `x` `[batch, sequence, width]` and adds `positions`
    /// `[sequence + 1, width]`: `[batch, sequence + 1, width]`.
    fn prepend(
        &self,
        x: &Self::Tensor,
        row: LeadingRow<'_, Self>,
        positions: &Self::Tensor,
    ) -> Self::Tensor;

    /// Copies row indices to the device, for [`Compute::select_rows`].
    fn rows(&self, numbers: &[u32]) -> Self::Rows;

    /// Gathers rows of `x` by index, in the order given and with repeats: `[.., width]` to
    /// `[rows, width]`. The leading dimensions of `x` count as one.
    fn select_rows(&self, x: &Self::Tensor, rows: &Self::Rows) -> Self::Tensor;

    /// Divides each row by its Euclidean norm.
    fn l2_normalize(&self, x: &Self::Tensor) -> Self::Tensor;

    /// The same values in another shape.
    fn reshape(&self, x: &Self::Tensor, shape: &[usize]) -> Self::Tensor;

    /// The shape of a tensor.
    fn shape(&self, x: &Self::Tensor) -> Vec<usize>;

    /// Runs `work` on empty tensors to compile the kernels that it needs. Nothing is computed. A
    /// device without kernels to compile does nothing.
    fn warm_up(&self, work: impl FnOnce(&Self)) {
        let _ = work;
    }

    /// Submits everything recorded so far, and returns a future of the tensor's values. More can be
    /// recorded and submitted before it is awaited; a device works in the order of submission.
    ///
    /// # Errors
    /// [`ComputeError::Lost`] or [`ComputeError::OutOfMemory`].
    fn submit(
        &self,
        x: &Self::Tensor,
    ) -> impl Future<Output = Result<Vec<f32>, ComputeError>> + use<Self>;

    /// Waits for everything recorded so far and reads a tensor back.
    ///
    /// # Errors
    /// As [`Compute::submit`].
    async fn read(&self, x: &Self::Tensor) -> Result<Vec<f32>, ComputeError> {
        self.submit(x).await
    }
}
