//! Addresses: of what lies beside the page, and what the page's own address asks for.

use glance_engine::DeviceKind;
use web_sys::{Url, UrlSearchParams};

/// The absolute address of a file beside the page, wherever the page is served from.
pub fn beside_page(path: &str) -> Option<String> {
    let base = web_sys::window()?.document()?.base_uri().ok()??;
    Some(Url::new_with_base(path, &base).ok()?.href())
}

/// The device that `?device=cpu` or `?device=gpu` asks for.
pub fn device() -> Option<DeviceKind> {
    let search = web_sys::window()?.location().search().ok()?;
    match UrlSearchParams::new_with_str(&search)
        .ok()?
        .get("device")?
        .as_str()
    {
        "cpu" => Some(DeviceKind::Cpu),
        "gpu" => Some(DeviceKind::Gpu),
        _ => None,
    }
}
