//! The page's state and logic: turns the person's actions into requests, and answers into state.
//!
//! The page decides what runs next. A limited number of pictures is in the worker at a time, so
//! that it can batch them. If the worker dies, the pictures that it was encoding are retried once,
//! one at a time. All others wait here, with their files.
//!
//! ```text
//! state           what the page knows, and its connection to the worker
//! pictures/       the pictures;  models/  the models
//! worker          starts the worker, and a new one after a crash
//! answers         takes the worker's messages;  sentences  their sentences in the page's language
//! questions       asks for rankings, cosines and searches, and shows the answers
//! groups          asks which pictures look alike;  regions  where in a picture a label is seen
//! ask             a request that one part of the page waits for itself
//! camera          ranks labels for a camera's frames
//! results         gathers the answers of the moment
//! take_away       hands out pictures and embeddings
//! interruptions   cancel, retry, reconnect
//! ```

mod answers;
mod ask;
mod camera;
mod groups;
mod interruptions;
mod models;
mod pictures;
mod questions;
mod regions;
mod results;
mod sentences;
mod state;
mod take_away;
mod worker;

pub use models::graphics::Graphics;
pub use models::model_state::{Candidate, ModelState, comes_with_page};
pub use models::stored_state::EarlierPictures;
pub use pictures::arriving::{Folder, Gathering};
pub use state::Session;
pub use take_away::EmbeddingsFormat;
