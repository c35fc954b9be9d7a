//! Serves the built page, with some files replaced, held back or missing.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::net::SocketAddr;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::JoinHandle;

use serde_json::json;
use sha2::{Digest, Sha256};
use tiny_http::{Header, Response, Server};

use crate::hub::Hub;

/// Where the page looks for its model, and for what describes it.
const MODEL: &str = "models/demo.safetensors";
const MANIFEST: &str = "models/demo.json";

/// How the server answers for what lies under `models/`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Models {
    /// As it should.
    #[default]
    Served,
    /// The first half of the model, and a description that fits no half.
    Halved,
    /// Status 503.
    Unreachable,
    /// Not until this changes.
    Held,
}

/// A server on a free port; stops when dropped.
pub struct Site {
    server: Arc<Server>,
    state: Arc<State>,
    thread: Option<JoinHandle<()>>,
}

struct State {
    dist: PathBuf,
    models: Mutex<Models>,
    changed: Condvar,
    replaced: BTreeMap<&'static str, Vec<u8>>,
    hub: Option<Arc<Hub>>,
}

impl Site {
    /// Serves `dist/` with `pack` in the place of the demo model, or with the demo model itself.
    ///
    /// # Panics
    /// Where the page was not built, or no port is free.
    pub fn start(pack: Option<Vec<u8>>) -> Self {
        Self::with_hub(pack, None)
    }

    /// Serves a hub beside the page as well.
    ///
    /// # Panics
    /// As [`Site::start`].
    pub fn with_hub(pack: Option<Vec<u8>>, hub: Option<Arc<Hub>>) -> Self {
        let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dist");
        assert!(
            dist.join("index.html").is_file(),
            "build the page first: cargo xtask build"
        );
        let mut replaced = BTreeMap::new();
        if let Some(pack) = pack {
            let sha256: String = Sha256::digest(&pack)
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            let manifest =
                json!({"file": "demo.safetensors", "size": pack.len(), "sha256": sha256});
            replaced.insert(MANIFEST, manifest.to_string().into_bytes());
            replaced.insert(MODEL, pack);
        }
        let state = State {
            dist,
            models: Mutex::default(),
            changed: Condvar::new(),
            replaced,
            hub,
        };
        let server = Server::http("127.0.0.1:0").expect("a free port exists");
        let (server, state) = (Arc::new(server), Arc::new(state));
        let thread = std::thread::spawn({
            let (server, state) = (server.clone(), state.clone());
            move || {
                for request in server.incoming_requests() {
                    let state = state.clone();
                    // One thread a request, so that one held back holds up no other.
                    std::thread::spawn(move || {
                        let range = request
                            .headers()
                            .iter()
                            .find(|header| header.field.equiv("Range"));
                        let range = range.map(|header| header.value.as_str());
                        let response = state.answer(request.url(), range);
                        // A browser that went away needs no answer.
                        let _ = request.respond(response);
                    });
                }
            }
        });
        Self {
            server,
            state,
            thread: Some(thread),
        }
    }

    /// The page's address with a query such as `?device=cpu`, or none.
    pub fn address(&self, query: &str) -> String {
        let address: SocketAddr = self
            .server
            .server_addr()
            .to_ip()
            .expect("the server listens on an IP address");
        format!("http://localhost:{}/{query}", address.port())
    }

    /// Changes how models are answered for, from the next request on.
    pub fn set_models(&self, models: Models) {
        *self.state.models() = models;
        self.state.changed.notify_all();
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.set_models(Models::Unreachable);
        self.server.unblock();
        if let Some(thread) = self.thread.take() {
            // The test has its result whether or not the thread ended well.
            let _ = thread.join();
        }
    }
}

impl State {
    fn models(&self) -> MutexGuard<'_, Models> {
        self.models
            .lock()
            .expect("no thread panics while it holds this")
    }

    fn answer(&self, url: &str, range: Option<&str>) -> Response<Cursor<Vec<u8>>> {
        let path = url
            .split(['?', '#'])
            .next()
            .unwrap_or_default()
            .trim_start_matches('/');
        let path = if path.is_empty() { "index.html" } else { path };
        if let (Some(hub), Some(path)) = (&self.hub, path.strip_prefix("hub/")) {
            return hub.answer(path, range);
        }
        let mut models = Models::Served;
        if path.starts_with("models/") {
            let held = |models: &mut Models| *models == Models::Held;
            let guard = self.changed.wait_while(self.models(), held);
            models = *guard.expect("no thread panics while it holds this");
        }
        let mut bytes = match (models, self.file(path)) {
            (Models::Unreachable, _) => return Response::from_data([]).with_status_code(503),
            (_, None) => return Response::from_data([]).with_status_code(404),
            (_, Some(bytes)) => bytes,
        };
        if models == Models::Halved && path == MODEL {
            bytes.truncate(bytes.len() / 2);
        }
        let kind = Header::from_bytes("Content-Type", content_type(path));
        Response::from_data(bytes).with_header(kind.expect("a content type is plain ASCII"))
    }

    fn file(&self, path: &str) -> Option<Vec<u8>> {
        if let Some(bytes) = self.replaced.get(path) {
            return Some(bytes.clone());
        }
        let inside = Path::new(path)
            .components()
            .all(|part| matches!(part, Component::Normal(_)));
        inside
            .then(|| std::fs::read(self.dist.join(path)).ok())
            .flatten()
    }
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("json" | "webmanifest") => "application/json",
        Some("wasm") => "application/wasm",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        _ => "application/octet-stream",
    }
}
