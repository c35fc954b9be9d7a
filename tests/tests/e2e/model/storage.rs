//! A model that the browser stores, refuses, loses or damages.

use glance_tests::browser::{Browser, Record, SiteData, Webgpu};
use glance_tests::page::Page;
use glance_tests::pictures::stripes;
use glance_tests::site::MODEL;

use crate::visit::{DATABASE, Large, QUERY, kept_pieces, wait_for_message};

#[test]
fn a_model_that_does_not_fit_runs_from_memory() {
    let large = Large::new();
    let browser = Browser::start(Webgpu::Software);
    let site = large.site();
    browser.set_quota(&site.origin(), Some(large.size() / 2));
    let page = Page::open_in(browser, site, QUERY);
    assert_eq!(page.model().0, "memory");
    let sentence = wait_for_message(&page);
    assert!(sentence.contains("no room"), "{sentence}");
    large.ranks(&page);
    assert_eq!(page.site.bytes_sent(MODEL), large.size());
    large.report("quota exceeded", &page, &sentence);
    let kept = kept_pieces(&page.browser.records(DATABASE)).len();
    page.browser.set_quota(&page.site.origin(), None);
    page.site.take_requests();
    page.reload();
    assert_eq!(page.model().0, "network");
    large.ranks(&page);
    let fetched = large.sent(&page.site.requests());
    let whole = fetched.iter().filter(|sent| **sent > 0).count();
    assert_eq!(
        whole + kept,
        large.pieces().len(),
        "only the rest is fetched"
    );
}

#[test]
fn a_browser_that_keeps_nothing_runs_from_memory() {
    let large = Large::new();
    let browser = Browser::start_with(Webgpu::Software, SiteData::Refused);
    let page = Page::open_in(browser, large.site(), QUERY);
    assert_eq!(page.model().0, "memory");
    let sentence = wait_for_message(&page);
    large.ranks(&page);
    assert_eq!(page.site.bytes_sent(MODEL), large.size());
    large.report("IndexedDB refused", &page, &sentence);
}

#[test]
fn a_model_that_the_browser_removed_is_fetched_again() {
    let large = Large::new();
    let page = large.page(large.site());
    page.model();
    page.browser.evict(&page.site.origin());
    page.reload();
    assert_eq!(page.model().0, "network");
    let sentence = wait_for_message(&page);
    assert!(sentence.contains("removed"), "{sentence}");
    large.ranks(&page);
    large.report("all evicted", &page, &sentence);
    page.reload();
    assert_eq!(page.model().0, "cache");
}

#[test]
fn a_piece_that_the_browser_removed_is_fetched_alone() {
    let large = Large::new();
    let page = large.page(large.site());
    page.model();
    change_piece(&large, &page, "one piece evicted", Browser::remove_record);
}

#[test]
fn a_piece_that_is_damaged_on_the_disk_is_fetched_alone() {
    let large = Large::new();
    let page = large.page(large.site());
    page.model();
    change_piece(
        &large,
        &page,
        "one piece damaged in IndexedDB",
        Browser::damage_record,
    );
}

fn change_piece(large: &Large, page: &Page, what: &str, change: impl Fn(&Browser, &str, &Record)) {
    const CHANGED: usize = 2;
    let records = page.browser.records(DATABASE);
    let pieces = kept_pieces(&records);
    let (_, record) = pieces
        .iter()
        .find(|(index, _)| *index == CHANGED)
        .expect("every piece is kept");
    change(&page.browser, DATABASE, record);
    page.site.take_requests();
    page.reload();
    page.model();
    let sentence = wait_for_message(page);
    large.ranks(page);
    let mut expected = vec![0; large.pieces().len()];
    let piece = &large.pieces()[CHANGED];
    expected[CHANGED] = piece.end - piece.start;
    assert_eq!(large.sent(&page.site.requests()), expected);
    large.report(what, page, &sentence);
    page.reload();
    assert_eq!(page.model().0, "cache");
    large.ranks(page);
}

#[test]
fn pieces_stored_as_arrays_are_read() {
    let large = Large::new();
    let page = large.page(large.site());
    page.model();
    let records = page.browser.records(DATABASE);
    let mut as_blobs = kept_pieces(&records);
    // The rest stay blobs: one model may have both.
    let as_arrays = as_blobs.split_off(2);
    for (_, record) in &as_arrays {
        page.browser.store_as_array(DATABASE, record);
    }
    page.site.take_requests();
    page.reload();
    assert_eq!(page.model().0, "cache");
    large.ranks(&page);
    assert_eq!(page.site.bytes_sent(MODEL), 0);
}

#[test]
fn a_tab_that_holds_the_old_database_is_no_obstacle() {
    let large = Large::new();
    let browser = Browser::start(Webgpu::Software);
    let site = large.site();
    // A document of the origin that is not the page.
    browser.open(&site.address("models/demo.json"));
    let hold = "
        const opening = indexedDB.open('glance', 1);
        opening.onupgradeneeded = () => opening.result.createObjectStore('models');
        await new Promise(resolve => { opening.onsuccess = resolve });
        window.held = opening.result;";
    browser.execute_async(hold, Vec::new());
    let earlier = browser.tab();
    let tab = browser.new_tab();
    let page = Page::open_in(browser, site, QUERY);
    assert_eq!(page.model().0, "memory");
    let sentence = wait_for_message(&page);
    assert!(sentence.contains("older tab"), "{sentence}");
    large.ranks(&page);
    large.report("database held by an earlier version", &page, &sentence);

    page.browser.go_to(&earlier);
    page.browser.execute("window.held.close()", Vec::new());
    page.browser.close_tab(&tab);
    let upgraded = "
        const databases = await indexedDB.databases();
        return databases.find(({ name }) => name === 'glance').version > 1;";
    while page.browser.execute_async(upgraded, Vec::new()) == false {}
    page.drop_files(&[stripes()]);
    assert_eq!(page.settled(2), ["done", "done"]);
    assert_eq!(page.model().0, "memory", "the engine is the same still");
    page.reload();
    assert_eq!(page.model().0, "network");
    page.reload();
    assert_eq!(page.model().0, "cache");
}
