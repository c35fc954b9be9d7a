//! A download that is left, cancelled, overtaken by a newer model or cut off from the network
//! resumes from the stored pieces.

use std::collections::BTreeSet;

use glance_tests::page::Page;
use glance_tests::pictures::stripes;
use glance_tests::site::{Faults, MODEL};

use crate::visit::{
    DATABASE, Large, MIB, kept_pieces, model_requests, wait_for_failure, wait_for_message,
    wait_for_pieces,
};

/// The page of a server that holds the pieces from the fourth on.
fn held(large: &Large) -> Page {
    large.faulty_page(Faults {
        held_from: Some(large.pieces()[3].start),
        ..Faults::default()
    })
}

#[test]
fn a_reload_in_mid_download_goes_on_from_what_is_kept() {
    let large = Large::new();
    let pieces = large.pieces();
    let held_from = pieces[3].start + MIB / 2;
    let faults = Faults {
        held_from: Some(held_from),
        ..Faults::default()
    };
    let page = large.faulty_page(faults);
    assert_eq!(wait_for_pieces(&page, 3), [0, 1, 2]);
    let before = page.site.requests();
    page.reload();
    page.site.set_faults(MODEL, Faults::default());
    assert_eq!(page.model().0, "network");
    large.ranks(&page);
    let after = large.sent(&page.site.requests()[before.len()..]);
    assert_eq!(after[..3], [0, 0, 0], "what was kept is not fetched again");
    large.report("reload in mid-download", &page, "");
    page.reload();
    assert_eq!(page.model().0, "cache");
}

#[test]
fn a_file_that_changes_in_mid_download_is_fetched_as_it_is_now() {
    let (large, newer) = (Large::new(), Large::of_seed(5));
    let page = held(&large);
    wait_for_pieces(&page, 3);
    page.site.publish(newer.pack.clone());
    // An answer under way continues with the older file.
    let cut = Faults {
        cuts: BTreeSet::from([large.pieces()[3].start]),
        ..Faults::default()
    };
    page.site.set_faults(MODEL, cut);
    let mut sentence = String::new();
    while page.outcome().is_some() {
        sentence = wait_for_failure(&page);
        page.browser.click("#retry");
    }
    newer.ranks(&page);
    page.model();
    let records = page.browser.records(DATABASE);
    let kept = kept_pieces(&records).len();
    assert_eq!(
        kept,
        newer.pieces().len(),
        "nothing of the older one is left"
    );
    large.report("changed in mid-download", &page, &sentence);
    page.reload();
    assert_eq!(page.model().0, "cache");
    newer.ranks(&page);
}

#[test]
fn a_cancelled_download_goes_on_from_what_is_kept() {
    let large = Large::new();
    let page = held(&large);
    assert_eq!(wait_for_pieces(&page, 3), [0, 1, 2]);
    page.browser.click("#cancel");
    let idle = "return document.querySelector('#model-status').dataset.state === 'idle'";
    page.browser.wait_for("the model to be given up", idle);
    page.site.wait_for("its requests to end", |requests| {
        requests.iter().all(|request| request.ended)
    });
    page.site.set_faults(MODEL, Faults::default());
    page.browser.click("#retry");
    assert_eq!(page.model().0, "network");
    large.ranks(&page);
    assert_eq!(page.site.bytes_sent(MODEL), large.size());
    large.report("cancelled in mid-download", &page, "");
}

#[test]
fn a_newer_model_takes_its_place_once_it_is_whole() {
    let (large, newer) = (Large::new(), Large::of_seed(5));
    let page = large.page(large.site());
    page.model();
    page.site.publish(newer.pack.clone());
    page.reload();
    assert_eq!(page.model().0, "cache");
    large.ranks(&page);
    page.browser
        .wait_for_records(DATABASE, "word of the newer model", |records| {
            let models = records.iter().filter(|record| record.store == "records");
            models.count() == 2
        });

    let faults = Faults {
        status: Some(404),
        ..Faults::default()
    };
    page.site.set_faults(MODEL, faults);
    page.reload();
    assert_eq!(page.model().0, "cache");
    let sentence = wait_for_message(&page);
    large.ranks(&page);
    newer.report("a newer model out of reach", &page, &sentence);

    page.site.set_faults(MODEL, Faults::default());
    page.site.take_requests();
    page.reload();
    assert_eq!(page.model().0, "network");
    newer.ranks(&page);
    assert_eq!(page.site.bytes_sent(MODEL), newer.size());
    let kept = kept_pieces(&page.browser.records(DATABASE)).len();
    assert_eq!(
        kept,
        newer.pieces().len(),
        "nothing of the older one is left"
    );
    newer.report("a newer model", &page, &page.message());
}

#[test]
fn a_network_that_goes_away_at_any_step_loses_nothing() {
    let large = Large::new();
    let held_from = |byte| Faults {
        held_from: Some(byte),
        ..Faults::default()
    };
    let page = large.faulty_page(held_from(0));
    page.site.wait_for("a request for the model", |requests| {
        model_requests(requests) > 0
    });
    page.site.go_offline();
    let sentence = wait_for_failure(&page);
    large.report("offline before the first piece", &page, &sentence);

    page.site
        .set_faults(MODEL, held_from(large.pieces()[3].start));
    page.site.go_online();
    page.browser.click("#retry");
    assert_eq!(wait_for_pieces(&page, 3), [0, 1, 2]);
    page.site.go_offline();
    let sentence = wait_for_failure(&page);
    large.report("offline in mid-download", &page, &sentence);

    page.site.set_faults(MODEL, Faults::default());
    page.site.go_online();
    let before = page.site.requests().len();
    page.browser.click("#retry");
    assert_eq!(page.model().0, "network");
    let after = large.sent(&page.site.requests()[before..]);
    assert_eq!(after[..3], [0, 0, 0], "what was kept is not fetched again");

    page.site.go_offline();
    large.ranks(&page);
    page.drop_files(&[stripes()]);
    assert_eq!(page.settled(2), ["done", "done"]);
    large.report("offline after the last piece", &page, &page.message());
}
