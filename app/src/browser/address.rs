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

/// The name of a repository in what a person typed or copied: `owner/name`, `owner/name@revision`, or
/// the address of its page on the Hub. What is none is left as it is, to be refused by name.
pub fn repository(typed: &str) -> String {
    const HOSTS: [&str; 3] = ["huggingface.co", "www.huggingface.co", "hf.co"];
    let typed = typed.trim();
    let scheme = typed
        .strip_prefix("https://")
        .or(typed.strip_prefix("http://"));
    let (host, path) = scheme.unwrap_or(typed).split_once('/').unwrap_or_default();
    let path = match HOSTS.contains(&host) {
        true => path.split(['?', '#']).next().unwrap_or_default(),
        false if scheme.is_some() => return typed.to_owned(),
        false => typed,
    };
    let parts: Vec<&str> = path.trim_end_matches('/').split('/').collect();
    match parts[..] {
        [owner, name, "tree" | "blob" | "resolve", "main", ..] => format!("{owner}/{name}"),
        [owner, name, "tree" | "blob" | "resolve", revision, ..] => {
            format!("{owner}/{name}@{revision}")
        }
        _ => parts.join("/"),
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

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::repository;

    #[wasm_bindgen_test]
    fn addresses_of_the_hub_become_names() {
        for (typed, name) in [
            (" openai/clip ", "openai/clip"),
            ("openai/clip/", "openai/clip"),
            ("openai/clip@refs/pr/1", "openai/clip@refs/pr/1"),
            ("https://huggingface.co/openai/clip", "openai/clip"),
            ("huggingface.co/openai/clip/", "openai/clip"),
            ("https://hf.co/openai/clip?library=x#files", "openai/clip"),
            (
                "https://huggingface.co/openai/clip/tree/main",
                "openai/clip",
            ),
            ("openai/clip/tree/main", "openai/clip"),
            (
                "https://huggingface.co/a/b/blob/0f0f/config.json",
                "a/b@0f0f",
            ),
            (
                "https://example.org/openai/clip",
                "https://example.org/openai/clip",
            ),
            ("clip", "clip"),
            ("", ""),
        ] {
            assert_eq!(repository(typed), name, "{typed}");
        }
    }
}
