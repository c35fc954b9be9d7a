//! Code that is fetched when it is first needed: functions with the attribute `wasm_split`. The parts of
//! the page that are drawn by such functions are shown by `components/deferred.rs`.

/// What a split function gives once its code is here.
#[cfg(not(test))]
pub fn fetched<F: Future>(split: F) -> F {
    split
}

/// Tests are one program, which nobody splits: there such functions are plain ones.
#[cfg(test)]
pub fn fetched<T>(plain: T) -> std::future::Ready<T> {
    std::future::ready(plain)
}
