//! Formats numbers and dates.

use js_sys::{Object, Reflect};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// `Date`, because `js_sys` cannot format in the browser's own language.
    #[wasm_bindgen(js_name = Date)]
    type Moment;

    #[wasm_bindgen(constructor, js_class = "Date")]
    fn new(milliseconds: f64) -> Moment;

    #[wasm_bindgen(method, js_name = toLocaleDateString)]
    fn date(this: &Moment, locale: &JsValue, options: &Object) -> String;
}

/// Bytes in the unit that fits: `950 kB`, `12.3 MB`.
pub fn bytes(bytes: f64) -> String {
    match bytes {
        bytes if bytes < 1e6 => format!("{:.0} kB", bytes / 1e3),
        bytes if bytes < 1e9 => format!("{:.1} MB", bytes / 1e6),
        bytes => format!("{:.2} GB", bytes / 1e9),
    }
}

/// A share as a percentage. Shows 0 % and 100 % only for exactly that.
pub fn percent(share: f32) -> String {
    let percent = share * 100.0;
    match percent {
        percent if percent <= 0.0 => "0 %".to_owned(),
        percent if percent < 0.1 => "< 0.1 %".to_owned(),
        percent if percent >= 99.95 && share < 1.0 => "> 99.9 %".to_owned(),
        percent if percent >= 100.0 => "100 %".to_owned(),
        percent => format!("{percent:.1} %"),
    }
}

/// A cosine to three places, the precision of int8 weights.
pub fn cosine(cosine: f32) -> String {
    format!("{cosine:.3}")
}

/// The date of a time in milliseconds since 1970, in the browser's locale.
pub fn day(milliseconds: f64) -> String {
    let options = Object::new();
    // A plain object takes any property.
    let _ = Reflect::set(&options, &"dateStyle".into(), &"medium".into());
    Moment::new(milliseconds).date(&JsValue::UNDEFINED, &options)
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn bytes_pick_their_unit() {
        assert_eq!(bytes(950_000.0), "950 kB");
        assert_eq!(bytes(12_345_678.0), "12.3 MB");
        assert_eq!(bytes(1.5e9), "1.50 GB");
    }

    #[wasm_bindgen_test]
    fn percentages_do_not_overclaim() {
        assert_eq!(percent(0.000_1), "< 0.1 %");
        assert_eq!(percent(0.5), "50.0 %");
        assert_eq!(percent(0.999_8), "> 99.9 %");
        assert_eq!(percent(1.0), "100 %");
        assert_eq!(percent(0.0), "0 %");
    }
}
