//! With a stub of the package: names, keys, and what happens when the model fails or goes.

use glance_tests::browser::Key;
use glance_tests::pictures::{PictureFile, disc};
use serde_json::json;

use super::opened::Opened;

/// A picture's file under another name; the stub finds the label in it.
fn named(name: &str) -> PictureFile {
    PictureFile {
        name: name.to_owned(),
        ..disc()
    }
}

#[test]
fn it_has_a_name_and_is_used_by_keyboard() {
    let page = Opened::page("stubbed.html");
    assert!(page.browser.has_role("group", "Your pet"), "from its label");
    assert!(page.browser.has_role("group", "Your pets"), "its own");
    page.browser.press(Key::Tab);
    let focus = "return tree.activeElement.innerText";
    assert_eq!(page.ask("one", focus), "Choose a picture");
    page.drop("one", &[named("cat.png")]);
    page.says("one", "cat, 90%");
    page.browser.press(Key::Tab);
    page.browser.press(Key::Enter);
    page.wait(
        "one",
        "the picture to go",
        "return element.results.length === 0",
    );
    assert_eq!(page.ask("one", focus), "Choose a picture");
    assert_eq!(page.browser.console_errors(), [""; 0]);
}

#[test]
fn only_what_is_dropped_on_it_is_taken_and_nothing_while_it_is_disabled() {
    let page = Opened::page("stubbed.html");
    let beside = "document.querySelector('h1').id = 'beside'";
    page.browser.execute(beside, Vec::new());
    assert_eq!(page.drop("beside", &[disc()]), json!([false, false, false]));
    page.ask("one", "element.disabled = true");
    assert_eq!(page.drop("one", &[disc()]), json!([true, true, true]));
    assert_eq!(page.ask("one", "return element.results.length"), 0);
    page.ask("one", "element.disabled = false");
    page.drop("one", &[named("owl.png"), named("cat.png")]);
    assert_eq!(page.value("one"), "owl", "it takes one picture");
}

#[test]
fn a_lost_model_is_loaded_again_and_let_go_after_the_last_element() {
    let page = Opened::page("stubbed.html");
    page.drop("one", &[named("cat.png")]);
    page.value("one");
    page.browser.execute("stub.failAnswer = 'lost'", Vec::new());
    page.drop("many", &[named("dog.png"), named("cat.png")]);
    page.says("many", "The model was lost");
    let errors = "return heard.filter(({ type }) => type === 'error').length";
    assert_eq!(
        page.browser.execute(errors, Vec::new()),
        1,
        "it is told once"
    );
    page.browser.execute("stub.failAnswer = null", Vec::new());
    page.ask("many", "tree.querySelector('[part~=retry]').click()");
    page.says("many", "2 pictures");
    let loads = "return [stub.loads.length, stub.open]";
    assert_eq!(page.browser.execute(loads, Vec::new()), json!([2, 1]));
    let remove = "document.querySelectorAll('glance-drop').forEach(element => element.remove())";
    page.browser.execute(remove, Vec::new());
    page.browser
        .wait_for("the model to go", "return stub.open === 0");
}

#[test]
fn another_definition_of_the_element_stays_and_the_console_is_told() {
    let page = Opened::page("other_version.html");
    let warnings = page
        .browser
        .wait_for("a warning", "return warnings.length > 0 && warnings");
    assert_eq!(warnings.as_array().map(Vec::len), Some(1));
}
