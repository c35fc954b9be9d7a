//! Commands about the page.
//!
//! ```text
//! serve         builds the page and serves it
//! build         writes it to dist/
//! assemble      what follows trunk's build; trunk calls it
//! split         puts parts of the program into files of their own
//! icons         draws the icons;  screenshots  photographs the page
//! ```

pub mod assemble;
pub mod build;
pub mod icons;
pub mod screenshots;
pub mod serve;
mod split;
