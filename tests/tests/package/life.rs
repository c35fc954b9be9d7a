//! Other origins, policies, workers that die, and other versions of the package.

use std::fs;

use glance_tests::browser::{Browser, Webgpu};
use glance_tests::pictures::{disc, stripes};
use glance_tests::site::Site;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::consumer::{Consumer, LABELS, TEMPLATE, agrees, folder, native, run, sent};

#[test]
fn the_package_works_from_another_site() {
    let package = Site::of_files("/", folder("plain/glance-clip"));
    for path in files(&folder("plain/glance-clip"), "") {
        package.share(path.leak());
    }
    let (browser, _site, _folder) = page("");
    let body = "const [address, pictures, labels] = arguments;
        const { Clip } = await import(`${address}index.js`);
        const clip = await Clip.load({ device: 'cpu' });
        return clip.classify(pictures.map(fileOf), labels);";
    // As many as helpers are started for.
    let files: Vec<_> = (0..6).map(|number| disc().copy(number)).collect();
    let pictures: Vec<_> = files.iter().map(sent).collect();
    let arguments = vec![
        package.address("").into(),
        Value::from(pictures),
        json!(LABELS),
    ];
    let rankings = run(&browser, body, arguments);
    agrees(&rankings[5], &native(), &files[5], &[TEMPLATE]);
}

#[test]
fn a_policy_that_blocks_the_worker_is_named() {
    let policy = "<meta http-equiv='Content-Security-Policy' content=\"worker-src 'none'\">";
    let (browser, site, _folder) = page(policy);
    site.mount("glance-clip/", folder("plain/glance-clip"));
    let body = "const { Clip } = await import('./glance-clip/index.js');
        return failureOf(Clip.load());";
    let failure = run(&browser, body, Vec::new());
    assert_eq!(failure["code"], "worker", "{failure}");
    let message = failure["message"].as_str().unwrap_or_default();
    assert!(message.contains("worker-src 'self'"), "{message}");
}

#[test]
fn missing_files_are_named() {
    let (browser, site, _folder) = page("");
    let broken = TempDir::with_prefix("glance-").expect("the temporary folder is writable");
    for path in files(&folder("plain/glance-clip"), "") {
        if !path.contains('/') {
            let from = folder("plain/glance-clip").join(&path);
            fs::copy(from, broken.path().join(path)).expect("there is room");
        }
    }
    site.mount("glance-clip/", broken.path().to_owned());
    let body = "const { Clip } = await import('./glance-clip/index.js');
        return failureOf(Clip.load());";
    let failure = run(&browser, body, Vec::new());
    assert_eq!(failure["code"], "worker", "{failure}");
}

#[test]
fn a_worker_that_dies_is_started_again_once() {
    let page = Consumer::plain();
    let body = "const [pictures, labels] = arguments;
        const files = pictures.map(fileOf);
        const Native = Worker;
        const workers = [];
        window.Worker = class extends Native {
            constructor(...how) { super(...how); workers.push(this); }
        };
        const kill = () => workers.at(-1).dispatchEvent(
            new MessageEvent('message', { data: { Crashed: 'killed by the test' } }));
        const clip = await Clip.load({ device: 'cpu' });
        const outcomes = [];
        // Once it works: the call is lost, the next one is answered.
        for (const round of [1, 2]) {
            const onProgress = () => kill();
            outcomes.push(await failureOf(clip.classify(files, labels, { onProgress })));
            outcomes.push(await clip.classify(files, labels));
        }
        // Twice without an answer: that is the end of it.
        kill();
        const onProgress = () => kill();
        outcomes.push(await failureOf(clip.classify(files, labels, { onProgress })));
        outcomes.push(await failureOf(clip.embedTexts(labels)));
        outcomes.push(workers.length);
        clip.close();
        const closed = await Clip.load({ device: 'cpu' });
        const open = failureOf(closed.classify(files, labels));
        closed.close();
        outcomes.push(await open, await failureOf(closed.classify(files, labels)));
        // While another worker starts.
        const dead = await Clip.load({ device: 'cpu' });
        kill();
        const waiting = failureOf(dead.classify(files, labels));
        dead.close();
        outcomes.push(await waiting);
        return outcomes;";
    let pictures = [disc(), stripes()];
    let sent: Vec<_> = pictures.iter().map(sent).collect();
    let outcomes = page.run(body, vec![Value::from(sent), json!(LABELS)]);
    let native = native();
    for (lost, answered) in [(0, 1), (2, 3)] {
        assert_eq!(outcomes[lost]["code"], "lost", "{outcomes:#}");
        for (at, picture) in pictures.iter().enumerate() {
            agrees(&outcomes[answered][at], &native, picture, &[TEMPLATE]);
        }
    }
    assert_eq!(outcomes[4]["code"], "lost");
    assert_eq!(outcomes[5]["code"], "lost");
    assert_eq!(
        outcomes[6], 4,
        "the first worker, and one for each of three deaths"
    );
    assert_eq!(outcomes[7]["code"], "closed");
    assert_eq!(outcomes[8]["code"], "closed");
    assert_eq!(outcomes[9]["code"], "closed");
}

#[test]
fn a_later_version_on_the_same_site_is_left_alone() {
    let page = Consumer::plain();
    // The database of a version to come: more object stores under a higher number.
    let body = "const request = indexedDB.open('glance', 99);
        request.onupgradeneeded = () => {
            for (const store of ['records', 'pieces', 'benchmarks', 'more'])
                request.result.createObjectStore(store);
        };
        const database = await new Promise((resolve, reject) => {
            request.onsuccess = () => resolve(request.result);
            request.onerror = () => reject(request.error);
        });
        // It stays open, as in another tab.
        window.later = database;
        const [picture, labels] = arguments;
        window.clip = await Clip.load({ device: 'cpu' });
        return clip.classify(fileOf(picture), labels);";
    let ranking = page.run(body, vec![sent(&disc()), json!(LABELS)]);
    agrees(&ranking, &native(), &disc(), &[TEMPLATE]);
    page.browser
        .wait_for_records("glance", "the whole model", |records| {
            records
                .iter()
                .filter(|record| record.store == "pieces")
                .count()
                == 11
        });
    let body = "return { version: later.version, stores: [...later.objectStoreNames],
        models: (await clip.models()).length, notice: clip.model.notice };";
    let found = page.run(body, Vec::new());
    let stores = json!(["benchmarks", "more", "pieces", "records"]);
    let expected = json!({"version": 99, "stores": stores, "models": 1, "notice": null});
    assert_eq!(found, expected);
}

/// An empty page with something in its head.
fn page(head: &str) -> (Browser, Site, TempDir) {
    let folder = TempDir::with_prefix("glance-").expect("the temporary folder is writable");
    let html = format!("<!doctype html><meta charset=\"utf-8\">{head}<title>Empty</title>");
    fs::write(folder.path().join("index.html"), html).expect("there is room");
    let site = Site::of_files("/", folder.path().to_owned());
    let browser = Browser::start(Webgpu::None);
    browser.open(&site.address(""));
    (browser, site, folder)
}

/// The paths of the files in a folder.
fn files(folder: &std::path::Path, prefix: &str) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("the folder is there");
    let path = |entry: std::io::Result<fs::DirEntry>| {
        let path = entry.expect("it can be read").path();
        let name = path.file_name().expect("it has a name").to_string_lossy();
        match path.is_dir() {
            true => files(&path, &format!("{prefix}{name}/")),
            false => vec![format!("{prefix}{name}")],
        }
    };
    entries.flat_map(path).collect()
}
