//! The page in German.

use std::collections::BTreeSet;

use glance_tests::browser::{Browser, Webgpu};
use glance_tests::model::random_pack;
use glance_tests::page::Page;
use glance_tests::pictures::{disc, stripes};
use glance_tests::site::Site;
use serde_json::json;

/// What is the same in both languages: names, and sentences that models read.
const SAME: [&str; 9] = [
    "Stéfan van der Walt",
    "Glance demo",
    "Random weights",
    "CLIP",
    "a photo of a",
    "cup of coffee",
    "A cat asleep on a chair",
    "A dog on the beach",
    "A rocket on its launch pad",
];

/// Opens every part of the page, and returns the lines of several words that it shows.
fn lines(page: &Page) -> BTreeSet<String> {
    page.drop_files(&[disc(), stripes()]);
    page.settled(2);
    page.browser.click("#sets-button");
    page.browser
        .wait_for("the sets", "return document.querySelector('#set-name')");
    page.browser.click("#sets-button");
    page.browser.execute(
        "document.querySelector('#how details').open = true",
        Vec::new(),
    );
    page.browser.wait_for(
        "the lesson",
        "return document.querySelectorAll('#how h3').length >= 7",
    );
    page.open_models();
    let shown = "return document.body.innerText
        + Array.from(document.querySelectorAll('[aria-label], [title], [placeholder]'), element =>
            ['aria-label', 'title', 'placeholder'].map(name => element.getAttribute(name) ?? '')
                .join('\\n')).join('\\n')";
    let shown = page.browser.execute(shown, Vec::new());
    let lines = shown.as_str().unwrap_or_default().lines().map(str::trim);
    let several_words = |line: &&str| {
        let words = line
            .split(' ')
            .filter(|word| word.chars().filter(|letter| letter.is_alphabetic()).count() > 2);
        words.count() > 1
    };
    lines
        .filter(several_words)
        .filter(|line| !SAME.iter().any(|same| line.contains(same)))
        .map(str::to_owned)
        .collect()
}

#[test]
fn nothing_but_names_and_prompts_is_english_in_german() {
    let [english, german] = ["en", "de"].map(|language| {
        let query = format!("?device=cpu&language={language}");
        lines(&Page::open(Some(random_pack()), Webgpu::None, &query))
    });
    assert!(english.len() > 60, "the page says more: {english:?}");
    let untranslated: Vec<_> = english.intersection(&german).collect();
    assert!(untranslated.is_empty(), "{untranslated:#?}");
}

#[test]
fn the_browser_chooses_the_language_and_the_footer_the_other() {
    let browser = Browser::start(Webgpu::None);
    let agent = browser.execute("return navigator.userAgent", Vec::new());
    let prefers = json!({"userAgent": agent, "acceptLanguage": "fr-FR,de-AT,en"});
    browser.devtools("Emulation.setUserAgentOverride", prefers);
    let page = Page::open_in(browser, Site::start(Some(random_pack())), "?device=cpu");
    let language = "return document.documentElement.lang";
    assert_eq!(page.browser.execute(language, Vec::new()), "de");
    assert!(page.browser.has_role("tab", "Sortieren"));
    page.browser.click_role("link", "English");
    page.browser
        .wait_for("English", "return document.documentElement.lang === 'en'");
    page.browser.wait_for(
        "the tabs",
        "return document.querySelector('#mode-sort') !== null",
    );
    assert!(page.browser.has_role("tab", "Sort"));
    assert_eq!(page.browser.console_errors(), [""; 0]);
}

#[test]
fn german_fits_a_narrow_phone() {
    let page = Page::open(Some(random_pack()), Webgpu::None, "?device=cpu&language=de");
    page.drop_files(&[disc(), stripes()]);
    page.settled(2);
    for width in [320, 390, 1280] {
        let metrics = json!({
            "width": width, "height": 700, "deviceScaleFactor": 1, "mobile": width < 500,
        });
        page.browser
            .devtools("Emulation.setDeviceMetricsOverride", metrics);
        for mode in ["sort", "search", "match"] {
            page.browser.click(&format!("#mode-{mode}"));
            let shown = page
                .browser
                .execute("return document.documentElement.scrollWidth", Vec::new());
            assert!(
                shown.as_i64() <= Some(width),
                "{mode}: {shown} pixels in a window of {width}"
            );
        }
    }
}
