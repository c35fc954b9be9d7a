//! What the loops take besides rows.

/// Samples of a weighted sum that are taken at a time. Rows have as many spare samples at their end.
pub const GROUP: usize = 8;

/// Bits of a weight's lower half.
pub const LOW_BITS: u32 = 11;

/// Weights cut in two, `upper × 2¹¹ + lower`, so that a product with a sample fits the multiplications
/// of 16 bits that processors do fastest. Zeros fill the last group.
#[derive(Clone, Debug)]
pub struct Weights {
    pub lower: Vec<i16>,
    pub upper: Vec<i16>,
}

impl Weights {
    /// Cuts weights of at most 26 bits.
    pub fn new(weights: &[i32]) -> Self {
        let whole = weights.len().next_multiple_of(GROUP);
        let half = |cut: fn(i32) -> i32| {
            let mut half: Vec<i16> = weights.iter().map(|weight| cut(*weight) as i16).collect();
            half.resize(whole, 0);
            half
        };
        Self {
            lower: half(|weight| weight & ((1 << LOW_BITS) - 1)),
            upper: half(|weight| weight >> LOW_BITS),
        }
    }
}

/// How upsampling rounds: `(sum + bias) >> shift`, with a bias for the left of two samples and one
/// for the right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rounding {
    pub shift: u32,
    pub biases: [u16; 2],
}
