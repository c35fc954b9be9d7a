//! The page.

mod address;
mod components;
mod connection;
mod format;
mod persistence;
mod picture;
mod session;
mod settings;
mod table;
mod text_list;

fn main() {
    leptos::mount::mount_to_body(components::App);
}
