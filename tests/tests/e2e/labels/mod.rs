//! Labels: one by one, in sets, and from links.
//!
//! ```text
//! chips   the labels on the page, many of them, and the keys that move between them
//! sets    ready-made ones, the person's own, and those from files
//! links   labels that a link carries
//! ```

use glance_tests::browser::Webgpu;
use glance_tests::model::random_pack;
use glance_tests::page::Page;
use serde_json::json;

mod chips;
mod links;
mod sets;

/// As WebDriver names it.
const ENTER: char = '\u{E007}';
/// A text that is harmless as a text alone.
const HOSTILE: &str = "<img src=x onerror='window.ran = true'>";

fn page() -> Page {
    Page::open(Some(random_pack()), Webgpu::Software, "?device=cpu")
}

fn wait_for_labels(page: &Page, labels: &[impl AsRef<str>]) {
    let labels: Vec<&str> = labels.iter().map(AsRef::as_ref).collect();
    page.browser.wait_for(
        "the labels",
        &format!(
            "const chips = document.querySelectorAll('[data-testid=label-chip]');
             const labels = Array.from(chips, chip => chip.dataset.label);
             return JSON.stringify(labels) === JSON.stringify({})",
            json!(labels)
        ),
    );
}

/// Waits for a message that contains `part`, and returns it.
fn wait_for_message(page: &Page, part: &str) -> String {
    let message = page.browser.wait_for(
        "a message",
        &format!(
            "const message = document.querySelector('#message').innerText.trim();
             return message.includes({}) && message",
            json!(part)
        ),
    );
    message.as_str().unwrap_or_default().to_owned()
}

fn focused(page: &Page) -> String {
    let focused = "const { id, dataset, innerText } = document.activeElement;
                   return id || document.activeElement.closest('.chip')?.dataset.label || innerText";
    let focused = page.browser.execute(focused, Vec::new());
    focused.as_str().unwrap_or_default().to_owned()
}
