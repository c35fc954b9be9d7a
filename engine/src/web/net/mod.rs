//! What comes over the network.
//!
//! ```text
//! fetch         one request, its errors and its timeout
//! body          the bytes of an answer;  byte_reader  the stream that they are read from
//! ranged_file   a file in ranges;        retry        a request that failed in passing
//! timeout       an end to any wait;      linked_abort one cancel for several requests
//! in_flight     several requests in order
//! ```

pub mod body;
pub mod byte_reader;
pub mod fetch;
pub mod in_flight;
pub mod linked_abort;
pub mod ranged_file;
pub mod retry;
pub mod timeout;
