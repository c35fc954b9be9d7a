//! Labels that are learnt from pictures.

use glance_tests::browser::Webgpu;
use glance_tests::model::random_pack;
use glance_tests::page::Page;
use glance_tests::pictures::{disc, stripes};
use serde_json::{Value, json};

use super::library::{offer, page_that_remembers};

const LABELS: [&str; 2] = ["disc", "stripes"];

/// Drags the first card to the chip of the label in the first argument.
const DRAG: &str = "const dataTransfer = new DataTransfer();
    const card = document.querySelector('[data-testid=picture-card]');
    const chip = document.querySelector(`[data-label=\"${arguments[0]}\"]`);
    const fire = (element, kind) => element.dispatchEvent(new DragEvent(kind,
        { dataTransfer, bubbles: true, cancelable: true }));
    fire(card, 'dragstart');
    const taken = !fire(chip, 'dragover') && !fire(chip, 'drop');
    fire(card, 'dragend');
    return taken";

const LEARNS: &str = "const { checked, labels } = document.querySelector('#learn');
    return [!labels[0].hidden, checked]";

fn percent(page: &Page, card: usize, label: &str) -> f32 {
    let ranking = page.ranking(card);
    let ranked = ranking.iter().find(|ranked| ranked.label == label);
    ranked.expect("every label is ranked").percent
}

fn learns(page: &Page) -> Value {
    page.browser.execute(LEARNS, Vec::new())
}

#[test]
fn a_picture_dragged_to_a_label_teaches_it_until_that_is_undone() {
    let page = Page::open(Some(random_pack()), Webgpu::None, "?device=cpu");
    page.set_labels(&LABELS);
    page.drop_files(&[disc(), disc().copy(1), stripes()]);
    page.settled(3);
    let before = percent(&page, 1, "stripes");
    assert_eq!(learns(&page), json!([false, false]));

    assert_eq!(page.browser.execute(DRAG, vec!["stripes".into()]), true);
    page.browser.wait_for(
        "the correction",
        "return document.querySelector('.card .remark')",
    );
    page.settled(3);
    assert_eq!(learns(&page), json!([true, true]));
    let percents: Vec<f32> = page.ranking(1).iter().map(|label| label.percent).collect();
    assert!(
        percents.is_sorted_by(|one, next| one >= next),
        "{percents:?}"
    );
    // The other copy looks the same, so it is taken for what the first was.
    let taught = percent(&page, 1, "stripes");
    assert!(taught > before, "{before} % before, {taught} % after");

    page.browser.click("#learn");
    page.settled(3);
    assert_eq!(percent(&page, 1, "stripes"), before);
    page.browser.click("#learn");
    page.settled(3);
    assert_eq!(percent(&page, 1, "stripes"), taught);

    page.browser.click_role("button", "Undo");
    page.settled(3);
    assert_eq!(percent(&page, 1, "stripes"), before);
    assert_eq!(learns(&page), json!([false, true]));
}

#[test]
fn what_was_taught_is_known_after_a_reload() {
    let page = page_that_remembers(&[disc(), disc().copy(1), stripes()]);
    page.set_labels(&LABELS);
    page.settled(3);
    page.browser.execute(DRAG, vec!["stripes".into()]);
    page.browser.wait_for(
        "the correction",
        "return document.querySelector('.card .remark')",
    );
    page.settled(3);
    let taught = percent(&page, 1, "stripes");

    page.reload();
    page.model();
    offer(&page);
    page.browser.click_role("button", "Continue");
    page.settled(3);
    assert_eq!(percent(&page, 1, "stripes"), taught);
}
