//! Which WGSL makes which kernel: a kernel is one file, the pieces it calls, and the constants
//! that pick its variant.

use std::fmt::Write as _;

use super::kernel_strategy::{ProductTile, RowOwner};
use super::weight_kind::WeightKind;
use crate::Epilogue;

/// Bindings are numbered from 1 in the order of a kernel's inputs, its output last; 0 is its
/// sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Kernel {
    Product {
        tile: ProductTile,
        input: Input,
        weights: WeightKind,
        epilogue: Epilogue,
        bias: bool,
        residual: Residual,
    },
    UnrollWindows,
    DepthwiseConv2d {
        /// Whether channels go in fours.
        quads: bool,
        epilogue: Epilogue,
        bias: bool,
    },
    AveragePool2d,
    LayerNorm {
        owner: RowOwner,
    },
    L2Normalize {
        owner: RowOwner,
    },
    /// The whole attention, in workgroup memory.
    Attention(Head),
    /// Its first half on adapters that compute on the processor.
    AttentionShares(Head),
    /// Its second.
    AttentionMixture(Head),
    EmbedTokens {
        weights: WeightKind,
    },
    Prepend {
        mean: bool,
    },
    SelectRows,
}

/// A head of an attention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Head {
    pub(super) channels: u32,
    pub(super) causal: bool,
}

/// Where the left operand of a product lies, always in quads of columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Input {
    Rows,
    /// Those of a picture, which are not written out.
    Windows,
}

/// Where a second operand joins a product.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Residual {
    None = 0,
    BeforeActivation = 1,
    AfterActivation = 2,
}

/// Invocations of a workgroup that runs one output, or one column, an invocation; `LANES` in the
/// kernels.
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
            Self::EmbedTokens { .. } => "embed_tokens",
            Self::Prepend { .. } => "prepend",
            Self::SelectRows => "select_rows",
        }
    }

    /// How many buffers it reads.
    pub(super) fn inputs(self) -> usize {
        match self {
            Self::Product { .. } => 5,
            Self::UnrollWindows
            | Self::AveragePool2d
            | Self::L2Normalize { .. }
            | Self::Attention(_)
            | Self::AttentionShares(_) => 1,
            Self::SelectRows | Self::AttentionMixture(_) => 2,
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
            Self::Product {
                tile,
                epilogue,
                bias,
                residual,
                ..
            } => {
                let (columns, rows) = tile.group();
                constant("GROUP_COLUMNS", &format_args!("{columns}u"));
                constant("GROUP_ROWS", &format_args!("{rows}u"));
                constant("ACTIVATION", &activation_constant(epilogue));
                constant("BIAS", &bias);
                constant("RESIDUAL", &format_args!("{}u", residual as u32));
            }
            Self::DepthwiseConv2d { epilogue, bias, .. } => {
                constant("ACTIVATION", &activation_constant(epilogue));
                constant("BIAS", &bias);
            }
            Self::Attention(head) | Self::AttentionShares(head) | Self::AttentionMixture(head) => {
                constant("HEAD", &format_args!("{}u", head.channels));
                constant("CAUSAL", &head.causal);
            }
            Self::Prepend { mean } => constant("MEAN", &mean),
            _ => {}
        }
        constants
    }

    fn pieces(self) -> Vec<&'static str> {
        let flat = include_str!("kernels/flat_index.wgsl");
        match self {
            Self::Product {
                tile,
                input,
                weights,
                ..
            } => {
                let mut pieces = vec![
                    include_str!("kernels/product_sizes.wgsl"),
                    input.piece(),
                    weights.piece(),
                    include_str!("kernels/activation.wgsl"),
                    include_str!("kernels/product_output.wgsl"),
                ];
                pieces.extend(tile.pieces());
                pieces
            }
            Self::UnrollWindows => vec![flat, include_str!("kernels/unroll_windows.wgsl")],
            Self::DepthwiseConv2d { quads, .. } => vec![
                flat,
                include_str!("kernels/activation.wgsl"),
                match quads {
                    true => include_str!("kernels/cell_vec4.wgsl"),
                    false => include_str!("kernels/cell_scalar.wgsl"),
                },
                include_str!("kernels/depthwise_conv2d.wgsl"),
            ],
            Self::AveragePool2d => vec![flat, include_str!("kernels/average_pool2d.wgsl")],
            Self::LayerNorm { owner } => {
                vec![owner.source(), include_str!("kernels/layer_norm.wgsl")]
            }
            Self::L2Normalize { owner } => {
                vec![owner.source(), include_str!("kernels/l2_normalize.wgsl")]
            }
            Self::Attention(head) => {
                vec![head.piece(), include_str!("kernels/attention.wgsl")]
            }
            Self::AttentionShares(head) => vec![
                head.piece(),
                include_str!("kernels/attention_tile.wgsl"),
                include_str!("kernels/attention_shares.wgsl"),
            ],
            Self::AttentionMixture(head) => vec![
                head.piece(),
                include_str!("kernels/attention_tile.wgsl"),
                include_str!("kernels/attention_mixture.wgsl"),
            ],
            Self::EmbedTokens { weights } => {
                vec![
                    flat,
                    weights.piece(),
                    include_str!("kernels/embed_tokens.wgsl"),
                ]
            }
            Self::Prepend { .. } => vec![flat, include_str!("kernels/prepend.wgsl")],
            Self::SelectRows => vec![flat, include_str!("kernels/select_rows.wgsl")],
        }
    }
}

impl Input {
    fn piece(self) -> &'static str {
        match self {
            Self::Rows => include_str!("kernels/input_rows.wgsl"),
            Self::Windows => include_str!("kernels/input_windows.wgsl"),
        }
    }
}

impl Head {
    fn piece(self) -> &'static str {
        if self.channels.is_multiple_of(4) {
            include_str!("kernels/head_vec4.wgsl")
        } else {
            include_str!("kernels/head_scalar.wgsl")
        }
    }
}

/// Names in `activation.wgsl`.
fn activation_constant(epilogue: Epilogue) -> &'static str {
    match epilogue {
        Epilogue::None => "NONE",
        Epilogue::Relu => "RELU",
        Epilogue::Relu6 => "RELU6",
        Epilogue::QuickGelu => "QUICK_GELU",
        Epilogue::Gelu => "GELU",
    }
}
