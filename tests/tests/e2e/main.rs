//! The built page in a headless browser, driven as a person would and measured against the
//! native engine with the same model.

mod appearance;
mod bad_input;
mod captions;
mod first_visit;
mod installed;
mod lists;
mod model;
mod ranking;
mod tabs;
mod visit;
