//! What becomes of many pictures.
//!
//! ```text
//! sorting     groups, keyboard, corrections, search
//! likeness    near copies and similar pictures
//! teaching    labels that are learnt from pictures
//! regions     where in a picture a label is seen
//! library     later visits, equal files, other models
//! addresses   pictures of other sites
//! folders     folders that are looked into again
//! take_away   answers that leave the page
//! camera      a live camera, and stills of it
//! ```

mod addresses;
mod camera;
mod folders;
mod library;
mod likeness;
mod regions;
mod sorting;
mod take_away;
mod teaching;
