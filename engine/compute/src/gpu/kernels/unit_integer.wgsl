// Piece of the products: int8 weights as stored, and inputs rounded to int8 when they are staged. A
// unit is sixteen columns, with the size of one step of its inputs. One size per unit, not per row,
// so that a channel far larger than the others does not round those away.
struct InputUnit {
    steps: vec4<u32>,
    size: f32,
}

alias WeightUnit = vec4<u32>;

struct Block {
    a: WeightUnit,
    b: WeightUnit,
    c: WeightUnit,
    d: WeightUnit,
}

const UNIT_QUADS = 4u;
const STEP = 2u;
// `weight_scale` expects weights at the top of their words: 2²⁴ times these.
const SUM_UNIT = 16777216.0;
const MOST_STEPS = 127.0;
// Below any value in a network, with an inverse that f32 can hold.
const SMALLEST_SIZE = 0x1p-100;
// The bits of an f32's significand after the first six. A sum of sixteen products has at most
// eighteen bits, so its product with a size of six bits is exact. So all tile shapes give the same
// result to the bit, whether the compiler fuses multiplication and addition or not.
const BEYOND_SIX_BITS = 0x3ffffu;
// 1.5 × 2²³: one more in its bits is one more in its value.
const WHOLE = 12582912.0;

fn quad_or_zero(row: InputRow, quad: u32) -> vec4<f32> {
    let quads = sizes.inputs / 4u;
    let values = input4(row, input_column(min(quad, quads - 1u)));
    return select(vec4<f32>(0.0), values, quad < quads);
}

fn steps_of(values: vec4<f32>) -> u32 {
    return pack4xI8(vec4<i32>(round(values)));
}

// The inverse as IEEE rounds it. `1.0 / size` may be off by 2.5 units in the last place (WGSL,
// 15.7.4.1), and on real hardware it is: values that lie between two steps would then differ from one
// device to the next. `size` has six significant bits, so whole numbers give all 24 of its inverse.
fn exact_inverse(size: f32) -> f32 {
    let bits = bitcast<u32>(size);
    let significand = 32u | ((bits >> 18u) & 31u);
    let quotient = (0x20000000u + significand / 2u) / significand;
    // 2^(132 - exponent) / 2²⁹: the significand counts 32nds. No network has a size beyond 2¹⁰².
    let scale = 230 - i32(bits >> 23u);
    return f32(quotient) * bitcast<f32>(u32(max(scale, 1)) << 23u);
}

fn input_unit(row: u32, unit: u32) -> InputUnit {
    let source = input_row(row);
    let first = unit * UNIT_QUADS;
    let a = quad_or_zero(source, first);
    let b = quad_or_zero(source, first + 1u);
    let c = quad_or_zero(source, first + 2u);
    let d = quad_or_zero(source, first + 3u);
    let most = max(max(abs(a), abs(b)), max(abs(c), abs(d)));
    let largest = max(max(most.x, most.y), max(most.z, most.w));
    let bits = bitcast<u32>(largest * (1.0 / MOST_STEPS));
    let size = max(bitcast<f32>((bits + BEYOND_SIX_BITS) & ~BEYOND_SIX_BITS), SMALLEST_SIZE);
    let inverse = exact_inverse(size);
    let steps = vec4<u32>(
        steps_of(a * inverse),
        steps_of(b * inverse),
        steps_of(c * inverse),
        steps_of(d * inverse),
    );
    return InputUnit(steps, size);
}

// Columns beyond the last may hold anything, because the inputs there are zero.
fn weight_unit(column: u32, unit: u32) -> WeightUnit {
    let last = sizes.inputs / 4u - 1u;
    let start = column * (last + 1u);
    let first = unit * UNIT_QUADS;
    return vec4<u32>(
        weights[start + min(first, last)],
        weights[start + min(first + 1u, last)],
        weights[start + min(first + 2u, last)],
        weights[start + min(first + 3u, last)],
    );
}

// Sums in the low bits of 1.5 × 2²³, so the result needs no conversion to f32: some hardware
// converts integers at an eighth of the rate at which it multiplies.
fn dot16(steps: vec4<u32>, weights: WeightUnit) -> f32 {
    let sum = bitcast<i32>(WHOLE) + dot4I8Packed(steps.x, weights.x)
        + dot4I8Packed(steps.y, weights.y) + dot4I8Packed(steps.z, weights.z)
        + dot4I8Packed(steps.w, weights.w);
    return bitcast<f32>(sum) - WHOLE;
}

fn block_product(values: InputUnit, block: Block) -> vec4<f32> {
    let sums = vec4<f32>(
        dot16(values.steps, block.a),
        dot16(values.steps, block.b),
        dot16(values.steps, block.c),
        dot16(values.steps, block.d),
    );
    return sums * values.size;
}
