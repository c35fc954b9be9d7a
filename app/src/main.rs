//! The page.

mod address;
mod components;
mod connection;
mod format;
mod launch;
mod offered;
mod persistence;
mod picture;
mod session;
mod settings;
mod shared_pictures;
mod table;
mod text_list;
mod updates;

fn main() {
    leptos::mount::mount_to_body(components::App);
}
