//! What the lesson at the end of the page computes; `components::lesson` shows it.
//!
//! ```text
//! temperature    cosines to shares by a factor, and the factor that a model used
//! contrastive    the matrix of pictures and texts, and the loss that CLIP was trained to reduce
//! drawing        embeddings and angles as shapes
//! paper_models   the nine models of the paper
//! ```

pub mod contrastive;
pub mod drawing;
pub mod paper_models;
pub mod temperature;
