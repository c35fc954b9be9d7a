//! Many pictures: tiles in groups, from the keyboard, corrected, removed and brought back.

use glance_tests::browser::{Key, Webgpu};
use glance_tests::model::{Native, random_pack};
use glance_tests::page::Page;
use glance_tests::pictures::{PictureFile, disc, stripes};
use serde_json::{Value, json};

use crate::ranking::LABELS;

/// More than the page shows as cards.
pub const MANY: usize = 14;

/// Discs and stripes in turn, each with a name of its own.
pub fn many() -> Vec<PictureFile> {
    (0..MANY)
        .map(|index| {
            let mut file = if index % 2 == 0 { disc() } else { stripes() };
            // Bytes after the picture's end change nothing of it.
            file.bytes.push(index as u8);
            file.name = format!("{index:02} {}", file.name);
            file
        })
        .collect()
}

pub fn page() -> Page {
    let page = Page::open(Some(random_pack()), Webgpu::Software, "?device=cpu");
    page.set_labels(&LABELS);
    // High enough that every tile is in the document.
    let high = json!({"width": 1280, "height": 3000, "deviceScaleFactor": 1, "mobile": false});
    page.browser
        .devtools("Emulation.setDeviceMetricsOverride", high);
    page.drop_files(&many());
    assert_eq!(page.settled(MANY), ["done"; MANY]);
    // Groups follow the answers one frame later.
    page.browser.wait_for(
        "every picture to be in its group",
        "return Array.from(document.querySelectorAll('.grid-title'))
             .every(title => title.innerText !== 'Not looked at yet')",
    );
    page
}

/// The groups: each with its title, and the names of its tiles in order.
pub fn groups(page: &Page) -> Vec<(String, Vec<String>)> {
    let read = "return Array.from(document.querySelectorAll('.grid-section'), section => [
        section.querySelector('.grid-title')?.innerText ?? '',
        Array.from(section.querySelectorAll('.tile-open'), tile => tile.title)])";
    let groups = page.browser.execute(read, Vec::new());
    serde_json::from_value(groups).expect("the script returns groups")
}

fn names(page: &Page) -> Vec<String> {
    groups(page)
        .into_iter()
        .flat_map(|(_, names)| names)
        .collect()
}

/// Where the native engine's ranking puts a picture.
fn expected_group(native: &Native, file: &PictureFile, template: &str) -> String {
    let labels = LABELS.map(str::to_owned);
    let cosines = native
        .cosines(&[file.clone()], &labels, &[template])
        .remove(0);
    let shares = native.shares(&cosines);
    let best = (0..shares.len())
        .max_by(|&one, &other| shares[one].total_cmp(&shares[other]))
        .expect("there are labels");
    let others = (0..shares.len()).filter(|&index| index != best);
    let second = others.map(|index| shares[index]).fold(0.0, f32::max);
    match shares[best] - second < 0.05 {
        true => "Unsure: two labels nearly equal".to_owned(),
        false => LABELS[best].to_owned(),
    }
}

#[test]
fn many_pictures_are_grouped_as_the_native_engine_ranks_them() {
    let page = page();
    let native = Native::load(random_pack());
    let template = page.template();
    let groups = groups(&page);
    for file in [disc(), stripes()] {
        let group = expected_group(&native, &file, &template);
        let (_, members) = groups
            .iter()
            .find(|(title, _)| *title == group)
            .unwrap_or_else(|| panic!("no group {group} in {groups:?}"));
        let own = members.iter().filter(|name| name.ends_with(&file.name));
        assert_eq!(own.count(), MANY / 2, "{groups:?}");
    }
    // Without groups, in the order of their names.
    page.browser.click_role("combobox", "Groups");
    choose(&page, "Groups", "none");
    choose(&page, "Order", "name");
    let expected: Vec<String> = many().into_iter().map(|file| file.name).collect();
    wait_for_names(&page, &expected);
    // The arrangement is remembered.
    page.reload();
    page.drop_files(&many());
    page.settled(MANY);
    wait_for_names(&page, &expected);
    assert_eq!(page.browser.console_errors(), [""; 0]);
}

/// Chooses from a list of the tool row.
pub fn choose(page: &Page, list: &str, choice: &str) {
    let choose = "const select = document.querySelector(`[aria-label=${arguments[0]}]`);
        select.value = arguments[1];
        select.dispatchEvent(new Event('change', { bubbles: true }));";
    page.browser
        .execute(choose, vec![list.into(), choice.into()]);
}

fn wait_for_names(page: &Page, expected: &[String]) {
    page.browser.wait_for(
        "the tiles in order",
        &format!(
            "const names = Array.from(document.querySelectorAll('.tile-open'), tile => tile.title);
             return JSON.stringify(names) === JSON.stringify({})",
            json!(expected)
        ),
    );
}

#[test]
fn the_keyboard_moves_removes_and_brings_back() {
    let page = page();
    let before = names(&page);
    let focus = "document.querySelector('.tile-open[tabindex=\"0\"]').focus()";
    page.browser.execute(focus, Vec::new());
    let one_stop = "return document.querySelectorAll('.grid [tabindex=\"0\"]').length";
    assert_eq!(page.browser.execute(one_stop, Vec::new()), json!(1));
    focused(&page, &before[0]);
    page.browser.press(Key::ArrowRight);
    focused(&page, &before[1]);
    page.browser.press(Key::End);
    focused(&page, &before[MANY - 1]);
    page.browser.press(Key::Home);
    focused(&page, &before[0]);
    let (role, name) = page.browser.focused();
    assert!(
        role == "button" && name.starts_with(&before[0]) && name.ends_with('%'),
        "{role} {name}"
    );

    page.browser.press(Key::Delete);
    focused(&page, &before[1]);
    wait_for_names(&page, &before[1..]);
    page.browser.click_role("button", "Undo");
    wait_for_names(&page, &before);
    assert_eq!(
        page.settled(MANY),
        ["done"; MANY],
        "its answer came back too"
    );

    // Opening shows the whole ranking; Escape leads back.
    page.browser.execute(focus, Vec::new());
    page.browser.press(Key::Enter);
    page.browser.wait_for(
        "the panel",
        "return document.querySelectorAll('.panel [data-testid=ranked-label]').length === 3",
    );
    page.browser.press(Key::Escape);
    page.browser.wait_for(
        "the panel to close and the focus to return",
        "return !document.querySelector('.panel') && document.activeElement.matches('.tile-open')",
    );
}

fn focused(page: &Page, name: &str) {
    let script = format!("return document.activeElement.title === {}", json!(name));
    page.browser
        .wait_for(&format!("{name} to have the focus"), &script);
}

#[test]
fn a_correction_makes_its_own_group_and_can_be_undone() {
    let page = page();
    let before = groups(&page);
    let chosen = [before[0].1[0].clone(), before[0].1[1].clone()];
    for name in &chosen {
        page.browser
            .click_role("checkbox", &format!("Select {name}"));
    }
    assert!(page.browser.has_role("group", "Selected pictures"));
    page.browser
        .type_into(".selection input", "<b>owls</b>\u{E007}");
    let moved = |page: &Page| {
        let groups = groups(page);
        let own = groups.into_iter().find(|(title, _)| title == "<b>owls</b>");
        own.map(|(_, mut names)| {
            names.sort();
            names
        })
    };
    page.browser.wait_for(
        "the new group",
        "return Array.from(document.querySelectorAll('.grid-title'))
             .some(title => title.innerText === '<b>owls</b>')",
    );
    let mut expected = chosen.to_vec();
    expected.sort();
    assert_eq!(moved(&page), Some(expected));
    page.browser.click_role("button", "Undo");
    page.browser.wait_for(
        "the groups as before",
        "return Array.from(document.querySelectorAll('.grid-title'))
             .every(title => title.innerText !== '<b>owls</b>')",
    );
    assert_eq!(groups(&page), before);
}

#[test]
fn a_search_orders_the_tiles_as_the_native_engine_does() {
    let page = page();
    page.browser.click_role("tab", "Search");
    let query = "a green field";
    page.browser.type_into("#search-input", query);
    let native = Native::load(random_pack());
    let files = [disc(), stripes()];
    let cosines = native.cosines(&files, &[query.to_owned()], &[]);
    let (disc_cosine, stripes_cosine) = (cosines[0][0], cosines[1][0]);
    let first = if disc_cosine > stripes_cosine {
        &files[0]
    } else {
        &files[1]
    };
    let half = MANY / 2;
    page.browser.wait_for(
        "the nearer half first",
        &format!(
            "const names = Array.from(document.querySelectorAll('.tile-open'), tile => tile.title);
             return names.length === {MANY}
                 && names.slice(0, {half}).every(name => name.endsWith({}))",
            json!(first.name)
        ),
    );
    let shown = "return document.querySelector('.tile-number').innerText";
    let shown = page.browser.execute(shown, Vec::new());
    let shown: f32 = shown
        .as_str()
        .unwrap_or_default()
        .parse()
        .expect("a cosine");
    let near = disc_cosine.max(stripes_cosine);
    assert!((shown - near).abs() < 0.005, "{shown} is {near} natively");

    // The tab is in the address, so Back leads to the one before.
    let address = page.browser.execute("return location.hash", Vec::new());
    assert_eq!(address, json!("#search"));
    page.browser.execute("history.back()", Vec::new());
    page.browser.wait_for(
        "the first tab",
        "return document.querySelector('#mode-sort').ariaSelected === 'true'",
    );

    // More like one of them: it is the nearest to itself.
    page.browser
        .execute("document.querySelector('.tile-open').click()", Vec::new());
    page.browser.click_role("button", "More like this");
    page.browser.wait_for(
        "a cosine of one",
        "return document.querySelector('.tile-number')?.innerText === '1.000'",
    );
}

#[test]
fn thumbnails_are_small_and_of_the_picture() {
    let page = page();
    let sizes = "return Promise.all(
        Array.from(document.querySelectorAll('.tile img'), async image => {
            await image.decode();
            return [image.naturalWidth, image.naturalHeight];
        }))";
    page.browser.wait_for(
        "all thumbnails",
        &format!("return document.querySelectorAll('.tile img').length === {MANY}"),
    );
    let sizes = page.browser.execute_async(sizes, Vec::new());
    let square = |size: &Value| size[0] == size[1] && size[0].as_u64() <= Some(256);
    assert!(
        sizes.as_array().is_some_and(|all| all.iter().all(square)),
        "{sizes}"
    );
}
