//! Several tabs of one browser share a download and its stored pieces.

use glance_tests::browser::Tab;
use glance_tests::page::Page;
use glance_tests::site::{Faults, MODEL, Site};

use crate::visit::{Large, QUERY, wait_for_pieces};

/// Bytes sent of the fourth piece.
const SENT_OF_FOURTH: u64 = 1000;

/// Two tabs with the page: the first downloads, and the second is in front and waits. The server
/// has sent three pieces and holds the rest.
fn two_tabs(large: &Large) -> (Page, Tab, Tab) {
    let page = large.page(held(large));
    wait_for_pieces(&page, 3);
    let first = page.browser.tab();
    let second = page.browser.new_tab();
    page.browser.open(&page.site.address(QUERY));
    page.browser.wait_for(
        "the second tab to wait",
        "return document.querySelector('#model-status')?.innerText.includes('tab')",
    );
    (page, first, second)
}

fn held(large: &Large) -> Site {
    let site = large.site();
    let faults = Faults {
        held_from: Some(large.pieces()[3].start + SENT_OF_FOURTH),
        ..Faults::default()
    };
    site.set_faults(MODEL, faults);
    site
}

/// Releases the model once the tab of the requests before `after` is gone, so that all bytes are
/// for the tab in front.
fn goes_on(large: &Large, page: &Page, after: usize) {
    page.site.wait_for("the requests to end", |requests| {
        requests[..after].iter().all(|request| request.ended)
    });
    page.site.set_faults(MODEL, Faults::default());
    page.model();
    large.ranks(page);
    let sent = large.sent(&page.site.requests()[after..]);
    assert_eq!(sent[..3], [0, 0, 0], "what was kept is not fetched again");
    assert!(page.site.bytes_sent(MODEL) <= large.size() + SENT_OF_FOURTH);
}

#[test]
fn two_tabs_share_one_download() {
    let large = Large::new();
    let (page, first, second) = two_tabs(&large);
    page.site.set_faults(MODEL, Faults::default());
    for tab in [&second, &first] {
        page.browser.go_to(tab);
        page.model();
        large.ranks(&page);
    }
    assert_eq!(page.site.bytes_sent(MODEL), large.size());
    large.report("two tabs", &page, "");
}

#[test]
fn a_tab_goes_on_where_another_that_was_closed_stopped() {
    let large = Large::new();
    let (page, first, second) = two_tabs(&large);
    let before = page.site.requests().len();
    page.browser.go_to(&first);
    page.browser.close_tab(&second);
    goes_on(&large, &page, before);
    large.report("tab closed in mid-download, another goes on", &page, "");
}

#[test]
fn a_later_visit_goes_on_where_a_tab_that_was_closed_stopped() {
    let large = Large::new();
    let page = large.page(held(&large));
    wait_for_pieces(&page, 3);
    let first = page.browser.tab();
    let empty = page.browser.new_tab();
    page.browser.go_to(&first);
    let before = page.site.requests().len();
    page.browser.close_tab(&empty);
    page.browser.open(&page.site.address(QUERY));
    goes_on(&large, &page, before);
    large.report(
        "tab closed in mid-download, a later visit goes on",
        &page,
        "",
    );
}
