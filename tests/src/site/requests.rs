//! The log of requests and of the bytes sent.

use std::ops::Range;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use super::lock::locked;

/// Longest wait for a browser on a busy machine.
const PATIENCE: Duration = Duration::from_secs(180);

/// A request and its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// Below the page's address, without a query.
    pub path: String,
    /// The header `Range`.
    pub range: Option<String>,
    /// Status of the answer; 0 until there is one.
    pub status: u16,
    /// Body bytes sent.
    pub sent: u64,
    /// Whether sending has ended: the body is complete, or one side went away.
    pub ended: bool,
}

impl Request {
    /// The bytes of the file that were sent.
    pub fn part(&self) -> Range<u64> {
        let range = self.range.as_deref().filter(|_| self.status == 206);
        let first = range
            .and_then(|range| {
                range
                    .strip_prefix("bytes=")?
                    .split('-')
                    .next()?
                    .parse()
                    .ok()
            })
            .unwrap_or(0);
        first..first + self.sent
    }
}

/// Requests since the log was last cleared.
#[derive(Default)]
pub(super) struct Log {
    entries: Mutex<Entries>,
    changed: Condvar,
}

#[derive(Default)]
struct Entries {
    /// Number of requests cleared before the first of these.
    taken: usize,
    requests: Vec<Request>,
}

/// A request that is being answered; dropped at its end.
pub(super) struct Entry {
    log: Arc<Log>,
    index: usize,
}

impl Entry {
    /// Changes a request, unless it was cleared.
    pub(super) fn change(&self, change: impl FnOnce(&mut Request)) {
        let mut entries = locked(&self.log.entries);
        let index = self.index.checked_sub(entries.taken);
        if let Some(request) = index.and_then(|index| entries.requests.get_mut(index)) {
            change(request);
        }
        self.log.changed.notify_all();
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.change(|request| request.ended = true);
    }
}

impl Log {
    pub(super) fn add(self: &Arc<Self>, path: &str, range: Option<&str>) -> Entry {
        let mut entries = locked(&self.entries);
        entries.requests.push(Request {
            path: path.to_owned(),
            range: range.map(str::to_owned),
            status: 0,
            sent: 0,
            ended: false,
        });
        self.changed.notify_all();
        Entry {
            log: self.clone(),
            index: entries.taken + entries.requests.len() - 1,
        }
    }

    pub(super) fn all(&self) -> Vec<Request> {
        locked(&self.entries).requests.clone()
    }

    pub(super) fn take(&self) -> Vec<Request> {
        let mut entries = locked(&self.entries);
        entries.taken += entries.requests.len();
        std::mem::take(&mut entries.requests)
    }

    pub(super) fn wait_for(&self, what: &str, condition: impl Fn(&[Request]) -> bool) {
        let waiting = |entries: &mut Entries| !condition(&entries.requests);
        let entries = locked(&self.entries);
        let waited = self.changed.wait_timeout_while(entries, PATIENCE, waiting);
        let (entries, timeout) = waited.expect("no thread panics while it holds this");
        assert!(
            !timeout.timed_out(),
            "waited in vain for {what}; these were asked for: {:#?}",
            entries.requests
        );
    }
}
