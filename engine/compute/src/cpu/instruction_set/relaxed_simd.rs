//! Products of whole numbers with the one instruction of relaxed SIMD that is made for them, in
//! browsers and on processors that have it: four products and their sum in each 32 bits.
//!
//! It multiplies signed bytes with seven bits without a sign, so an input of fourteen bits goes in
//! two parts: with `x + 8192 = 128 high + low`, `Σ w x = 128 Σ w high + Σ w low − 8192 Σ w`. What
//! the instruction leaves open concerns the eighth bit alone, so the sums are those of any device.

use js_sys::{Object, Reflect, Uint8Array, WebAssembly};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;

use super::integer_product::IntegerProduct;

/// Columns of a row of weights that lie side by side.
pub const GROUP: usize = 4;
/// Columns of inputs whose upper bits lie side by side, and their lower bits behind.
const BLOCK: usize = 16;
/// The kernel's output features.
const LANES: usize = 8;
/// Bits of the lower part of an input.
const LOW_BITS: u32 = 7;

/// `relaxed_simd/product.rs`, compiled by `build.rs`.
const MODULE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/relaxed_simd.wasm"));

#[wasm_bindgen]
extern "C" {
    /// What the module exports; its source says what the functions ask for.
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

/// Whether products are quickest this way.
pub fn is_quickest() -> bool {
    EXPORTS.with(|exports| exports.as_ref().is_some_and(is_one_instruction))
}

/// Whether the browser knows relaxed SIMD at all, with which products are right, if not quick.
#[cfg(test)]
pub fn is_accepted() -> bool {
    EXPORTS.with(Option::is_some)
}

/// The module on this module's memory; none in a browser that refuses it.
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
/// Where it does not, a browser puts several in its place, which add pairs of products in sixteen
/// bits and are slower than the products of simd128. These pairs are too large for that.
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
    /// What makes an input of fourteen bits positive.
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
            // What the module reads and writes is no more than was asserted, and bytes of inputs are
            // below 128: steps have fourteen bits.
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

    /// The numbers of a module's sections.
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
