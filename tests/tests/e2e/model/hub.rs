//! Checkpoints from a hub that arrive in several attempts, or with wrong bytes.

use std::fs;
use std::sync::Arc;

use glance_tests::browser::Webgpu;
use glance_tests::hub::Hub;
use glance_tests::model::{Native, random_pack};
use glance_tests::page::Page;
use glance_tests::pictures::disc;
use glance_tests::site::Site;

use crate::model::models::{checkpoint, native_pack, open_picker};
use crate::ranking::{LABELS, agrees};

const REPOSITORY: &str = "acme/tiny-clip";

/// A repository whose weights are in two parts.
fn hub() -> Arc<Hub> {
    let names = [
        ("config.json", "config.json"),
        ("merges.txt", "merges.txt"),
        ("part-0.safetensors", "part-0.safetensors"),
        ("part-1.safetensors", "part-1.safetensors"),
        ("parts.index.json", "model.safetensors.index.json"),
    ];
    let read = |(file, name): (&str, &str)| {
        let bytes = fs::read(checkpoint(&format!("hugging-face/{file}")));
        (name.to_owned(), bytes.expect("the fixture is there"))
    };
    Arc::new(Hub::new(REPOSITORY, names.map(read).to_vec()))
}

fn open(hub: &Arc<Hub>) -> Page {
    let site = Site::with_hub(Some(random_pack()), Some(hub.clone()));
    let page = Page::open_on(site, Webgpu::Software, "?device=cpu&hub=hub/");
    page.set_labels(&LABELS);
    page
}

/// Looks the repository up, and waits for its description.
fn look_up(page: &Page) {
    open_picker(page);
    page.browser.type_into("#hub-name", "acme/tiny-clip\n");
    let said = page.candidate();
    assert!(said.starts_with("acme/tiny-clip: "), "{said}");
}

fn goes_back(page: &Page, sentence: &str) {
    let script = format!(
        "const message = document.querySelector('#message').innerText;
         return message.includes('{sentence}') && message.includes('used again')"
    );
    page.browser.wait_for(sentence, &script);
    page.uses_model("Random weights");
}

/// Number of stored windows of checkpoints.
fn stored_windows(page: &Page) -> u64 {
    let script = "return new Promise(done => {
        indexedDB.open('glance').onsuccess = ({ target: { result: database } }) => {
            const keys = database.transaction('pieces').objectStore('pieces').getAllKeys();
            keys.onsuccess = () => {
                database.close();
                done(keys.result.filter(([id]) => id.startsWith('http')).length);
            };
        };
    })";
    let count = page.browser.execute_async(script, Vec::new());
    count.as_u64().expect("the script counts")
}

#[test]
fn a_checkpoint_cut_short_goes_on_where_it_was() {
    let hub = hub();
    let page = open(&hub);
    page.model();
    look_up(&page);
    hub.withhold(Some("part-1.safetensors"));
    page.browser.click("#use-candidate");
    goes_back(&page, "404");
    assert!(stored_windows(&page) > 0, "the first part is kept");

    hub.withhold(None);
    page.reload();
    page.model();
    look_up(&page);
    let before = hub.served().len();
    page.browser.click("#use-candidate");
    page.uses_model(REPOSITORY);
    let served = hub.served().split_off(before);
    let of = |name: &str| served.iter().filter(|(file, _)| file == name).count();
    assert_eq!(of("part-0.safetensors"), 0, "{served:?}");
    assert_eq!(of("part-1.safetensors"), 1, "{served:?}");
    page.drop_files(&[disc()]);
    let native = Native::load(native_pack("hugging-face/model.safetensors"));
    agrees(&page, &native, 0, &disc());
    assert_eq!(stored_windows(&page), 0, "what became a pack is gone");
}

#[test]
fn a_file_of_a_hub_with_other_bytes_is_not_used() {
    let hub = hub();
    let page = open(&hub);
    page.model();
    hub.announce_other_bytes();
    look_up(&page);
    page.browser.click("#use-candidate");
    goes_back(&page, "does not match the hub");
    assert_eq!(stored_windows(&page), 0, "nothing of it is kept");
    page.drop_files(&[disc()]);
    agrees(&page, &Native::load(random_pack()), 0, &disc());
}
