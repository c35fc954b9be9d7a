//! Serves the built page as a static host does, and misbehaves on command.
//!
//! ```text
//! server     starts, stops, changes what is served
//! state      what all requests share; lock takes its parts
//! listener   accepts connections
//! answers    answers a request;  body  sends what it asked for;  ranges  reads what that is
//! files      the page's files, and a model in place of its own
//! faults     what goes wrong, by path
//! requests   the log of requests
//! ```

mod answers;
mod body;
mod faults;
mod files;
mod listener;
mod lock;
mod ranges;
mod requests;
mod server;
mod state;

pub use faults::{Damage, Faults, RangeSupport, Times};
pub use files::{MANIFEST, MODEL};
pub use requests::Request;
pub use server::{Models, Site};
