//! URLs of files beside the page, and the parameters of the page's own URL.

use glance_protocol::DeviceKind;
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

/// The absolute URL of a file beside this program, which has the same version.
pub fn beside_code(path: &str) -> Option<String> {
    let url = Url::new_with_base(path, &MODULE.with(ImportMeta::url)).ok()?;
    Some(url.href())
}

/// The absolute URL of a file beside the page, wherever the page is served from.
pub fn beside_page(path: &str) -> Option<String> {
    let base = web_sys::window()?.document()?.base_uri().ok()??;
    Some(Url::new_with_base(path, &base).ok()?.href())
}

/// The URL of the Hugging Face Hub, or of a mirror on the page's own server whose path `?hub=`
/// names. Other servers are refused, so that no link can redirect a person's requests.
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

/// The repository's name in what a person typed or copied: `owner/name`, `owner/name@revision`, or
/// the URL of its page on the Hub. Anything else is returned unchanged, and refused later.
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

/// A query parameter of the page's URL.
pub fn query(name: &str) -> Option<String> {
    let search = web_sys::window()?.location().search().ok()?;
    UrlSearchParams::new_with_str(&search).ok()?.get(name)
}

/// Removes a query parameter from the page's URL, without reloading.
pub fn drop_query(name: &str) {
    // If this fails, the next reload asks again for what is then gone.
    replace(|url| url.search_params().delete(name));
}

/// Changes the page's URL without reloading and without a new entry in the history. If the browser
/// refuses, the URL stays.
pub fn replace(change: impl FnOnce(&Url)) {
    let replaced = || {
        let window = web_sys::window()?;
        let url = Url::new(&window.location().href().ok()?).ok()?;
        change(&url);
        let history = window.history().ok()?;
        let state = history.state().ok()?;
        history
            .replace_state_with_url(&state, "", Some(&url.href()))
            .ok()
    };
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
