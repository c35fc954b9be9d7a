//! The installed page: without a network, from one version to the next, and opened by the system.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use glance_tests::browser::{Browser, Webgpu};
use glance_tests::model::random_pack;
use glance_tests::page::Page;
use glance_tests::pictures::{disc, stripes};
use glance_tests::site::{Damage, Faults, Site, Times};
use serde_json::{Value, json};

const LABELS: [&str; 2] = ["disc", "stripes"];
/// A file of the version that a site publishes next.
const NEXT_WORKER: &str = "code/0000000000000001/start_worker.js";

/// The page from a folder of its host, once it is stored for offline use.
pub fn stored_offline() -> Page {
    let site = Site::in_folder("/glance/", Some(random_pack()));
    let page = Page::open_on(site, Webgpu::Software, "?device=cpu");
    page.model();
    is_kept(&page.browser);
    page
}

fn is_kept(browser: &Browser) {
    let controlled = "return navigator.serviceWorker.controller?.state === 'activated'";
    browser.wait_for("the service worker to take over", controlled);
}

/// The version of the running code, from its address.
fn version(browser: &Browser) -> String {
    let script = "return document.querySelector('script[src]').src.split('/').at(-2)";
    let version = browser.execute(script, Vec::new());
    version.as_str().unwrap_or_default().to_owned()
}

fn offer(browser: &Browser) -> String {
    let offer = browser.wait_for(
        "the offer of a newer version",
        "return document.querySelector('#update p')?.innerText",
    );
    offer.as_str().unwrap_or_default().to_owned()
}

fn is_offered(browser: &Browser) -> bool {
    let script = "return document.querySelector('#update-now') !== null";
    browser.execute(script, Vec::new()) == true
}

/// Makes the browser check for a new version, and waits until it has one or has failed to get it.
fn look_for_update(browser: &Browser) -> String {
    let script = "const registration = await navigator.serviceWorker.ready;
         await registration.update();
         const found = registration.installing;
         while (found?.state === 'installing')
             await new Promise(done => found.addEventListener('statechange', done, { once: true }));
         return (found ?? registration.waiting)?.state ?? 'none'";
    let state = browser.execute_async(script, Vec::new());
    state.as_str().unwrap_or_default().to_owned()
}

#[test]
fn it_works_without_a_network_after_one_visit() {
    let page = stored_offline();
    page.site.go_offline();
    page.reload();
    assert_eq!(page.model().0, "cache");
    page.set_labels(&LABELS);
    page.drop_files(&[disc(), stripes()]);
    assert_eq!(page.settled(2), ["done", "done"]);
    assert_eq!(page.ranking(1).len(), LABELS.len());
    let picture = "const icon = document.querySelector('.masthead img');
                   return icon.complete && icon.naturalWidth > 0";
    page.browser.wait_for("the icon", picture);
}

#[test]
fn the_page_is_kept_whole_and_weights_are_not_kept_twice() {
    let page = stored_offline();
    let script = "const paths = [];
         for (const name of await caches.keys())
             for (const request of await (await caches.open(name)).keys())
                 paths.push(new URL(request.url).pathname);
         return paths";
    let paths = page.browser.execute_async(script, Vec::new());
    let paths: Vec<&str> = paths
        .as_array()
        .expect("the script returns paths")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let code = format!("/glance/code/{}/", version(&page.browser));
    let files = [
        "worker/worker_bg.wasm",
        "worker/split_formats.wasm",
        "glance-app_bg.wasm",
        "clip_merges.txt",
    ];
    for name in files {
        assert!(
            paths.contains(&format!("{code}{name}").as_str()),
            "{paths:?}"
        );
    }
    assert!(
        !paths.iter().any(|path| path.contains("models/")),
        "{paths:?}"
    );
}

#[test]
fn a_new_version_waits_until_it_is_asked_for() {
    let page = stored_offline();
    let first = version(&page.browser);
    page.drop_files(&[disc()]);
    page.site.publish_next_version();
    assert_eq!(look_for_update(&page.browser), "installed");
    let sentence = offer(&page.browser);
    assert!(sentence.contains("brings back your pictures"), "{sentence}");
    page.site.publish_next_version();
    assert_eq!(look_for_update(&page.browser), "installed");

    // The new version still waits, although the host has no file of the first one any more.
    page.reload();
    page.model();
    assert_eq!(version(&page.browser), first);

    page.browser
        .execute("window.loadedBefore = true", Vec::new());
    offer(&page.browser);
    page.browser.click("#update-now");
    let reloaded = "return document.querySelector('#drop-zone') !== null && !window.loadedBefore";
    page.browser.wait_for("the page to load again", reloaded);
    page.model();
    assert_eq!(version(&page.browser), "0000000000000002");
    assert!(!is_offered(&page.browser));
    let caches = "return (await caches.keys()).length";
    let caches = page.browser.execute_async(caches, Vec::new());
    assert_eq!(
        caches, 3,
        "two versions and which they are; the one that nobody used is gone"
    );

    page.site.go_offline();
    page.reload();
    page.model();
    assert_eq!(version(&page.browser), "0000000000000002");
}

#[test]
fn another_tab_keeps_its_version_and_its_pictures() {
    let page = stored_offline();
    let first = version(&page.browser);
    page.set_labels(&LABELS);
    page.drop_files(&[disc()]);
    page.ranking(0);
    let older = page.browser.tab();

    page.site.publish_next_version();
    page.browser.new_tab();
    page.browser.open(&page.site.address("?device=cpu"));
    page.model();
    offer(&page.browser);
    page.browser.click("#update-now");
    let second = "return document.querySelector('script[src]')?.src.includes('0000000000000001')
                      && document.querySelector('#drop-zone') !== null";
    page.browser.wait_for("the second version", second);
    page.model();

    page.browser.go_to(&older);
    offer(&page.browser);
    assert_eq!(version(&page.browser), first);
    assert_eq!(page.settled(1), ["done"]);
    // The host no longer has the first version's worker, but the service worker does.
    let script = "const code = document.querySelector('script[src]').src;
         return (await fetch(new URL('worker/worker.js', code), { cache: 'no-store' })).status";
    assert_eq!(page.browser.execute_async(script, Vec::new()), 200);
    page.browser.click("#update-now");
    page.browser.wait_for("the second version", second);
}

#[test]
fn a_version_that_is_not_whole_is_not_taken() {
    let page = stored_offline();
    let first = version(&page.browser);
    page.site.publish_next_version();
    let missing = Faults {
        status: Some(404),
        ..Faults::default()
    };
    let damaged = Faults {
        damage: Some(Damage {
            at: 3,
            times: Times::Always,
        }),
        ..Faults::default()
    };
    for faults in [missing, damaged] {
        page.site.set_faults(NEXT_WORKER, faults);
        assert_eq!(look_for_update(&page.browser), "redundant");
        assert!(!is_offered(&page.browser));
        page.reload();
        page.model();
        assert_eq!(version(&page.browser), first);
    }
    page.site.set_faults(NEXT_WORKER, Faults::default());
    page.browser.clear_http_cache();
    assert_eq!(look_for_update(&page.browser), "installed");
    offer(&page.browser);
}

#[test]
fn a_page_that_was_left_open_looks_for_a_newer_version() {
    let page = stored_offline();
    page.site.take_requests();
    page.site.publish_next_version();
    let seen_again = "document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));";
    page.browser.execute(seen_again, Vec::new());
    let later = "const now = Date.now; Date.now = () => now() + 3_600_001;";
    page.browser
        .execute(&format!("{later}{seen_again}"), Vec::new());
    offer(&page.browser);
    let requests = page.site.requests();
    let checks = requests
        .iter()
        .filter(|request| request.path == "service_worker.js");
    assert_eq!(checks.count(), 1, "a glance away is no reason to look");
}

#[test]
fn it_can_be_installed() {
    let page = stored_offline();
    let errors = page
        .browser
        .devtools("Page.getInstallabilityErrors", json!({}));
    assert_eq!(errors["installabilityErrors"], json!([]));
    let manifest = page.browser.devtools("Page.getAppManifest", json!({}));
    assert_eq!(manifest["errors"], json!([]));
    let manifest = &manifest["manifest"];
    assert_eq!(manifest["startUrl"], page.site.address("").as_str());
    assert_eq!(manifest["scope"], page.site.address("").as_str());
}

#[test]
fn only_the_pages_own_code_runs() {
    let page = stored_offline();
    page.set_labels(&LABELS);
    page.drop_files(&[disc()]);
    page.ranking(0);
    assert_eq!(page.browser.console_errors(), [""; 0]);
    let script = "const refused = [];
         const violation = event => refused.push(event.effectiveDirective);
         document.addEventListener('securitypolicyviolation', violation);
         const inline = document.createElement('script');
         inline.textContent = 'window.ran = true';
         document.body.append(inline);
         const button = document.createElement('button');
         button.setAttribute('onclick', 'window.ran = true');
         button.click();
         const foreign = document.createElement('script');
         foreign.src = 'http://127.0.0.1:9/script.js';
         document.body.append(foreign);
         await new Promise(done => {
             try { new WebSocket('ws://127.0.0.1:9/').onerror = done } catch { done() }
         });
         const base = document.createElement('base');
         base.href = 'http://127.0.0.1:9/';
         document.head.append(base);
         await new Promise(done => setTimeout(done));
         return { ran: window.ran ?? false, refused: refused.sort() }";
    let outcome = page.browser.execute_async(script, Vec::new());
    let refused = [
        "base-uri",
        "connect-src",
        "script-src-attr",
        "script-src-elem",
        "script-src-elem",
    ];
    assert_eq!(outcome, json!({"ran": false, "refused": refused}));
}

#[test]
fn shared_pictures_arrive_without_a_network() {
    let page = stored_offline();
    let share = |count: usize| {
        // The system posts like a form, which the page's policy forbids the page itself.
        page.site.go_online();
        page.browser.open(&page.site.address("models/demo.json"));
        page.site.go_offline();
        let script = "const [count, base64, name] = arguments;
             const bytes = Uint8Array.from(atob(base64), character => character.charCodeAt(0));
             const files = new DataTransfer();
             for (let index = 0; index < count; index++)
                 // Equal files would be one card.
                 files.items.add(
                     new File([bytes, String(index)], `${index} ${name}`, { type: 'image/png' }));
             const form = document.createElement('form');
             Object.assign(form, { action: '../share', method: 'post' });
             form.enctype = 'multipart/form-data';
             const input = document.createElement('input');
             Object.assign(input, { type: 'file', name: 'pictures', multiple: true });
             input.files = files.files;
             form.append(input);
             document.body.append(form);
             form.submit()";
        let arguments = vec![
            count.into(),
            BASE64.encode(disc().bytes).into(),
            "€ é.png".into(),
        ];
        page.browser.execute(script, arguments);
    };
    share(2);
    page.browser.wait_for(
        "both pictures",
        "return document.querySelectorAll('[data-testid=picture-card]').length === 2",
    );
    let names = "return Array.from(document.querySelectorAll('[data-testid=picture-card] h3'), \
                 name => name.innerText)";
    let names = page.browser.execute(names, Vec::new());
    assert_eq!(names, json!(["0 € é.png", "1 € é.png"]));
    assert_eq!(page.settled(2), ["done", "done"]);
    let address = page.browser.execute("return location.search", Vec::new());
    assert_eq!(address, "");
    page.reload();
    page.model();
    let cards = "return document.querySelectorAll('[data-testid=picture-card]').length";
    assert_eq!(
        page.browser.execute(cards, Vec::new()),
        0,
        "they arrive once"
    );

    share(101);
    let message = page.browser.wait_for(
        "a word on what was left out",
        "return document.querySelector('#message').innerText || false",
    );
    let message = message.as_str().unwrap_or_default();
    assert!(message.starts_with("Not all shared pictures"), "{message}");
    // Tiles out of sight are not in the document.
    page.browser.wait_for(
        "a hundred pictures",
        "return document.querySelector('.results h2')?.innerText === '100 pictures'",
    );
}

#[test]
fn files_that_the_system_opens_arrive() {
    let page = stored_offline();
    // The browser does this for an installed page only.
    let source = "LaunchQueue.prototype.setConsumer = consumer => { window.launch = consumer; }";
    page.browser.devtools(
        "Page.addScriptToEvaluateOnNewDocument",
        json!({"source": source}),
    );
    page.site.go_offline();
    page.reload();
    let script = "const [base64, name] = arguments;
         const bytes = Uint8Array.from(atob(base64), character => character.charCodeAt(0));
         const folder = await navigator.storage.getDirectory();
         const handle = await folder.getFileHandle(name, { create: true });
         const file = await handle.createWritable();
         await file.write(bytes);
         await file.close();
         const gone = await folder.getFileHandle('gone.png', { create: true });
         await folder.removeEntry('gone.png');
         window.launch({ files: [] });
         window.launch({ files: [handle, gone] })";
    let arguments = vec![BASE64.encode(disc().bytes).into(), "disc.png".into()];
    page.browser.execute_async(script, arguments);
    assert_eq!(page.settled(1), ["done"]);
    let message = page.browser.execute(
        "return document.querySelector('#message').innerText",
        Vec::new(),
    );
    let message = message.as_str().unwrap_or_default();
    assert!(
        message.starts_with("A file could not be opened"),
        "{message}"
    );
}
