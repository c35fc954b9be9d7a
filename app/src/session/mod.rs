//! The page's state and logic: turns the person's actions into requests, and answers into state.
//!
//! The page decides what runs next. A limited number of pictures is in the worker at a time, so
//! that it can batch them. If the worker dies, the pictures that it was encoding are retried once,
//! one at a time. All others wait here, with their files.
//!
//! ```text
//! state           what the page knows, and its connection to the worker
//! library         the pictures;  undo  removes and moves them, and takes back
//!                 what is undoable
//! model_state     what it knows of models;  stored_state  of what the browser stores
//! graphics        what it knows of the graphics card
//!
//! worker          starts the worker, and a new one after a crash
//! answers         takes the worker's messages
//! pictures        adds pictures, and sends them to the worker;  duplicates  takes out equal ones
//! remembered      pictures of earlier visits
//! ask             a request that one part of the page waits for itself
//! camera          ranks labels for a camera's frames
//! questions       asks for rankings, cosines and searches, and shows the answers
//! results         gathers the answers of the moment;  take_away  hands out pictures and embeddings
//! model           inspects and loads models;  stored  lists, checks and deletes them
//! device          changes the device that the model runs on
//! interruptions   cancel, retry, reconnect
//! ```

mod answers;
mod ask;
mod camera;
mod device;
mod duplicates;
mod graphics;
mod interruptions;
mod library;
mod model;
mod model_state;
mod pictures;
mod questions;
mod remembered;
mod results;
mod state;
mod stored;
mod stored_state;
mod take_away;
mod undo;
mod undoable;
mod worker;

pub use graphics::Graphics;
pub use model_state::{Candidate, ModelState, comes_with_page};
pub use state::Session;
pub use stored_state::EarlierPictures;
pub use take_away::EmbeddingsFormat;
