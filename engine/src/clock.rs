//! Time that has passed, in a browser too.

/// Milliseconds since some moment that stays the same. Browsers round it, some to a whole one.
#[cfg(target_arch = "wasm32")]
pub(crate) fn milliseconds() -> f64 {
    use wasm_bindgen::JsCast;

    let performance = js_sys::Reflect::get(&js_sys::global(), &"performance".into());
    match performance.map(JsCast::dyn_into::<web_sys::Performance>) {
        Ok(Ok(performance)) => performance.now(),
        _ => js_sys::Date::now(),
    }
}

/// Milliseconds since some moment that stays the same.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) fn milliseconds() -> f64 {
    use std::sync::LazyLock;
    use std::time::Instant;

    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed().as_secs_f64() * 1e3
}
