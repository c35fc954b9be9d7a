//! Workers that encode or preprocess pictures beside the first one.

use glance_tests::browser::Webgpu;
use glance_tests::model::{Native, random_pack};
use glance_tests::page::Page;
use glance_tests::pictures::{PictureFile, disc, many_large, not_a_picture, stripes};
use glance_tests::site::Site;

use super::WORKER;
use crate::ranking::{LABELS, agrees};

const HELPER: &str = "start_helper.js";

/// A page on a device of a machine with four cores. `script` is prepended to the program of helpers.
fn page_with_helpers(device: &str, script: &str) -> Page {
    let site = Site::start(Some(random_pack()));
    hear(&site);
    let cores = "for (const name of ['hardwareConcurrency', 'deviceMemory'])
        Object.defineProperty(WorkerNavigator.prototype, name, { get: () => 4 });";
    site.put_before(WORKER, cores);
    let tell = "new BroadcastChannel('helpers').postMessage('started');";
    site.put_before(HELPER, &format!("{tell} {script}"));
    let page = Page::open_on(site, Webgpu::Software, &format!("?device={device}"));
    page.runs_on(device);
    page.set_labels(&LABELS);
    page
}

/// Drops pictures that take a while, and checks that each gets its own answer.
fn all_are_answered(page: &Page) {
    let native = Native::load(random_pack());
    let mut files = many_large();
    files[3] = disc();
    files[7] = not_a_picture();
    files.push(stripes());
    page.drop_files(&files);
    page.show_all_as_added();
    let states = page.settled(files.len());
    for (card, state) in states.iter().enumerate() {
        let expected = if card == 7 { "error" } else { "done" };
        assert_eq!(state, expected, "{states:?}");
    }
    for card in [0, 3, 11, 12] {
        agrees(page, &native, card, &files[card]);
    }
}

/// Whether a helper was started since the page was opened.
fn has_helpers(page: &Page) -> bool {
    page.browser.execute("return helpers", Vec::new()).as_u64() > Some(0)
}

#[test]
fn pictures_on_the_processor_are_shared_out_among_workers() {
    let page = page_with_helpers("cpu", "");
    // Other files than below: those that are known need no worker.
    page.drop_files(&[disc().copy(1), stripes().copy(1)]);
    page.settled(2);
    assert!(!has_helpers(&page), "two pictures are soon done");
    let remove = "document.querySelector('.results-bar > button').click()";
    page.browser.execute(remove, Vec::new());
    all_are_answered(&page);
    let together = most_together(&page);
    assert!(
        (2..=3).contains(&together),
        "{together} workers were at work"
    );
    assert_eq!(page.browser.console_errors(), [""; 0]);
}

#[test]
fn helpers_that_do_not_start_or_die_cost_nothing_but_time() {
    for script in [
        "throw new Error('does not start');",
        // Whatever it is doing by then.
        "setTimeout(() => { throw new Error('dies'); }, 1500);",
    ] {
        for device in ["cpu", "gpu"] {
            let page = page_with_helpers(device, script);
            all_are_answered(&page);
            assert!(has_helpers(&page), "on the {device}");
        }
    }
}

#[test]
fn pictures_are_preprocessed_beside_the_gpu() {
    let page = page_with_helpers("gpu", "");
    all_are_answered(&page);
    assert!(has_helpers(&page));
    // Small ones are ready in no time, and wait for the GPU.
    let files: Vec<PictureFile> = (0..40).map(|number| stripes().copy(number)).collect();
    page.drop_files(&files);
    page.settled(13 + files.len());
    let native = Native::load(random_pack());
    for card in [13, 30, 52] {
        agrees(&page, &native, card, &stripes());
    }
    assert_eq!(page.browser.console_errors(), [""; 0]);
}

/// Two batches are in flight, and only a page that asks for it has marks.
#[test]
fn marks_tell_that_the_gpu_has_the_next_batch_before_it_needs_it() {
    let tell = "const marks = new BroadcastChannel('marks');
        new PerformanceObserver((list) => list.getEntries().forEach(({ name, startTime, duration }) =>
            marks.postMessage([name, startTime, startTime + duration])))
            .observe({ type: 'measure', buffered: true });";
    let hear = "globalThis.marked = [];
        globalThis.marks = new BroadcastChannel('marks');
        marks.onmessage = ({ data }) => marked.push(data);";
    for (query, is_marked) in [("?device=gpu&marks", true), ("?device=gpu", false)] {
        let site = Site::start(Some(random_pack()));
        site.put_before("start_page.js", hear);
        site.put_before(WORKER, tell);
        let page = Page::open_on(site, Webgpu::Software, query);
        page.runs_on("gpu");
        page.set_labels(&LABELS);
        let files: Vec<PictureFile> = (0..40).map(|number| stripes().copy(number)).collect();
        page.drop_files(&files);
        page.show_all_as_added();
        page.settled(files.len());
        let marked = page.browser.execute("return marked", Vec::new());
        let marked: Vec<(String, f64, f64)> =
            serde_json::from_value(marked).expect("each has a name, a start and an end");
        if !is_marked {
            assert!(marked.is_empty(), "{marked:?}");
            continue;
        }
        for stage in [
            "read",
            "decode",
            "resize",
            "clean",
            "byte-pairs",
            "prefixes",
            "record",
            "device",
        ] {
            let name = format!("glance:{stage}");
            assert!(marked.iter().any(|(other, ..)| *other == name), "{name}");
        }
        let on_device: Vec<(f64, f64)> = marked
            .iter()
            .filter(|(name, ..)| name == "glance:device")
            .map(|(_, start, end)| (*start, *end))
            .collect();
        let together = on_device.iter().map(|(start, _)| {
            let open = |(from, to): &&(f64, f64)| from <= start && start < to;
            on_device.iter().filter(open).count()
        });
        assert_eq!(together.max(), Some(2));
    }
}

/// Records the worker's messages about pictures.
pub(super) fn hear(site: &Site) {
    let script = r"
        globalThis.heard = [];
        globalThis.helpers = 0;
        globalThis.channel = new BroadcastChannel('helpers');
        channel.onmessage = () => helpers += 1;
        globalThis.Worker = class extends Worker {
            constructor(...given) {
                super(...given);
                this.addEventListener('message', ({ data: { Progress, Answer, Failed } }) => {
                    if (Progress?.progress === 'Looking') heard.push([Progress.id, 'begun']);
                    if (Answer?.answer.Embedded) heard.push([Answer.id, 'done']);
                    if (Failed) heard.push([Failed.id, 'failed']);
                });
            }
        };";
    site.put_before("start_page.js", script);
}

/// The most pictures in work at the same time.
pub(super) fn most_together(page: &Page) -> usize {
    let heard = page.browser.execute("return heard", Vec::new());
    let mut open = 0_usize;
    let said = heard.as_array().into_iter().flatten();
    let counts = said.map(|said| {
        open = match said[1] == "begun" {
            true => open + 1,
            false => open.saturating_sub(1),
        };
        open
    });
    counts.max().unwrap_or_default()
}
