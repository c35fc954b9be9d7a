//! While the model or pictures load, the page responds and nothing is lost.

use glance_tests::browser::Webgpu;
use glance_tests::model::random_pack;
use glance_tests::page::Page;
use glance_tests::pictures::{disc, many_large, stripes};
use glance_tests::site::Models;

const LABELS: [&str; 2] = ["disc", "stripes"];

#[test]
fn pictures_wait_for_the_model_and_the_page_does_not() {
    let page = Page::open_with(
        Some(random_pack()),
        Models::Held,
        Webgpu::Software,
        "?device=cpu",
    );
    page.drop_files(&[disc(), stripes()]);
    page.set_labels(&LABELS);
    let waiting = page.browser.wait_for(
        "both pictures to wait",
        "const cards = Array.from(document.querySelectorAll('[data-testid=picture-card]'));
         return cards.length === 2 && cards.map(card => card.dataset.state)",
    );
    assert_eq!(waiting, serde_json::json!(["waiting", "waiting"]));
    page.site.set_models(Models::Served);
    assert_eq!(page.settled(2), ["done", "done"]);
    assert_eq!(page.ranking(1).len(), LABELS.len());
}

#[test]
fn the_page_answers_while_pictures_run() {
    let page = Page::open(Some(random_pack()), Webgpu::Software, "?device=cpu");
    page.model();
    let pictures = many_large();
    page.drop_files(&pictures);
    page.set_labels(&LABELS);
    let open = "return document.querySelectorAll('[data-testid=picture-card][data-state=waiting]')";
    let open = page.browser.execute(&format!("{open}.length"), Vec::new());
    assert!(
        open.as_u64() > Some(0),
        "labels became chips while pictures were under way"
    );
    assert!(
        page.settled(pictures.len())
            .iter()
            .all(|state| state == "done")
    );
}

#[test]
fn loading_can_be_cancelled_and_taken_up_again() {
    let page = Page::open_with(
        Some(random_pack()),
        Models::Held,
        Webgpu::Software,
        "?device=cpu",
    );
    page.set_labels(&LABELS);
    page.drop_files(&[disc()]);
    page.browser.wait_for(
        "a button to cancel",
        "return !document.querySelector('#cancel').hidden",
    );
    page.browser.click("#cancel");
    let idle = "return document.querySelector('#model-status').dataset.state === 'idle'";
    page.browser.wait_for("the model to be given up", idle);
    page.site.set_models(Models::Served);
    page.browser.click("#retry");
    assert_eq!(page.ranking(0).len(), LABELS.len());
}
