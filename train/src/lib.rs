//! Training of Glance's demo model: data, words and training stages.

pub mod backend;
pub mod batch;
pub mod checkpoint;
pub mod contrastive;
pub mod data;
pub mod error;
pub mod locked_image;
pub mod optimizer;
pub mod packages;
pub mod pretrain;
mod progress;
pub mod recipe;
pub mod words;
pub mod work_queue;
