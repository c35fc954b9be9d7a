//! The live camera: Chromium makes up its picture, so that no test needs a camera.

use glance_tests::browser::{Browser, Camera};
use glance_tests::model::random_pack;
use glance_tests::page::Page;
use glance_tests::site::Site;

use crate::bad_input::one_sentence;

const LABELS: [&str; 4] = ["red disc", "green field", "clock", "stripes"];
const OTHERS: [&str; 4] = ["cat", "dog", "horse", "cow"];

/// Keeps what the camera's video shows where a test finds it after the view is gone.
const REMEMBER_TRACKS: &str =
    "window.tracks = document.querySelector('#camera video').srcObject.getTracks();
     return window.tracks.length";
const ENDED: &str = "return window.tracks.every(track => track.readyState === 'ended')";

fn open(camera: Camera) -> Page {
    let site = Site::start(Some(random_pack()));
    let page = Page::open_in(Browser::start_with_camera(camera), site, "?device=cpu");
    page.model();
    page
}

/// Opens the camera, and waits until it moves.
fn opened() -> Page {
    let page = open(Camera::Fake);
    page.set_labels(&LABELS);
    page.browser.click_role("button", "Camera");
    moves(&page);
    page
}

fn moves(page: &Page) {
    page.browser.wait_for(
        "the camera to move",
        "return document.querySelector('#camera')?.dataset.state === 'moving'",
    );
}

/// Waits until the three rows name labels among these.
fn shows_three_of(page: &Page, labels: &[&str]) {
    let labels = serde_json::json!(labels);
    page.browser.wait_for(
        "the three best labels",
        &format!(
            "const rows = Array.from(document.querySelectorAll('[data-testid=camera-label]'))
                 .filter(row => row.checkVisibility());
             const percents = rows.map(({{ dataset }}) => Number(dataset.percent));
             return rows.length === 3
                 && rows.every(({{ dataset }}) => {labels}.includes(dataset.label))
                 && percents[0] >= percents[1] && percents[1] >= percents[2]"
        ),
    );
}

fn tracks(page: &Page) {
    let count = page.browser.execute(REMEMBER_TRACKS, Vec::new());
    assert_eq!(count, 1, "a picture without sound");
}

/// Sets what the page believes about being seen: a headless browser always shows it.
fn shown(page: &Page, visibility: &str) {
    let script = "Object.defineProperty(document, 'visibilityState',
                      { value: arguments[0], configurable: true });
                  document.dispatchEvent(new Event('visibilitychange', { bubbles: true }))";
    page.browser.execute(script, vec![visibility.into()]);
}

#[test]
fn labels_follow_the_camera_and_a_still_becomes_a_picture() {
    let page = opened();
    shows_three_of(&page, &LABELS);
    page.browser.wait_for(
        "a pace",
        "return Number(document.querySelector('#camera').dataset.fps) > 0",
    );
    page.set_labels(&OTHERS);
    shows_three_of(&page, &OTHERS);

    page.browser.click_role("button", "Keep this picture");
    assert_eq!(page.settled(1), ["done"]);
    assert!(page.browser.has_role("button", "Remove camera 1.jpg"));
    assert_eq!(page.ranking(0).len(), OTHERS.len());

    page.set_labels(&[]);
    page.browser.wait_for(
        "a sentence without labels",
        "return document.querySelector('.camera-answer').innerText.trim()
             === 'Add a label to see how it fits.'",
    );
    page.set_labels(&LABELS);
    shows_three_of(&page, &LABELS);

    tracks(&page);
    page.browser.click_role("button", "Stop");
    page.browser.wait_for("the camera to stop", ENDED);
    page.browser.wait_for(
        "the way back in",
        "return document.querySelector('#camera') === null
             && document.activeElement.id === 'open-camera'",
    );
    page.browser.click_role("button", "Camera");
    moves(&page);
    page.browser.click_role("button", "Keep this picture");
    assert_eq!(page.settled(2), ["done", "done"]);
    assert!(page.browser.has_role("button", "Remove camera 2.jpg"));
    assert_eq!(page.foreign_requests(), [""; 0]);
    assert_eq!(page.browser.console_errors(), [""; 0]);
}

#[test]
fn a_frozen_frame_answers_new_labels_and_another_camera_can_be_taken() {
    let page = opened();
    shows_three_of(&page, &LABELS);
    page.browser.click_role("button", "Freeze");
    let paused = "return document.querySelector('#camera video').paused";
    page.browser.wait_for("the video to stand", paused);
    page.set_labels(&OTHERS);
    shows_three_of(&page, &OTHERS);
    page.browser.click_role("button", "Go on");
    moves(&page);

    tracks(&page);
    let device = "const [track] = document.querySelector('#camera video').srcObject.getTracks();
                  return track.getSettings().deviceId";
    let first = page.browser.execute(device, Vec::new());
    page.browser.click_role("button", "Switch camera");
    page.browser.wait_for("the first camera to stop", ENDED);
    moves(&page);
    assert_ne!(page.browser.execute(device, Vec::new()), first);
    shows_three_of(&page, &OTHERS);
    assert_eq!(page.browser.console_errors(), [""; 0]);
}

#[test]
fn the_camera_is_off_while_nobody_sees_the_page() {
    let page = opened();
    tracks(&page);
    shown(&page, "hidden");
    page.browser.wait_for("the camera to stop", ENDED);
    shown(&page, "visible");
    moves(&page);
    shows_three_of(&page, &LABELS);

    // A camera that is unplugged ends by itself; a script can only say so.
    tracks(&page);
    let unplug = "window.tracks[0].dispatchEvent(new Event('ended'))";
    page.browser.execute(unplug, Vec::new());
    says(&page, "The camera stopped");
    page.browser.wait_for("the camera to stop", ENDED);
}

#[test]
fn a_refused_camera_is_told_and_the_rest_goes_on() {
    goes_on_without(Camera::Refused, "The camera was refused");
}

#[test]
fn a_missing_camera_is_told_and_the_rest_goes_on() {
    goes_on_without(Camera::Missing, "No camera was found");
}

fn goes_on_without(camera: Camera, sentence: &str) {
    let page = open(camera);
    page.set_labels(&LABELS);
    page.browser.click_role("button", "Camera");
    says(&page, sentence);
    page.drop_files(&[glance_tests::pictures::disc()]);
    assert_eq!(page.settled(1), ["done"]);
    assert_eq!(page.ranking(0).len(), LABELS.len());
    assert_eq!(page.browser.console_errors(), [""; 0]);
}

/// Waits until the page says this and offers the camera again.
fn says(page: &Page, sentence: &str) {
    let script = format!(
        "return document.querySelector('#camera') === null
             && document.querySelector('#open-camera').checkVisibility()
             && document.querySelector('#message').innerText.includes('{sentence}')"
    );
    page.browser.wait_for(sentence, &script);
    one_sentence(&page.message());
}
