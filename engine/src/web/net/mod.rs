//! Network access.
//!
//! ```text
//! fetch         one request, its errors and its timeout
//! body          response bodies;         byte_reader  the stream behind one
//! ranged_file   a file in ranges;        retry        retries of transient failures
//! timeout       for any future;          linked_abort an abort signal that follows another
//! in_flight     several requests at once
//! ```

pub mod body;
pub mod byte_reader;
pub mod fetch;
pub mod in_flight;
pub mod linked_abort;
pub mod ranged_file;
pub mod retry;
pub mod timeout;
