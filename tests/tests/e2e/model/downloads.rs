//! A server that misbehaves: nothing of a download is lost for good, nothing wrong is used, and the
//! page says what happened.

use std::collections::BTreeSet;

use glance_tests::pictures::disc;
use glance_tests::site::{Damage, Faults, MANIFEST, MODEL, RangeSupport, Times};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::visit::{
    DATABASE, Large, MIB, kept_pieces, model_requests, wait_for_failure, wait_for_pieces,
};

const CUTS: usize = 20;
/// Bytes a second. At this speed a browser hands on what arrives; bytes that it buffers are lost
/// with a connection.
const SPEED: u64 = 8 * MIB;

#[test]
fn a_connection_cut_at_twenty_bytes_goes_on_from_each() {
    let large = Large::new();
    let seed = rand::rng().random();
    let mut random = StdRng::seed_from_u64(seed);
    let mut cuts = BTreeSet::new();
    while cuts.len() < CUTS {
        cuts.insert(random.random_range(0..large.size()));
    }
    println!("seed {seed}: cut at {cuts:?}");
    let faults = Faults {
        cuts: cuts.clone(),
        bytes_per_second: Some(SPEED),
        ..Faults::default()
    };
    let page = large.faulty_page(faults);
    let mut sentences = BTreeSet::new();
    while page.outcome().is_some() {
        sentences.insert(wait_for_failure(&page));
        page.browser.click("#retry");
    }
    assert_eq!(page.model().0, "network");
    large.ranks(&page);
    let requests = page.site.requests();
    let cut = requests.iter().filter(|request| request.path == MODEL);
    let ends: BTreeSet<u64> = cut.map(|request| request.part().end).collect();
    assert!(cuts.is_subset(&ends), "every cut happened: {requests:#?}");
    let sent = page.site.bytes_sent(MODEL);
    assert!(
        sent <= 2 * large.size(),
        "{sent} bytes of {} went out",
        large.size()
    );
    let sentence = sentences.into_iter().collect::<Vec<_>>().join(" ");
    large.report("cut at 20 random bytes", &page, &sentence);
}

#[test]
fn a_cut_connection_resumes() {
    let large = Large::new();
    let cut_after = |bytes| Faults {
        cut_after: Some((bytes, Times::Always)),
        bytes_per_second: Some(SPEED),
        ..Faults::default()
    };
    let page = large.faulty_page(cut_after(0));
    let sentence = wait_for_failure(&page);
    large.report("cut before each first byte", &page, &sentence);

    page.site.set_faults(MODEL, cut_after(MIB / 2));
    page.browser.click("#retry");
    while page.outcome().is_some() {
        wait_for_failure(&page);
        page.browser.click("#retry");
    }
    assert_eq!(page.model().0, "network");
    large.ranks(&page);
    large.report("cut after each 512 KiB", &page, "");
}

#[test]
fn a_wrong_piece_is_fetched_once_more() {
    let large = Large::new();
    let piece = large.pieces()[2].clone();
    let damage = Damage {
        at: piece.start + 1000,
        times: Times::Once,
    };
    let faults = Faults {
        damage: Some(damage),
        ..Faults::default()
    };
    let page = large.faulty_page(faults);
    assert_eq!(page.model().0, "network");
    large.ranks(&page);
    let mut expected: Vec<u64> = large
        .pieces()
        .iter()
        .map(|piece| piece.end - piece.start)
        .collect();
    expected[2] *= 2;
    assert_eq!(large.sent(&page.site.requests()), expected);
    large.report("one wrong byte, once", &page, &page.message());
}

#[test]
fn a_piece_that_stays_wrong_is_told_and_not_kept() {
    let large = Large::new();
    let pieces = large.pieces();
    let damage = Damage {
        at: pieces[4].end - 1,
        times: Times::Always,
    };
    let faults = Faults {
        damage: Some(damage),
        ..Faults::default()
    };
    let page = large.faulty_page(faults);
    let sentence = wait_for_failure(&page);
    let length = pieces[4].end - pieces[4].start;
    assert_eq!(large.sent(&page.site.requests())[4], 2 * length);
    page.drop_files(&[disc()]);
    let state = "return document.querySelector('[data-testid=picture-card]')?.dataset.state";
    assert_eq!(page.browser.wait_for("a card", state), "waiting");
    let records = page.browser.records(DATABASE);
    let kept: Vec<usize> = kept_pieces(&records)
        .into_iter()
        .map(|(index, _)| index)
        .collect();
    assert!(kept.len() >= 3 && !kept.contains(&4), "{kept:?}");
    large.report("one wrong byte, always", &page, &sentence);
    page.site.set_faults(MODEL, Faults::default());
    page.site.take_requests();
    page.browser.click("#retry");
    assert_eq!(page.model().0, "network");
    large.ranks(&page);
    let sent = large.sent(&page.site.requests());
    for index in kept {
        assert_eq!(sent[index], 0, "what was right is not fetched again");
    }
}

#[test]
fn a_file_that_is_not_there_is_told() {
    refused(404);
}

#[test]
fn a_server_in_trouble_is_told() {
    refused(500);
}

fn refused(status: u16) {
    let large = Large::new();
    let faults = Faults {
        status: Some(status),
        ..Faults::default()
    };
    let page = large.faulty_page(faults);
    let sentence = wait_for_failure(&page);
    assert!(sentence.contains(&status.to_string()), "{sentence}");
    large.report(&format!("status {status}"), &page, &sentence);
    page.site.set_faults(MODEL, Faults::default());
    page.browser.click("#retry");
    assert_eq!(page.model().0, "network");
    large.ranks(&page);
}

#[test]
fn a_slow_server_shows_how_far_it_is() {
    let large = Large::new();
    let faults = Faults {
        bytes_per_second: Some(MIB / 2),
        ..Faults::default()
    };
    let page = large.faulty_page(faults);
    let text = page.browser.wait_for(
        "a sign of progress",
        "const { value } = document.querySelector('progress') ?? { value: 0 };
         const text = document.querySelector('#model-status').innerText.split('\\n')[0];
         return 0 < value && value < 1 && text",
    );
    let text = text.as_str().unwrap_or_default().to_owned();
    assert!(text.starts_with("Loading the model: "), "{text}");
    page.site.set_faults(MODEL, Faults::default());
    assert_eq!(page.model().0, "network");
    large.ranks(&page);
    large.report("slow", &page, &text);
}

#[test]
fn a_server_without_ranges_streams_and_what_came_is_kept() {
    let large = Large::new();
    let faults = Faults {
        ranges: RangeSupport::Ignored,
        held_from: Some(large.pieces()[3].start + 1),
        ..Faults::default()
    };
    let page = large.faulty_page(faults.clone());
    assert_eq!(wait_for_pieces(&page, 3), [0, 1, 2]);
    let ignored = Faults {
        held_from: None,
        ..faults
    };
    page.site.set_faults(MODEL, ignored.clone());
    assert_eq!(page.model().0, "network");
    assert_eq!(model_requests(&page.site.requests()), 1);
    large.ranks(&page);
    large.report("no ranges", &page, "");
    page.site.set_faults(
        MODEL,
        Faults {
            status: Some(503),
            ..ignored
        },
    );
    page.reload();
    assert_eq!(page.model().0, "cache");
    large.ranks(&page);
}

#[test]
fn a_host_that_gives_up_ranges_in_mid_download_is_followed() {
    let large = Large::new();
    let faults = Faults {
        held_from: Some(large.pieces()[3].start),
        ..Faults::default()
    };
    let page = large.faulty_page(faults);
    wait_for_pieces(&page, 3);
    let faults = Faults {
        ranges: RangeSupport::Ignored,
        ..Faults::default()
    };
    page.site.set_faults(MODEL, faults);
    assert_eq!(page.model().0, "network");
    large.ranks(&page);
    large.report("ranges given up in mid-download", &page, "");
    page.reload();
    assert_eq!(page.model().0, "cache");
}

#[test]
fn a_stream_that_is_cut_begins_again_and_ends() {
    let large = Large::new();
    let cut = large.pieces()[3].start + 1000;
    let faults = Faults {
        ranges: RangeSupport::Ignored,
        cuts: BTreeSet::from([cut]),
        ..Faults::default()
    };
    let page = large.faulty_page(faults);
    assert_eq!(page.model().0, "network");
    large.ranks(&page);
    assert_eq!(page.site.bytes_sent(MODEL), cut + large.size());
    large.report("no ranges, and cut once", &page, "");
}

#[test]
fn a_server_that_hides_its_headers_is_read_all_the_same() {
    let large = Large::new();
    let faults = Faults {
        ranges: RangeSupport::Unlabelled,
        cuts: BTreeSet::from([large.pieces()[2].start + 1000]),
        bytes_per_second: Some(SPEED),
        ..Faults::default()
    };
    let page = large.faulty_page(faults);
    assert_eq!(page.model().0, "network");
    large.ranks(&page);
    assert!(page.site.bytes_sent(MODEL) <= large.size() + MIB);
    large.report("headers hidden, and cut once", &page, "");
}

#[test]
fn a_description_of_no_use_is_told() {
    let large = Large::new();
    let site = large.site();
    let faults = Faults {
        halved: true,
        ..Faults::default()
    };
    site.set_faults(MANIFEST, faults);
    let page = large.page(site);
    let sentence = wait_for_failure(&page);
    large.report("description cut short", &page, &sentence);

    let faults = Faults {
        status: Some(404),
        ..Faults::default()
    };
    page.site.set_faults(MANIFEST, faults);
    page.browser.click("#retry");
    page.site.wait_for("another request", |requests| {
        requests.iter().any(|request| request.status == 404)
    });
    let sentence = wait_for_failure(&page);
    assert!(sentence.contains("404"), "{sentence}");
    large.report("no description", &page, &sentence);

    page.site.set_faults(MANIFEST, Faults::default());
    page.browser.click("#retry");
    assert_eq!(page.model().0, "network");
    large.ranks(&page);
}
