//! Models: what the page knows of them, and what it does with them.
//!
//! ```text
//! model_state     the model in use, and one that the person previews
//! model           inspects and loads models
//! stored_state    what the browser stores;  stored  lists, checks and deletes models
//! graphics        the graphics card;  device  changes the device that the model runs on
//! ```

pub mod device;
pub mod graphics;
pub mod model;
pub mod model_state;
pub mod stored;
pub mod stored_state;
