//! The main job: a dropped picture gets the native engine's ranking.

use std::fs;
use std::path::Path;

use glance_engine::text::imagenet_7_templates;
use glance_tests::browser::Webgpu;
use glance_tests::model::{Native, random_pack};
use glance_tests::page::Page;
use glance_tests::pictures::{PictureFile, disc, stripes};
use glance_tests::site::Models;

pub const LABELS: [&str; 3] = ["red disc", "green stripes", "café 🐱"];

#[test]
fn a_dropped_picture_gets_the_native_ranking_on_the_cpu() {
    ranks_twice(random_pack(), false, Webgpu::Software, "?device=cpu", "cpu");
}

#[test]
fn a_dropped_picture_gets_the_native_ranking_on_the_gpu() {
    ranks_twice(random_pack(), false, Webgpu::Software, "?device=gpu", "gpu");
}

#[test]
fn a_software_adapter_gives_way_to_the_cpu() {
    ranks_twice(random_pack(), false, Webgpu::Software, "", "cpu");
}

#[test]
fn a_browser_without_webgpu_runs_on_the_cpu() {
    let page = Page::open(Some(random_pack()), Webgpu::None, "");
    assert_eq!(page.model(), ("network".to_owned(), "cpu".to_owned()));
    page.set_labels(&LABELS);
    page.drop_files(&[disc()]);
    agrees(&page, &Native::load(random_pack()), 0, &disc());
}

#[test]
fn the_demo_model_ranks_as_it_does_natively() {
    ranks_twice(demo(), true, Webgpu::Software, "", "cpu");
}

#[test]
fn a_prompt_set_chosen_by_keyboard_is_averaged() {
    let native = Native::load(demo());
    let page = Page::open(None, Webgpu::Software, "?device=cpu");
    page.set_labels(&LABELS);
    page.browser.click("#none-of-these");
    page.drop_files(&[disc()]);
    let own = page.template();
    let labels = LABELS.map(str::to_owned);
    let alone = native.cosines(&[disc()], &labels, &[&own]).remove(0);
    let averaged = native.cosines(&[disc()], &labels, &imagenet_7_templates());
    let apart = |(one, other): (&f32, &f32)| (one - other).abs() > 0.02;
    assert!(
        alone.iter().zip(&averaged[0]).any(apart),
        "they can be told apart"
    );
    agrees_on(&page, &native, 0, &disc(), &[&own]);
    let room = "return document.querySelector('#panel-sort').offsetHeight";
    let room_before = page.browser.execute(room, Vec::new());

    // The first letter of an option picks it.
    page.browser.type_into("#prompts-input", "7");
    let entries = agrees_on(&page, &native, 0, &disc(), &imagenet_7_templates());
    assert_eq!(entries, LABELS.len() + 1);
    assert_eq!(page.browser.execute(room, Vec::new()), room_before);
    let readonly = "return document.querySelector('#template-input').readOnly";
    assert_eq!(page.browser.execute(readonly, Vec::new()), true);

    page.reload();
    page.drop_files(&[stripes()]);
    agrees_on(&page, &native, 0, &stripes(), &imagenet_7_templates());
    page.browser.type_into("#prompts-input", "Y");
    assert_eq!(page.template(), own, "one's own sentence is kept");
    agrees_on(&page, &native, 0, &stripes(), &[&own]);

    // Settings of an earlier version, which had no choice of prompts.
    let forget = "const kept = JSON.parse(localStorage.glance); delete kept.prompts;
                  kept.template = 'art of a {}'; localStorage.glance = JSON.stringify(kept)";
    page.browser.execute(forget, Vec::new());
    page.reload();
    assert_eq!(page.template(), "art of a {}");
    assert_eq!(page.labels(), LABELS);
}

fn demo() -> Vec<u8> {
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../static/models/demo.safetensors");
    fs::read(demo).expect("the demo model is part of the repository")
}

/// Drops a picture and reads its ranking, then again with the model unreachable.
fn ranks_twice(pack: Vec<u8>, demo: bool, webgpu: Webgpu, query: &str, device: &str) {
    let native = Native::load(pack.clone());
    let page = Page::open((!demo).then_some(pack), webgpu, query);
    page.set_labels(&LABELS);
    page.drop_files(&[disc()]);
    assert_eq!(page.model(), ("network".to_owned(), device.to_owned()));
    agrees(&page, &native, 0, &disc());
    assert_eq!(page.foreign_requests(), [""; 0]);
    assert_eq!(page.browser.console_errors(), [""; 0]);

    page.site.set_models(Models::Unreachable);
    page.reload();
    page.drop_files(&[disc(), stripes()]);
    assert_eq!(page.model(), ("cache".to_owned(), device.to_owned()));
    assert_eq!(page.labels(), LABELS, "labels outlive the visit");
    agrees(&page, &native, 0, &disc());
    agrees(&page, &native, 1, &stripes());
}

/// Checks a card against the native engine with the template on the page.
pub fn agrees(page: &Page, native: &Native, card: usize, picture: &PictureFile) {
    let ranking = agrees_on(page, native, card, picture, &[&page.template()]);
    assert_eq!(ranking, LABELS.len());
}

/// Checks a card against the native engine: the same cosines, shares and order. Returns how many
/// entries it has.
fn agrees_on(
    page: &Page,
    native: &Native,
    card: usize,
    picture: &PictureFile,
    templates: &[&str],
) -> usize {
    let ranking = page.ranking(card);
    let labels: Vec<String> = ranking
        .iter()
        .map(|row| match row.label.as_str() {
            "none of these" => "something else".to_owned(),
            label => label.to_owned(),
        })
        .collect();
    let cosines = native
        .cosines(std::slice::from_ref(picture), &labels, templates)
        .remove(0);
    let shares = native.shares(&cosines);
    for ((row, cosine), share) in ranking.iter().zip(cosines).zip(shares) {
        assert!(
            (row.cosine - cosine).abs() < 0.005,
            "{row:?} has cosine {cosine} natively"
        );
        assert!(
            (row.percent - 100.0 * share).abs() < 2.0,
            "{row:?} has share {share} natively"
        );
    }
    let sorted = ranking
        .windows(2)
        .all(|pair| pair[0].percent >= pair[1].percent);
    assert!(sorted, "the best comes first: {ranking:?}");
    ranking.len()
}
