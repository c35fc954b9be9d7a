//! The built page in a headless browser, driven as a person would and measured against the
//! native engine with the same model.

mod appearance;
mod bad_input;
mod captions;
mod devices;
mod downloads;
mod first_visit;
mod hub;
mod installed;
mod interruptions;
mod lists;
mod loading;
mod models;
mod ranking;
mod storage;
mod stored_models;
mod tabs;
mod visit;
