//! The built page in a headless browser, driven as a person would and compared with the native
//! engine on the same model.

mod accessibility;
mod appearance;
mod bad_input;
mod captions;
mod first_visit;
mod installed;
mod labels;
mod language;
mod lesson;
mod lists;
mod model;
mod pictures;
mod ranking;
mod tabs;
mod visit;
