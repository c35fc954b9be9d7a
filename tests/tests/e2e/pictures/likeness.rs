//! Pictures that look alike: near copies are found and thinned out, and similar ones are together.

use glance_tests::browser::Key;
use glance_tests::page::Page;
use glance_tests::pictures::medium;

use super::sorting::{MANY, choose, groups, many, page};

const COPIES: &str = "copies";

/// Waits for the titles of the groups, in order; returns the groups.
fn grouped(page: &Page, titles: &[&str]) -> Vec<(String, Vec<String>)> {
    let script = format!(
        "const titles = Array.from(document.querySelectorAll('.grid-title'), \
                                   title => title.innerText);
         return JSON.stringify(titles) === JSON.stringify({})",
        serde_json::json!(titles)
    );
    page.browser.wait_for("the groups", &script);
    groups(page)
}

/// The files of one of the two pictures.
fn names(kind: &str) -> Vec<String> {
    let names = many().into_iter().map(|file| file.name);
    names.filter(|name| name.ends_with(kind)).collect()
}

#[test]
fn extra_copies_are_selected_and_removed() {
    let page = page();
    let alone = medium();
    // The largest copy of a disc, though it comes last.
    let mut large = many().swap_remove(0);
    large.name = "large disc.png".to_owned();
    large.bytes.extend([0; 1000]);
    page.drop_files(&[alone.clone(), large.clone()]);
    page.settled(MANY + 2);
    choose(&page, "Groups", COPIES);
    let found = grouped(&page, &["Group 1", "Group 2", "No near copy"]);
    let mut discs = vec![large.name.clone()];
    discs.extend(names("disc.png"));
    let expected = [
        discs.clone(),
        names("stripes.jpg"),
        vec![alone.name.clone()],
    ];
    assert_eq!(
        found
            .into_iter()
            .map(|(_, names)| names)
            .collect::<Vec<_>>(),
        expected
    );

    // The keyboard reaches the button of the first group behind its heading.
    let focus = "document.querySelector('.grid-heading button').focus()";
    page.browser.execute(focus, Vec::new());
    page.browser.press(Key::Tab);
    let (role, name) = page.browser.focused();
    assert_eq!(
        (role.as_str(), name.as_str()),
        ("button", "Select all but the first of Group 1")
    );
    page.browser.press(Key::Enter);
    page.browser.wait_for(
        "all discs but the largest to be selected",
        "return document.querySelectorAll('.tile.selected').length === 7",
    );
    page.browser.click_role("button", "Remove");
    let left = names("stripes.jpg").len() + 2;
    assert_eq!(
        page.settled(left),
        vec!["done"; left],
        "what is left fits on cards"
    );
    let cards = "return Array.from(document.querySelectorAll('[data-testid=picture-card] h3'), \
                 name => name.innerText).filter(name => name.endsWith('disc.png'))";
    let cards = page.browser.execute(cards, Vec::new());
    assert_eq!(cards, serde_json::json!([large.name]));

    // Removing is taken back as ever, and the groups are as they were.
    page.browser.click_role("button", "Undo");
    let found = grouped(&page, &["Group 1", "Group 2", "No near copy"]);
    assert_eq!(found[0].1, discs);
    assert_eq!(page.browser.console_errors(), [""; 0]);
}

#[test]
fn groups_follow_pictures_that_are_added_and_later_visits() {
    let page = page();
    choose(&page, "Groups", COPIES);
    grouped(&page, &["Group 1", "Group 2"]);
    let twins = [medium(), medium().copy(1)];
    page.drop_files(&twins);
    page.settled(MANY + 2);
    let found = grouped(&page, &["Group 1", "Group 2", "Group 3"]);
    assert_eq!(found[2].1, twins.clone().map(|file| file.name));

    // The choice and the patterns are remembered: nothing is decoded at the next visit.
    remembers(&page, MANY + 2);
    page.reload();
    page.browser.click_role("button", "Continue");
    page.settled(MANY + 2);
    let again = grouped(&page, &["Group 1", "Group 2", "Group 3"]);
    let sizes = |groups: &[(String, Vec<String>)]| {
        let sizes = groups.iter().map(|(_, names)| names.len());
        sizes.collect::<Vec<_>>()
    };
    assert_eq!(sizes(&again), [MANY / 2, MANY / 2, 2]);
    assert_eq!(page.browser.console_errors(), [""; 0]);
}

/// Waits until this many pictures are stored.
fn remembers(page: &Page, count: usize) {
    let what = format!("{count} remembered pictures");
    page.browser
        .wait_for_records("glance pictures", &what, |records| {
            let pictures = records.iter().filter(|record| record.store == "pictures");
            pictures.count() == count
        });
}

#[test]
fn similar_pictures_are_together_and_named_by_their_label() {
    let page = page();
    choose(&page, "Groups", "alike");
    page.browser.wait_for(
        "two groups",
        "return document.querySelectorAll('.grid-title').length === 2",
    );
    let found = groups(&page);
    for (title, members) in &found {
        assert!(title.starts_with("Group "), "{title}");
        let kind = &members[0][3..];
        let mut names = names(kind);
        names.sort();
        let mut members = members.clone();
        members.sort();
        assert_eq!(members, names, "a group has one kind of picture: {found:?}");
    }
    assert_eq!(page.browser.console_errors(), [""; 0]);
}
