//! Parts of the worker whose code is fetched when they are first needed.
//!
//! Such a part is a function with the attribute `wasm_split`, which the feature `split` switches on.
//! `cargo xtask assemble` moves its code, and what only such parts need, into files of their own.

use thiserror::Error as ThisError;

/// The code of a part cannot be fetched.
#[derive(Debug, ThisError)]
#[error(
    "A part of Glance that this needs cannot be fetched; connect to the internet and try again."
)]
pub struct MissingCode;

#[cfg(feature = "split")]
impl From<wasm_split_helpers::SplitLoaderError> for MissingCode {
    fn from(_: wasm_split_helpers::SplitLoaderError) -> Self {
        Self
    }
}
