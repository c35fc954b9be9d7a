//! What tests that cross crates share: a browser, a server for the built page, the page as a
//! person sees it, pictures and small models, and the native engine's answers to compare with.

pub mod browser;
pub mod hub;
pub mod model;
pub mod page;
pub mod pictures;
pub mod site;

/// The README's example compiles.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
