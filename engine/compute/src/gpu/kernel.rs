//! Assembles the WGSL of each kernel: constants that select its variant, the pieces that it calls,
//! and its own file.

use std::fmt::Write as _;

use super::kernel_strategy::{ProductTile, RowParallelism};
use super::weight_kind::WeightKind;
use crate::Epilogue;

/// A kernel and its variant. Binding 0 holds its `Sizes`; its inputs follow in order, and its
/// output is last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kernel {
    Product {
        tile: ProductTile,
        input: Input,
        weights: WeightKind,
    },
    UnrollWindows,
    DepthwiseConv2d {
        /// Whether an invocation computes four channels instead of one.
        quads: bool,
    },
    AveragePool2d,
    LayerNorm {
        parallelism: RowParallelism,
    },
    L2Normalize {
        parallelism: RowParallelism,
    },
    /// Attention in one kernel, with workgroup memory.
    Attention(Head),
    /// Attention on software adapters, part one: the softmax.
    AttentionShares(Head),
    /// Part two: the weighted sums of values.
    AttentionMixture(Head),
    LookUp,
    EmbedTokens {
        weights: WeightKind,
    },
    Prepend {
        mean: bool,
    },
    SelectRows,
}

/// The shape of an attention head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Head {
    pub(super) channels: u32,
}

/// How a product reads its left operand, always in quads of columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Input {
    Rows,
    /// Windows of a picture, read in place.
    Windows,
}

/// Where a residual is added to a product; the numbers are those of `product_output.wgsl`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Residual {
    None = 0,
    BeforeActivation = 1,
    AfterActivation = 2,
}

/// Invocations per workgroup of kernels whose invocations are independent; `LANES` in
/// `flat_dispatch.wgsl`.
pub(super) const LANES: u64 = 64;
/// The widest head that fits an invocation's registers, or a workgroup's memory.
pub(super) const WIDEST_HEAD: usize = 128;

impl Kernel {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Product { .. } => "product",
            Self::UnrollWindows => "unroll_windows",
            Self::DepthwiseConv2d { .. } => "depthwise_conv2d",
            Self::AveragePool2d => "average_pool2d",
            Self::LayerNorm { .. } => "layer_norm",
            Self::L2Normalize { .. } => "l2_normalize",
            Self::Attention(_) => "attention",
            Self::AttentionShares(_) => "attention_shares",
            Self::AttentionMixture(_) => "attention_mixture",
            Self::LookUp => "look_up",
            Self::EmbedTokens { .. } => "embed_tokens",
            Self::Prepend { .. } => "prepend",
            Self::SelectRows => "select_rows",
        }
    }

    /// Number of input buffers.
    pub(super) fn inputs(self) -> usize {
        match self {
            Self::Product { .. } => 5,
            Self::UnrollWindows
            | Self::AveragePool2d
            | Self::L2Normalize { .. }
            | Self::Attention(_)
            | Self::AttentionShares(_) => 1,
            Self::LookUp | Self::SelectRows | Self::AttentionMixture(_) => 2,
            Self::DepthwiseConv2d { .. } | Self::LayerNorm { .. } | Self::Prepend { .. } => 3,
            Self::EmbedTokens { .. } => 4,
        }
    }

    /// The whole WGSL module; its entry point is `main`.
    pub(super) fn source(self) -> String {
        let mut source = self.constants();
        for piece in self.pieces() {
            source.push_str(piece);
        }
        source
    }

    fn constants(self) -> String {
        let mut constants = String::new();
        if let Self::Product { tile, .. } = self {
            constants.push_str(tile.directive());
        }
        let mut constant = |name: &str, value: &dyn std::fmt::Display| {
            writeln!(constants, "const {name} = {value};").expect("a string takes any text");
        };
        match self {
            Self::Product { tile, .. } => {
                let (columns, rows) = tile.group();
                constant("GROUP_COLUMNS", &format_args!("{columns}u"));
                constant("GROUP_ROWS", &format_args!("{rows}u"));
            }
            Self::Attention(head) | Self::AttentionShares(head) | Self::AttentionMixture(head) => {
                constant("HEAD", &format_args!("{}u", head.channels));
            }
            Self::Prepend { mean } => constant("MEAN", &mean),
            _ => {}
        }
        constants
    }

    fn pieces(self) -> Vec<&'static str> {
        let flat = wgsl!("flat_dispatch");
        let rows = wgsl!("row_dispatch");
        match self {
            Self::Product {
                tile,
                input,
                weights,
            } => {
                let mut pieces = vec![
                    wgsl!("product_sizes"),
                    input.piece(),
                    weights.piece(),
                    wgsl!("activation"),
                    wgsl!("product_output"),
                ];
                pieces.extend(tile.pieces());
                pieces
            }
            Self::UnrollWindows => vec![flat, wgsl!("unroll_windows")],
            Self::DepthwiseConv2d { quads } => vec![
                flat,
                wgsl!("activation"),
                match quads {
                    true => wgsl!("cell_vec4"),
                    false => wgsl!("cell_scalar"),
                },
                wgsl!("depthwise_conv2d"),
            ],
            Self::AveragePool2d => vec![flat, wgsl!("average_pool2d")],
            Self::LayerNorm { parallelism } => {
                vec![parallelism.source(), rows, wgsl!("layer_norm")]
            }
            Self::L2Normalize { parallelism } => {
                vec![parallelism.source(), rows, wgsl!("l2_normalize")]
            }
            Self::Attention(head) => {
                vec![head.piece(), wgsl!("attention")]
            }
            Self::AttentionShares(head) => vec![
                head.piece(),
                wgsl!("attention_tile"),
                wgsl!("attention_shares"),
            ],
            Self::AttentionMixture(head) => vec![
                head.piece(),
                wgsl!("attention_tile"),
                wgsl!("attention_mixture"),
            ],
            Self::LookUp => vec![flat, wgsl!("look_up")],
            Self::EmbedTokens { weights } => {
                vec![flat, weights.piece(), wgsl!("embed_tokens")]
            }
            Self::Prepend { .. } => vec![flat, wgsl!("prepend")],
            Self::SelectRows => vec![flat, wgsl!("select_rows")],
        }
    }
}

impl Input {
    fn piece(self) -> &'static str {
        match self {
            Self::Rows => wgsl!("input_rows"),
            Self::Windows => wgsl!("input_windows"),
        }
    }
}

impl Head {
    fn piece(self) -> &'static str {
        if self.channels.is_multiple_of(4) {
            wgsl!("head_vec4")
        } else {
            wgsl!("head_scalar")
        }
    }
}

/// Numbers in `activation.wgsl`.
pub(super) fn activation_number(epilogue: Epilogue) -> usize {
    match epilogue {
        Epilogue::None => 0,
        Epilogue::Relu => 1,
        Epilogue::QuickGelu => 2,
        Epilogue::Gelu => 3,
        Epilogue::Relu6 => 4,
    }
}
