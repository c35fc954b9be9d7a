//! Shared by tests of downloads and storage: a large model, and what was sent and stored of it.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use glance_engine::weights::Manifest;
use glance_tests::browser::{Browser, Record, Webgpu};
use glance_tests::model::{Native, large_random_pack, manifest};
use glance_tests::page::Page;
use glance_tests::pictures::disc;
use glance_tests::site::{Faults, MODEL, Request, Site};

use crate::bad_input::one_sentence;
use crate::ranking::{LABELS, agrees};

pub const DATABASE: &str = "glance";
/// Longest piece.
pub const MIB: u64 = 1 << 20;
pub const QUERY: &str = "?device=cpu";
const PIECES: &str = "pieces";
const SEED: u64 = 4;

/// A model of several pieces.
pub struct Large {
    pub pack: Vec<u8>,
    pub manifest: Manifest,
}

impl Large {
    pub fn new() -> Self {
        Self::of_seed(SEED)
    }

    pub fn of_seed(seed: u64) -> Self {
        let pack = large_random_pack(seed);
        let manifest = manifest(&pack);
        Self { pack, manifest }
    }

    pub fn size(&self) -> u64 {
        self.manifest.size
    }

    /// Where each piece lies in the file.
    pub fn pieces(&self) -> Vec<Range<u64>> {
        let pieces = 0..self.manifest.pieces.len();
        pieces.map(|index| self.manifest.piece(index)).collect()
    }

    /// A site that serves it.
    pub fn site(&self) -> Site {
        Site::start(Some(self.pack.clone()))
    }

    /// Its page in a browser of its own.
    pub fn page(&self, site: Site) -> Page {
        Page::open_in(Browser::start(Webgpu::Software), site, QUERY)
    }

    /// Its page, from a server whose answers for the model are faulty.
    pub fn faulty_page(&self, faults: Faults) -> Page {
        let site = self.site();
        site.set_faults(MODEL, faults);
        self.page(site)
    }

    /// Drops a picture and checks its ranking against the native engine. It is another file each time,
    /// so that the model has to encode it.
    pub fn ranks(&self, page: &Page) {
        static DROPPED: AtomicUsize = AtomicUsize::new(0);
        let number = DROPPED.fetch_add(1, Ordering::Relaxed);
        page.set_labels(&LABELS);
        page.drop_files(&[disc().copy(number)]);
        let cards = "return document.querySelectorAll('[data-testid=picture-card]').length";
        let cards = page.browser.wait_for("a card", cards).as_u64().unwrap_or(1) as usize;
        agrees(page, &Native::load(self.pack.clone()), cards - 1, &disc());
    }

    /// Bytes sent of each piece.
    pub fn sent(&self, requests: &[Request]) -> Vec<u64> {
        let parts = parts(requests);
        let of_piece = |piece: &Range<u64>| {
            let shared = |part: &Range<u64>| {
                let end = part.end.min(piece.end);
                end.saturating_sub(part.start.max(piece.start))
            };
            parts.iter().map(shared).sum()
        };
        self.pieces().iter().map(of_piece).collect()
    }

    /// Prints a row of a table: what went wrong, the model's size, bytes sent, bytes sent again,
    /// and what the person reads.
    pub fn report(&self, what: &str, page: &Page, sentence: &str) {
        let sent = page.site.bytes_sent(MODEL);
        let mut parts = parts(&page.site.requests());
        parts.sort_by_key(|part| part.start);
        let mut end = 0;
        let mut again = 0;
        for part in parts {
            again += part.end.min(end).saturating_sub(part.start);
            end = end.max(part.end);
        }
        println!(
            "| {what} | {} | {sent} | {again} | {sentence} |",
            self.size()
        );
    }
}

/// Number of requests for the model's file.
pub fn model_requests(requests: &[Request]) -> usize {
    let of_it = requests.iter().filter(|request| request.path == MODEL);
    of_it.count()
}

/// The ranges sent of the model's file, one a request.
fn parts(requests: &[Request]) -> Vec<Range<u64>> {
    let of_it = requests.iter().filter(|request| request.path == MODEL);
    of_it.map(Request::part).collect()
}

/// The pieces that a browser has stored, each with its index.
pub fn kept_pieces(records: &[Record]) -> Vec<(usize, &Record)> {
    let pieces = records.iter().filter(|record| record.store == PIECES);
    let index = |record: &Record| record.key[1].as_u64().map(|index| index as usize);
    pieces
        .filter_map(|record| Some((index(record)?, record)))
        .collect()
}

/// Waits until this many pieces are stored; returns their indices.
pub fn wait_for_pieces(page: &Page, count: usize) -> Vec<usize> {
    let what = format!("{count} pieces");
    let records = page.browser.wait_for_records(DATABASE, &what, |records| {
        kept_pieces(records).len() == count
    });
    kept_pieces(&records)
        .into_iter()
        .map(|(index, _)| index)
        .collect()
}

/// Waits until the model has failed; returns the sentence about it.
pub fn wait_for_failure(page: &Page) -> String {
    let sentence = page.model_failure();
    one_sentence(&sentence);
    sentence
}

/// The message beside the running model.
pub fn wait_for_message(page: &Page) -> String {
    let message = page.message();
    one_sentence(&message);
    message
}
