//! Answers to requests.

use std::sync::Arc;

use http::header::{
    ACCEPT_RANGES, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE,
    CONTENT_TYPE, ETAG, IF_NONE_MATCH, IF_RANGE, LOCATION, RANGE,
};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Response, StatusCode};
use hyper::body::Incoming;

use super::body::{Body, Part, empty};
use super::faults::{Faults, RangeSupport};
use super::files::{File, content_type};
use super::lock::locked;
use super::ranges::{Wanted, wanted};
use super::state::State;

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
    let answer = match *request.method() {
        Method::GET | Method::HEAD => file(state, path, request.headers()).await,
        _ => (with_headers(StatusCode::METHOD_NOT_ALLOWED, &[]), None),
    };
    let (mut response, part) = answer;
    if locked(&state.shared).contains(path) {
        let anyone = HeaderValue::from_static("*");
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, anyone);
    }
    let status = response.status().as_u16();
    entry.change(|request| request.status = status);
    if let Some(part) = part {
        *response.body_mut() = part.body(state, path, entry);
    }
    response
}

/// The response for a file without its body, and the part of the file to send.
async fn file(
    state: &Arc<State>,
    path: &str,
    headers: &HeaderMap,
) -> (Response<Body>, Option<Part>) {
    let alone = |status, headers: &[_]| (with_headers(status, headers), None);
    let range = text(headers, RANGE);
    let (faults, file) = released(state, path, range).await;
    if let Some(status) = faults.status {
        let status = StatusCode::from_u16(status).expect("a test names a status that there is");
        return alone(status, &[]);
    }
    let Some(mut file) = file else {
        return alone(StatusCode::NOT_FOUND, &[]);
    };
    if faults.halved {
        file = File::new(file.bytes[..file.bytes.len() / 2].to_vec());
    }
    let length = file.length();
    let tag = file.tag.as_str();
    if text(headers, IF_NONE_MATCH).is_some_and(|tags| tags.contains(tag)) {
        let headers = [(ETAG, tag), (CACHE_CONTROL, CACHING)];
        return alone(StatusCode::NOT_MODIFIED, &headers);
    }
    let same = text(headers, IF_RANGE).is_none_or(|known| known == tag);
    let wanted = match faults.ranges {
        RangeSupport::Ignored => Wanted::Whole,
        _ if !same => Wanted::Whole,
        _ => wanted(range, length),
    };
    let (status, range) = match wanted {
        Wanted::Whole => (StatusCode::OK, 0..length),
        Wanted::Part(part) => (StatusCode::PARTIAL_CONTENT, part),
        Wanted::Beyond => {
            let content_range = format!("bytes */{length}");
            let headers = [(CONTENT_RANGE, content_range.as_str())];
            return alone(StatusCode::RANGE_NOT_SATISFIABLE, &headers);
        }
    };
    let count = range.end - range.start;
    if let (Some(hub), Some(path)) = (&state.hub, path.strip_prefix("hub/")) {
        hub.note(path, count as usize);
    }
    let last = range.end.saturating_sub(1);
    let (count, content_range) = (
        count.to_string(),
        format!("bytes {}-{last}/{length}", range.start),
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
    let response = with_headers(status, &headers);
    let file = file.bytes;
    (response, Some(Part { file, range }))
}

/// Waits until the first requested byte is not held: an answer begins with it. Returns the faults
/// and the file.
async fn released(state: &State, path: &str, range: Option<&str>) -> (Faults, Option<File>) {
    let mut changes = state.faults_changed.subscribe();
    loop {
        let faults = locked(&state.faults).of(path);
        let file = found(state, path);
        let length = file.as_ref().map_or(0, File::length);
        let first = match wanted(range, length) {
            Wanted::Part(part) => part.start,
            Wanted::Whole | Wanted::Beyond => 0,
        };
        let held = faults.held_from.is_some_and(|from| first >= from);
        // The site is ending, so nothing is held any more.
        if !held || changes.changed().await.is_err() {
            return (faults, file);
        }
    }
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
