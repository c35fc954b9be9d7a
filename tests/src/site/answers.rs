//! What is answered to a request.

use std::sync::Arc;

use http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    IF_RANGE, LOCATION, RANGE,
};
use http::{HeaderMap, HeaderName, Method, Response, StatusCode};
use hyper::body::Incoming;

use super::body::{Body, Sending, empty};
use super::faults::RangeSupport;
use super::files::{File, content_type};
use super::ranges::{Wanted, wanted};
use super::requests::Entry;
use super::{State, locked};

/// What GitHub Pages sends with every file.
const CACHING: &str = "max-age=600";

pub(super) async fn answer(
    state: &Arc<State>,
    request: &http::Request<Incoming>,
) -> Response<Body> {
    let Some(path) = request.uri().path().strip_prefix(&state.folder) else {
        return match state.folder.strip_suffix('/') {
            Some(folder) if folder == request.uri().path() => {
                with_headers(StatusCode::MOVED_PERMANENTLY, &[(LOCATION, &state.folder)])
            }
            _ => with_headers(StatusCode::NOT_FOUND, &[]),
        };
    };
    let path = if path.is_empty() { "index.html" } else { path };
    let header = |name| text(request.headers(), name);
    let entry = state.log.add(path, header(RANGE));
    let response = match *request.method() {
        Method::GET | Method::HEAD => file(state, path, entry, request.headers()).await,
        _ => with_headers(StatusCode::METHOD_NOT_ALLOWED, &[]),
    };
    let status = response.status().as_u16();
    state.log.change(entry, |request| request.status = status);
    response
}

async fn file(state: &Arc<State>, path: &str, entry: Entry, headers: &HeaderMap) -> Response<Body> {
    let range = text(headers, RANGE);
    // What goes wrong is decided when the answer begins, and it begins with its first byte.
    let mut changes = state.faults_changed.subscribe();
    let (faults, file) = loop {
        let faults = locked(&state.faults).of(path);
        let file = found(state, path);
        let length = file.as_ref().map_or(0, File::length);
        let first = match wanted(range, length) {
            Wanted::Part(part) => part.start,
            Wanted::Whole | Wanted::Beyond => 0,
        };
        if faults.held_from.is_none_or(|held_from| first < held_from) {
            break (faults, file);
        }
        if changes.changed().await.is_err() {
            return with_headers(StatusCode::SERVICE_UNAVAILABLE, &[]);
        }
    };
    if let Some(status) = faults.status {
        let status = StatusCode::from_u16(status).expect("a test names a status that there is");
        return with_headers(status, &[]);
    }
    let Some(mut file) = file else {
        return with_headers(StatusCode::NOT_FOUND, &[]);
    };
    if faults.halved {
        file = File::new(file.bytes[..file.bytes.len() / 2].to_vec());
    }
    let length = file.length();
    let tag = file.tag.as_str();
    if text(headers, IF_NONE_MATCH).is_some_and(|tags| tags.contains(tag)) {
        return with_headers(
            StatusCode::NOT_MODIFIED,
            &[(ETAG, tag), (CACHE_CONTROL, CACHING)],
        );
    }
    let same = text(headers, IF_RANGE).is_none_or(|known| known == tag);
    let wanted = match faults.ranges {
        RangeSupport::Ignored => Wanted::Whole,
        _ if !same => Wanted::Whole,
        _ => wanted(range, length),
    };
    let (status, left) = match wanted {
        Wanted::Whole => (StatusCode::OK, 0..length),
        Wanted::Part(part) => (StatusCode::PARTIAL_CONTENT, part),
        Wanted::Beyond => {
            let content_range = format!("bytes */{length}");
            let headers = [(CONTENT_RANGE, content_range.as_str())];
            return with_headers(StatusCode::RANGE_NOT_SATISFIABLE, &headers);
        }
    };
    if let (Some(hub), Some(path)) = (&state.hub, path.strip_prefix("hub/")) {
        hub.note(path, (left.end - left.start) as usize);
    }
    let count = (left.end - left.start).to_string();
    let content_range = format!(
        "bytes {}-{}/{length}",
        left.start,
        left.end.saturating_sub(1)
    );
    let mut headers = vec![(CONTENT_TYPE, content_type(path)), (CACHE_CONTROL, CACHING)];
    if faults.ranges != RangeSupport::Unlabelled {
        headers.extend([(ETAG, tag), (CONTENT_LENGTH, &count)]);
        if faults.ranges == RangeSupport::Full {
            headers.push((ACCEPT_RANGES, "bytes"));
        }
        if status == StatusCode::PARTIAL_CONTENT {
            headers.push((CONTENT_RANGE, &content_range));
        }
    }
    let sending = Sending {
        state: state.clone(),
        entry,
        path: path.to_owned(),
        file: file.bytes,
        left,
        sent: 0,
    };
    let mut response = with_headers(status, &headers);
    *response.body_mut() = sending.body();
    response
}

fn found(state: &State, path: &str) -> Option<File> {
    match (&state.hub, path.strip_prefix("hub/")) {
        (Some(hub), Some(path)) => hub.file(path).map(File::new),
        _ => locked(&state.files).get(path),
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

fn with_headers(status: StatusCode, headers: &[(HeaderName, &str)]) -> Response<Body> {
    let mut response = Response::builder().status(status);
    for (name, value) in headers {
        response = response.header(name, *value);
    }
    response
        .body(empty())
        .expect("the headers above are plain ASCII")
}
