//! Residual attention blocks (paper section 2.4; `ResidualAttentionBlock` in openai/CLIP).

use std::f64::consts::FRAC_1_SQRT_2;

use burn::module::Module;
use burn::nn::{Initializer, LayerNorm, LayerNormConfig, Linear, LinearConfig};
use burn::tensor::{Bool, Device, Tensor, activation};

use crate::config::Activation;

/// Multi-head self-attention with one projection for query, key and value.
#[derive(Module, Debug)]
pub(super) struct MultiHeadAttention {
    pub(super) in_proj: Linear,
    pub(super) out_proj: Linear,
    heads: usize,
}

impl MultiHeadAttention {
    pub(super) fn init(
        width: usize,
        output: usize,
        heads: usize,
        in_deviation: f64,
        out_deviation: f64,
        device: &Device,
    ) -> Self {
        Self {
            in_proj: linear(width, 3 * width, in_deviation, device),
            out_proj: linear(width, output, out_deviation, device),
            heads,
        }
    }

    /// `[batch, sequence, width]` to `[batch, sequence, output]`; `mask` `[sequence, sequence]` is
    /// true where a row may not see a column.
    pub(super) fn forward(&self, x: Tensor<3>, mask: Option<Tensor<2, Bool>>) -> Tensor<3> {
        let [batch, sequence, width] = x.dims();
        let head_width = width / self.heads;
        let heads = |part: Tensor<3>| {
            part.reshape([batch, sequence, self.heads, head_width])
                .swap_dims(1, 2)
        };
        let mut parts = self.in_proj.forward(x).chunk(3, 2).into_iter().map(heads);
        let (Some(query), Some(key), Some(value)) = (parts.next(), parts.next(), parts.next())
        else {
            unreachable!("a projection of three widths has three parts");
        };
        let mut scores = query
            .matmul(key.swap_dims(2, 3))
            .div_scalar((head_width as f64).sqrt());
        if let Some(mask) = mask {
            let mask = mask.reshape([1, 1, sequence, sequence]);
            let mask = mask.expand([batch, self.heads, sequence, sequence]);
            scores = scores.mask_fill(mask, f32::NEG_INFINITY);
        }
        let mixed = activation::softmax(scores, 3).matmul(value);
        self.out_proj
            .forward(mixed.swap_dims(1, 2).reshape([batch, sequence, width]))
    }
}

/// `x + attention(ln_1(x))`, then `x + mlp(ln_2(x))`.
#[derive(Module, Debug)]
pub(super) struct ResidualAttentionBlock {
    pub(super) ln_1: LayerNorm,
    pub(super) attn: MultiHeadAttention,
    pub(super) ln_2: LayerNorm,
    pub(super) c_fc: Linear,
    pub(super) c_proj: Linear,
    #[module(skip)]
    activation: Activation,
}

impl ResidualAttentionBlock {
    /// One of `layers` blocks. Weights that end a residual branch are scaled by
    /// `(2 × layers)^-0.5`.
    pub(super) fn init(
        width: usize,
        heads: usize,
        mlp_width: usize,
        layers: usize,
        activation: Activation,
        device: &Device,
    ) -> Self {
        let attention_deviation = (width as f64).powf(-0.5);
        let residual_deviation = attention_deviation * (2.0 * layers as f64).powf(-0.5);
        let fc_deviation = (2.0 * width as f64).powf(-0.5);
        Self {
            ln_1: LayerNormConfig::new(width).init(device),
            attn: MultiHeadAttention::init(
                width,
                width,
                heads,
                attention_deviation,
                residual_deviation,
                device,
            ),
            ln_2: LayerNormConfig::new(width).init(device),
            c_fc: linear(width, mlp_width, fc_deviation, device),
            c_proj: linear(mlp_width, width, residual_deviation, device),
            activation,
        }
    }

    pub(super) fn forward(&self, x: Tensor<3>, mask: Option<Tensor<2, Bool>>) -> Tensor<3> {
        let x = x.clone() + self.attn.forward(self.ln_1.forward(x), mask);
        let hidden = self.c_fc.forward(self.ln_2.forward(x.clone()));
        let hidden = match self.activation {
            Activation::Gelu => gelu(hidden),
            Activation::QuickGelu => hidden.clone() * activation::sigmoid(hidden.mul_scalar(1.702)),
        };
        x + self.c_proj.forward(hidden)
    }
}

/// `x · Φ(x)`. burn's own is not used: on all devices but burn-flex its gradient is that of the
/// tanh approximation (`gelu_backward` in burn-backend).
fn gelu(x: Tensor<3>) -> Tensor<3> {
    let below = x.clone().mul_scalar(FRAC_1_SQRT_2).erf().add_scalar(1.0);
    x * below.mul_scalar(0.5)
}

/// A linear map with normal weights and a bias of zeros.
pub(super) fn linear(input: usize, output: usize, deviation: f64, device: &Device) -> Linear {
    let mut linear = LinearConfig::new(input, output)
        .with_initializer(normal(deviation))
        .init(device);
    linear.bias = Some(Initializer::Zeros.init([output], device));
    linear
}

pub(super) fn normal(deviation: f64) -> Initializer {
    Initializer::Normal {
        mean: 0.0,
        std: deviation,
    }
}
