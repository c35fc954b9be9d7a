//! Contrastive pre-training of Glance's demo model: pictures, captions and what learns from them.

pub mod batch;
pub mod checkpoint;
pub mod contrastive;
pub mod data;
pub mod evaluation;
pub mod optimizer;
pub mod recipe;
