//! The page.

mod browser;
mod components;
mod connection;
mod format;
mod launch;
mod model_list;
mod picture;
mod results;
mod samples;
mod session;
mod settings;
mod shared_pictures;
mod table;
mod text_list;

#[cfg(test)]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

fn main() {
    leptos::mount::mount_to_body(components::App);
}
