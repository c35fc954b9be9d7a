//! The main job: a dropped picture gets the native engine's ranking.

use std::fs;
use std::path::Path;

use glance_engine::text::fill_template;
use glance_tests::browser::Webgpu;
use glance_tests::model::{Native, random_pack};
use glance_tests::page::Page;
use glance_tests::pictures::{PictureFile, disc, stripes};
use glance_tests::site::Models;

const LABELS: [&str; 3] = ["red disc", "green stripes", "café 🐱"];

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
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../static/models/demo.safetensors");
    let pack = fs::read(demo).expect("the demo model is part of the repository");
    ranks_twice(pack, true, Webgpu::Software, "", "cpu");
}

/// Drops a picture and reads its ranking, then does so again with the model out of reach.
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

/// Checks a card against the native engine: the same cosines, shares and order.
fn agrees(page: &Page, native: &Native, card: usize, picture: &PictureFile) {
    let ranking = page.ranking(card);
    assert_eq!(ranking.len(), LABELS.len());
    let template = page.template();
    let texts: Vec<String> = ranking
        .iter()
        .map(|row| fill_template(&template, &row.label))
        .collect();
    let cosines = native
        .cosines(std::slice::from_ref(picture), &texts)
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
}
