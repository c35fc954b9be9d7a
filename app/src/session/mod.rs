//! The page's state and logic: turns the person's actions into requests, and answers into state.
//!
//! The page decides what runs next. A limited number of pictures is in the worker at a time, so
//! that it can batch them. If the worker dies, the pictures that it was encoding are retried once,
//! one at a time. All others wait here, with their files.
//!
//! ```text
//! state           what the page knows, and its connection to the worker
//! model_state     what it knows of models;  stored_state  of what the browser stores
//! graphics        what it knows of the graphics card
//!
//! worker          starts the worker, and a new one after a crash
//! answers         takes the worker's messages
//! pictures        adds and removes pictures, and sends them to the worker
//! questions       asks for rankings and cosines, and shows them;  results  gathers them
//! model           inspects and loads models;  stored  lists, checks and deletes them
//! device          changes the device that the model runs on
//! interruptions   cancel, retry, reconnect
//! ```

mod answers;
mod device;
mod graphics;
mod interruptions;
mod model;
mod model_state;
mod pictures;
mod questions;
mod results;
mod state;
mod stored;
mod stored_state;
mod worker;

pub use graphics::Graphics;
pub use model_state::{Candidate, ModelState, comes_with_page};
pub use state::Session;
