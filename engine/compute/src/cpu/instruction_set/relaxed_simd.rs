//! Integer products with relaxed SIMD's instruction for them, in browsers and on processors that
//! have it: four products and their sum in each 32 bits.
//!
//! It multiplies signed bytes with unsigned seven-bit values, so an input of fourteen bits is split
//! in two: with `x + 8192 = 128 high + low`, `Σ w x = 128 Σ w high + Σ w low − 8192 Σ w`. Only the
//! eighth bit is implementation-defined, so sums are the same on all devices.

use js_sys::{Object, Reflect, Uint8Array, WebAssembly};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;

use super::integer_product::IntegerProduct;

/// Adjacent columns of a row of weights.
pub const GROUP: usize = 4;
/// Columns in a block of inputs: the upper bits of all, then their lower bits.
const BLOCK: usize = 16;
/// Output features of a panel.
const LANES: usize = 8;
/// Bits of the lower part of an input.
const LOW_BITS: u32 = 7;

/// `relaxed_simd/product.rs`, compiled by `build.rs`.
const MODULE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/relaxed_simd.wasm"));

#[wasm_bindgen]
extern "C" {
    /// The module's exports. Its source documents them.
    type Exports;

    #[wasm_bindgen(method, structural)]
    fn dot(this: &Exports, weights: i32, inputs: i32) -> i32;

    #[wasm_bindgen(method, structural)]
    fn product(
        this: &Exports,
        inputs: *const u8,
        stride: usize,
        rows: usize,
        blocks: usize,
        panel: *const i8,
        sums: *mut i32,
    );
}

thread_local! {
    static EXPORTS: Option<Exports> = start();
}

/// Whether this is the fastest way to multiply here.
pub fn is_quickest() -> bool {
    EXPORTS.with(|exports| exports.as_ref().is_some_and(is_one_instruction))
}

/// Whether the browser has relaxed SIMD at all. Products are then right, but may be slow.
#[cfg(test)]
pub fn is_accepted() -> bool {
    EXPORTS.with(Option::is_some)
}

/// Instantiates the module on this module's memory; `None` if the browser refuses it.
fn start() -> Option<Exports> {
    let module = WebAssembly::Module::new(&Uint8Array::from(MODULE)).ok()?;
    let (environment, imports) = (Object::new(), Object::new());
    Reflect::set(&environment, &"memory".into(), &wasm_bindgen::memory()).ok()?;
    Reflect::set(&imports, &"env".into(), &environment).ok()?;
    let instance = WebAssembly::Instance::new(&module, &imports).ok()?;
    Some(instance.exports().unchecked_into())
}

/// Whether the processor has the instruction: x86 from AVX-VNNI on, ARM's dot products.
///
/// Otherwise a browser emulates it with several instructions, which add pairs of products in
/// sixteen bits and are slower than simd128. The pairs tested here overflow sixteen bits.
fn is_one_instruction(exports: &Exports) -> bool {
    let largest = exports.dot(i32::from_le_bytes([0x7f; 4]), i32::from_le_bytes([0xff; 4]));
    let smallest = exports.dot(i32::from_le_bytes([0x80; 4]), i32::from_le_bytes([0x80; 4]));
    let unsigned = (4 * 127 * 255, 4 * -128 * 128);
    let signed = (4 * -127, 4 * -128 * -128);
    (largest, smallest) == unsigned || (largest, smallest) == signed
}

/// The kernel of the module.
pub struct RelaxedSimd;

impl IntegerProduct<LANES> for RelaxedSimd {
    /// The upper bits of each column, then the lower ones.
    type Inputs = [[u8; BLOCK]; 2];
    const COLUMNS: usize = BLOCK;
    /// Makes an input of fourteen bits positive.
    const OFFSET: i16 = 8192;

    #[inline(always)]
    fn inputs(steps: &[i16]) -> Self::Inputs {
        let mut inputs = [[0; BLOCK]; 2];
        let [high, low] = &mut inputs;
        for ((high, low), step) in high.iter_mut().zip(low).zip(steps) {
            let positive = step + Self::OFFSET;
            *high = (positive >> LOW_BITS) as u8;
            *low = (positive & ((1 << LOW_BITS) - 1)) as u8;
        }
        inputs
    }

    fn multiply<const ROWS: usize>(
        inputs: &[Self::Inputs],
        stride: usize,
        panel: &[i8],
        sums: &mut [[i32; LANES]],
    ) {
        let blocks = panel.len() / (LANES * BLOCK);
        let Some(before) = sums.len().checked_sub(1) else {
            return;
        };
        assert!(inputs.len() >= before * stride + blocks);
        EXPORTS.with(|exports| {
            let exports = exports.as_ref();
            let exports =
                exports.expect("weights are laid out for the module only where there is one");
            // The module reads and writes no more than was asserted. Bytes of inputs are below 128,
            // because steps have fourteen bits.
            exports.product(
                inputs.as_ptr().cast(),
                stride,
                sums.len(),
                blocks,
                panel.as_ptr(),
                sums.as_mut_ptr().cast(),
            );
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_bindgen_test::{console_log, wasm_bindgen_test};

    /// The ids of a module's sections.
    fn sections(module: &[u8]) -> Vec<u8> {
        let mut found = Vec::new();
        let mut rest = &module[8..];
        while let Some((section, behind)) = rest.split_first() {
            found.push(*section);
            let digits = 1 + behind.iter().take_while(|byte| **byte > 127).count();
            let (digits, contents) = behind.split_at(digits);
            let length = digits
                .iter()
                .rfold(0, |length, digit| length << 7 | usize::from(digit & 127));
            rest = &contents[length..];
        }
        found
    }

    #[wasm_bindgen_test]
    fn the_module_has_no_memory_or_data_of_its_own() {
        let sections = sections(MODULE);
        let (imports, memory, start, elements, code, data) = (2, 5, 8, 9, 10, 11);
        for wanted in [imports, code] {
            assert!(sections.contains(&wanted), "section {wanted}");
        }
        for unwanted in [memory, start, elements, data] {
            assert!(!sections.contains(&unwanted), "section {unwanted}");
        }
        let Ok(module) = WebAssembly::Module::new(&Uint8Array::from(MODULE)) else {
            console_log!("SKIPPED its imports: this browser has no relaxed SIMD");
            return;
        };
        let imports = WebAssembly::Module::imports(&module);
        assert_eq!(imports.length(), 1);
        let name = Reflect::get(&imports.get(0), &"name".into());
        assert_eq!(name, Ok("memory".into()));
    }
}
