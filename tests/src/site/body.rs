//! A body that is sent step by step, with the faults of its file.

use std::io::{Error, ErrorKind};
use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::stream;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Empty, StreamBody};
use hyper::body::Frame;

use super::faults::Step;
use super::lock::locked;
use super::requests::Entry;
use super::state::State;

const CHUNK: u64 = 16 << 10;
/// Chunks a second of a body with limited speed.
const DROPS_PER_SECOND: u64 = 20;

/// The body of an answer.
pub(super) type Body = UnsyncBoxBody<Bytes, Error>;

/// The rest of a body that is being sent.
struct Sending {
    state: Arc<State>,
    entry: Entry,
    path: String,
    file: Bytes,
    left: Range<u64>,
    sent: u64,
}

pub(super) fn empty() -> Body {
    Empty::new().map_err(|never| match never {}).boxed_unsync()
}

/// The bytes of a file that answer a request.
pub(super) struct Part {
    pub file: Bytes,
    pub range: Range<u64>,
}

impl Part {
    pub(super) fn body(self, state: &Arc<State>, path: &str, entry: Entry) -> Body {
        let sending = Sending {
            state: state.clone(),
            entry,
            path: path.to_owned(),
            file: self.file,
            left: self.range,
            sent: 0,
        };
        let steps = stream::unfold(Some(sending), async |sending| {
            let mut sending = sending?;
            match sending.next().await? {
                Ok(bytes) => Some((Ok(Frame::data(bytes)), Some(sending))),
                Err(cut) => Some((Err(cut), None)),
            }
        });
        StreamBody::new(steps).boxed_unsync()
    }
}

impl Sending {
    async fn next(&mut self) -> Option<Result<Bytes, Error>> {
        if self.left.is_empty() {
            return None;
        }
        // Lets earlier bytes leave for the browser.
        tokio::task::yield_now().await;
        let (range, wrong) = loop {
            let mut changes = self.state.faults_changed.subscribe();
            let most = self.drip().await.unwrap_or(CHUNK);
            let step = locked(&self.state.faults).step(&self.path, &self.left, self.sent, most);
            match step {
                Step::Send(range, wrong) => break (range, wrong),
                // Ends with the site.
                Step::Hold => changes.changed().await.ok()?,
                Step::Cut => return Some(Err(ErrorKind::ConnectionAborted.into())),
            }
        };
        let mut bytes = self.file.slice(range.start as usize..range.end as usize);
        if let Some(wrong) = wrong {
            let mut damaged = bytes.to_vec();
            damaged[(wrong - range.start) as usize] ^= 1;
            bytes = damaged.into();
        }
        self.left.start = range.end;
        self.sent += bytes.len() as u64;
        let sent = self.sent;
        self.entry.change(|request| request.sent = sent);
        Some(Ok(bytes))
    }

    /// Waits for the next chunk of a body with limited speed, and returns its size.
    async fn drip(&self) -> Option<u64> {
        let rate = locked(&self.state.faults).of(&self.path).bytes_per_second?;
        tokio::time::sleep(Duration::from_secs(1) / DROPS_PER_SECOND as u32).await;
        Some((rate / DROPS_PER_SECOND).max(1))
    }
}
