//! A clock for measuring durations, natively and in a browser.

/// Milliseconds since a fixed moment. Browsers round them, some to whole numbers.
#[cfg(target_arch = "wasm32")]
pub(crate) fn milliseconds() -> f64 {
    use wasm_bindgen::JsCast;

    let performance = js_sys::Reflect::get(&js_sys::global(), &"performance".into());
    match performance.map(JsCast::dyn_into::<web_sys::Performance>) {
        Ok(Ok(performance)) => performance.now(),
        _ => js_sys::Date::now(),
    }
}

/// Milliseconds since a fixed moment.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn milliseconds() -> f64 {
    use std::sync::LazyLock;
    use std::time::Instant;

    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed().as_secs_f64() * 1e3
}
