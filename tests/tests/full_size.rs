//! A network of true size in the browser on WebGPU, against the native engine, which was compared
//! with PyTorch just before. GLANCE_PACK names the pack.

use std::path::PathBuf;

use glance_tests::browser::Webgpu;
use glance_tests::model::{Native, random_pack};
use glance_tests::page::Page;
use glance_tests::pictures::{disc, stripes};

/// Largest difference of a cosine: the two sides sum hundreds of products in different orders.
const TOLERANCE: f32 = 1e-4;

#[test]
fn webgpu_gives_the_cosines_of_the_processor() {
    let path = std::env::var_os("GLANCE_PACK").map(PathBuf::from);
    let path = path.expect("GLANCE_PACK names a pack; cargo xtask exactness makes them");
    let pack = std::fs::read(&path).expect("the pack can be read");
    let page = Page::open(Some(random_pack()), Webgpu::Software, "?device=gpu");
    let labels = ["disc", "stripes", "a long label of several words"];
    page.set_labels(&labels);
    page.model();
    page.open_models();
    page.browser.click("#models summary");
    page.browser
        .type_into("#model-files", &path.display().to_string());
    page.candidate();
    page.browser.click("#use-candidate");
    let pictures = [disc(), stripes()];
    page.drop_files(&pictures);
    assert_eq!(page.settled(2), ["done", "done"]);
    assert_eq!(page.model().1, "gpu");
    let native = Native::load(pack);
    let template = page.template();
    let mut worst = 0f32;
    for (card, picture) in pictures.iter().enumerate() {
        for row in page.ranking(card) {
            let picture = std::slice::from_ref(picture);
            let expected = native.cosines(picture, &[row.label], &[&template])[0][0];
            let error = (row.cosine - expected).abs();
            assert!(error <= TOLERANCE, "{error} off the processor's {expected}");
            worst = worst.max(error);
        }
    }
    println!(
        "{}: cosines on WebGPU differ by at most {worst:.1e}",
        path.display()
    );
}
