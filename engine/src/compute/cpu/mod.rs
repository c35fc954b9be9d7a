//! The operations on the processor, in plain Rust that vectorises.
