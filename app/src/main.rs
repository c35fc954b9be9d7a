//! The page.

mod arrangement;
mod browser;
mod components;
mod connection;
mod fetched;
mod format;
mod label_sets;
mod launch;
mod lesson;
mod model_list;
mod order;
mod picture;
mod samples;
mod session;
mod settings;
mod shared_pictures;
mod table;
mod take_away;
mod text_list;
mod texts;

#[cfg(test)]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

fn main() {
    wasm_bindgen_futures::spawn_local(async {
        texts::choose().await;
        leptos::mount::mount_to_body(components::App);
    });
}
