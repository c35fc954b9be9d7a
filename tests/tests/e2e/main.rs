//! The built page in a headless browser, driven as a person would and compared with the native
//! engine on the same model.

mod appearance;
mod bad_input;
mod camera;
mod captions;
mod first_visit;
mod installed;
mod label_sets;
mod lesson;
mod library;
mod lists;
mod model;
mod ranking;
mod sorting;
mod tabs;
mod take_away;
mod visit;
