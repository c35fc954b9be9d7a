//! Time from the request for the page to the first label, and downloads until then.

use std::collections::BTreeSet;

use glance_tests::browser::Browser;
use glance_tests::site::Site;
use serde_json::{Value, json};

use super::{Setup, record, until};

/// Labels of the peer's page; our page begins with eight.
const LABELS: [&str; 6] = ["cat", "dog", "horse", "cup of coffee", "rocket", "person"];

/// Cold and warm visits of both, in turns; each pair in a fresh profile.
pub fn measure(setup: &Setup, model: &str) -> Vec<Value> {
    let site = setup.site(model);
    let mut results = Vec::new();
    let mut answers = Vec::new();
    let mut visits = Vec::new();
    for round in 0..setup.extent.visits {
        for who in ["ours", "q8"] {
            let browser = Browser::start(setup.webgpu);
            browser.comes_to_rest();
            for what in ["cold", "warm"] {
                site.take_requests();
                let time = first_label(&site, &browser, model, who);
                if who == "ours" && what == "cold" {
                    answers.push(number(&browser, "return window.answers"));
                    kept(&browser);
                }
                if round == 0 && what == "cold" {
                    results.extend(code(&site, &browser, model, who));
                }
                let sent: u64 = site.requests().iter().map(|request| request.sent).sum();
                visits.push((who, what, time, sent as f64 / 1e6));
                browser.open("about:blank");
            }
        }
    }
    let mut add = |who: &str, what: &str, unit: &str, samples: &[f64]| {
        results.push(record("start", model, "cpu", who, what, unit, samples));
    };
    add("ours", "until the page answers", "ms", &answers);
    for what in ["cold", "warm"] {
        for who in ["ours", "q8"] {
            let of_it = visits
                .iter()
                .filter(|visit| (visit.0, visit.1) == (who, what));
            let (times, sent): (Vec<f64>, Vec<f64>) =
                of_it.map(|(_, _, time, sent)| (*time, *sent)).unzip();
            add(who, &format!("{what} start to first label"), "ms", &times);
            add(who, &format!("{what} start, all downloads"), "MB", &sent);
        }
    }
    results
}

/// Milliseconds from the request for our page to the first label of the picture at a path of the
/// server, on the device that the page chooses itself.
pub fn ours(site: &Site, browser: &Browser, picture: &str) -> f64 {
    let watch = include_str!("watch_ours.js");
    let script = json!({"source": format!("window.dropped = {};\n{watch}", json!(picture))});
    let added = browser.devtools("Page.addScriptToEvaluateOnNewDocument", script);
    browser.open(&site.address(""));
    let time = number(browser, "return window.firstLabel ?? null");
    browser.devtools("Page.removeScriptToEvaluateOnNewDocument", added);
    time
}

/// As [`ours`], for either.
fn first_label(site: &Site, browser: &Browser, model: &str, who: &str) -> f64 {
    if who == "ours" {
        ours(site, browser, "/bench-models/input/pictures/0.jpg")
    } else {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("model", model);
        query.extend_pairs(LABELS.map(|label| ("label", label)));
        browser.open(&site.address(&format!("bench/peer_page.html?{}", query.finish())));
        number(browser, "return window.firstLabel ?? null")
    }
}

fn number(browser: &Browser, body: &str) -> f64 {
    until(browser, body)
        .as_f64()
        .expect("the page notes milliseconds")
}

/// Waits until our page and the model are stored for offline use, so that the next visit is like
/// any later one.
fn kept(browser: &Browser) {
    until(
        browser,
        "const { source } = document.querySelector('#model-status').dataset;
         return navigator.serviceWorker.controller && source !== 'storing' ? true : null",
    );
}

/// The code files that were fetched: all of them, and of ours those that the page needs before it
/// answers.
fn code(site: &Site, browser: &Browser, model: &str, who: &str) -> Vec<Value> {
    // A worker's own requests are not in the page's list, and they come after it answers.
    const EARLY: &str = "
        return performance.getEntriesByType('resource')
            .filter(entry => entry.startTime < window.answers)
            .map(entry => new URL(entry.name).pathname.slice(1));";
    let files = |what: &str, paths: BTreeSet<String>| {
        let paths: Vec<String> = paths.into_iter().filter(|path| is_code(path)).collect();
        let mut record = record("start", model, "cpu", who, what, "MB", &[]);
        record["paths"] = paths.into();
        record
    };
    let all = site.requests().into_iter().map(|request| request.path);
    let mut results = vec![files("code, all of it", all.collect())];
    if who == "ours" {
        let early = browser.execute(EARLY, Vec::new());
        let early = early.as_array().map(Vec::as_slice).unwrap_or_default();
        let paths = early
            .iter()
            .filter_map(|path| Some(path.as_str()?.to_owned()));
        let early = paths.chain(["index.html".to_owned()]).collect();
        results.push(files("code, until the page answers", early));
    }
    results
}

/// Whether a path is code, markup or style, and not part of this benchmark.
fn is_code(path: &str) -> bool {
    let kind = path.rsplit('.').next().unwrap_or_default();
    !path.starts_with("bench/") && ["html", "js", "mjs", "css", "wasm"].contains(&kind)
}
