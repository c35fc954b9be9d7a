//! Addresses: of what lies beside the page, and what the page's own address asks for.

use glance_engine::DeviceKind;
use wasm_bindgen::prelude::*;
use web_sys::{Url, UrlSearchParams};

#[wasm_bindgen]
extern "C" {
    type ImportMeta;
    #[wasm_bindgen(thread_local_v2, js_namespace = import, js_name = meta)]
    static MODULE: ImportMeta;
    #[wasm_bindgen(method, getter)]
    fn url(this: &ImportMeta) -> String;
}

/// The absolute address of a file beside this program's own: it is of the same version.
pub fn beside_code(path: &str) -> Option<String> {
    let url = Url::new_with_base(path, &MODULE.with(ImportMeta::url)).ok()?;
    Some(url.href())
}

/// The absolute address of a file beside the page, wherever the page is served from.
pub fn beside_page(path: &str) -> Option<String> {
    let base = web_sys::window()?.document()?.base_uri().ok()??;
    Some(Url::new_with_base(path, &base).ok()?.href())
}

/// Where models of others are looked up: the Hugging Face Hub, or a mirror of it that the page's own
/// server keeps under the path that `?hub=` names. Another server cannot be named, so that no link
/// can send a person's requests there.
pub fn hub() -> Option<String> {
    match query("hub") {
        Some(path) => {
            let own = beside_page("")?;
            let mirror = Url::new_with_base(&path, &own).ok()?;
            (mirror.origin() == Url::new(&own).ok()?.origin()).then(|| mirror.href())
        }
        None => Some("https://huggingface.co".to_owned()),
    }
}

/// The device that `?device=cpu` or `?device=gpu` asks for.
pub fn device() -> Option<DeviceKind> {
    match query("device")?.as_str() {
        "cpu" => Some(DeviceKind::Cpu),
        "gpu" => Some(DeviceKind::Gpu),
        _ => None,
    }
}

/// What the page's address says after `?` under this name.
pub fn query(name: &str) -> Option<String> {
    let search = web_sys::window()?.location().search().ok()?;
    UrlSearchParams::new_with_str(&search).ok()?.get(name)
}

/// Takes a name out of what the page's address says after `?`, without loading anything.
pub fn drop_query(name: &str) {
    let replaced = || {
        let window = web_sys::window()?;
        let url = Url::new(&window.location().href().ok()?).ok()?;
        url.search_params().delete(name);
        let history = window.history().ok()?;
        let state = history.state().ok()?;
        history
            .replace_state_with_url(&state, "", Some(&url.href()))
            .ok()
    };
    // An address that stays as it is asks again at the next reload, for what is then gone.
    let _ = replaced();
}
