//! The server as a test sees it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use tokio::runtime::Runtime;
use tokio::sync::watch;

use super::faults::Faults;
use super::files::{Files, MANIFEST, MODEL};
use super::listener::Listener;
use super::lock::locked;
use super::requests::Request;
use super::state::State;
use crate::hub::Hub;

/// How the server answers for the model and its manifest: the usual [`Faults`] of both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Models {
    /// Correctly.
    #[default]
    Served,
    /// The first half of the model, with the manifest of the whole.
    Halved,
    /// Status 503.
    Unreachable,
    /// Held until this changes.
    Held,
}

/// A server on a free port; stops when dropped.
pub struct Site {
    state: Arc<State>,
    listener: Mutex<Listener>,
    /// Runs the two above, so it comes last; [`Drop`] shuts it down.
    runtime: Option<Runtime>,
}

impl Site {
    /// Serves `dist/`, with `pack` as its model or with the demo model.
    ///
    /// # Panics
    /// If the page was not built, or no port is free.
    pub fn start(pack: Option<Vec<u8>>) -> Self {
        Self::serve("/", pack, None)
    }

    /// Serves a hub beside the page as well.
    ///
    /// # Panics
    /// As [`Site::start`].
    pub fn with_hub(pack: Option<Vec<u8>>, hub: Option<Arc<Hub>>) -> Self {
        Self::serve("/", pack, hub)
    }

    /// Serves the page from a folder of the server, such as `/glance/`, and nothing beside it.
    ///
    /// # Panics
    /// As [`Site::start`].
    pub fn in_folder(folder: &str, pack: Option<Vec<u8>>) -> Self {
        Self::serve(folder, pack, None)
    }

    /// Serves the files of a folder on this machine, under a folder of the server.
    ///
    /// # Panics
    /// If no port is free.
    pub fn of_files(folder: &str, files: PathBuf) -> Self {
        Self::listen(folder, Files::new(files), None)
    }

    fn serve(folder: &str, pack: Option<Vec<u8>>, hub: Option<Arc<Hub>>) -> Self {
        let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("../dist");
        assert!(
            dist.join("index.html").is_file(),
            "build the page first: cargo xtask build"
        );
        let mut files = Files::new(dist);
        if let Some(pack) = pack {
            files.publish(pack);
        }
        Self::listen(folder, files, hub)
    }

    fn listen(folder: &str, files: Files, hub: Option<Arc<Hub>>) -> Self {
        let state = Arc::new(State {
            folder: folder.to_owned(),
            files: Mutex::new(files),
            faults: Mutex::default(),
            shared: Mutex::default(),
            faults_changed: watch::Sender::default(),
            log: Arc::default(),
            hub,
        });
        // A thread of its own answers while a test waits for the page.
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime of one thread starts");
        let listener = runtime.block_on(async {
            let mut listener = Listener::on_free_port();
            listener.open(&state);
            listener
        });
        Self {
            state,
            listener: Mutex::new(listener),
            runtime: Some(runtime),
        }
    }

    /// The page's address with a query such as `?device=cpu`, or none.
    pub fn address(&self, query: &str) -> String {
        format!("{}{}{query}", self.origin(), self.state.folder)
    }

    /// The origin that the browser stores data for.
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", locked(&self.listener).port())
    }

    /// Closes the port and every connection, like a lost network. The origin stays the same.
    pub fn go_offline(&self) {
        let mut listener = locked(&self.listener);
        self.runtime().block_on(listener.close());
    }

    /// Listens again after [`Site::go_offline`].
    pub fn go_online(&self) {
        let mut listener = locked(&self.listener);
        let _running = self.runtime().enter();
        listener.open(&self.state);
    }

    /// Changes the answers for models, from the next request on.
    pub fn set_models(&self, models: Models) {
        let faults = Faults {
            held_from: (models == Models::Held).then_some(0),
            status: (models == Models::Unreachable).then_some(503),
            ..Faults::default()
        };
        self.set_faults(MANIFEST, faults.clone());
        let halved = models == Models::Halved;
        self.set_faults(MODEL, Faults { halved, ..faults });
    }

    /// Changes the faults of the file at `path`, below the page's address.
    pub fn set_faults(&self, path: &'static str, faults: Faults) {
        locked(&self.state.faults).set(path, faults);
        // There is no receiver if nothing is held.
        let _ = self.state.faults_changed.send(());
    }

    /// Lets pages of other sites read the file at `path`, or that there is none.
    pub fn share(&self, path: &'static str) {
        locked(&self.state.shared).insert(path);
    }

    /// Replaces the model, its manifest and its tag. Bodies under way continue with the old bytes.
    pub fn publish(&self, pack: Vec<u8>) {
        locked(&self.state.files).publish(pack);
    }

    /// Also serves the files of a folder, under a path below the page's address that ends in `/`.
    /// They are cached in memory at the first request.
    pub fn mount(&self, path: &'static str, folder: PathBuf) {
        locked(&self.state.files).mount(path, folder);
    }

    /// The folder of the page's code, below its address.
    ///
    /// # Panics
    /// If the built page has no such folder.
    pub fn code(&self) -> String {
        locked(&self.state.files).code()
    }

    /// Prepends a script to a program of the page's code, such as `start_worker.js`, in place of an
    /// earlier script.
    ///
    /// # Panics
    /// If the built page has no such program.
    pub fn put_before(&self, program: &str, script: &str) {
        locked(&self.state.files).put_before(program, script);
    }

    /// Publishes a new version of the page: its code moves to a folder of another name, which the
    /// other files refer to, and the old folder is gone.
    ///
    /// # Panics
    /// If the built page has no such folder.
    pub fn publish_next_version(&self) {
        locked(&self.state.files).next_version();
    }

    /// Every request so far, in order of arrival.
    pub fn requests(&self) -> Vec<Request> {
        self.state.log.all()
    }

    /// Clears the log of requests and returns it.
    pub fn take_requests(&self) -> Vec<Request> {
        self.state.log.take()
    }

    /// Body bytes sent for the file at `path` since the log was last cleared.
    pub fn bytes_sent(&self, path: &str) -> u64 {
        let requests = self.requests();
        let of_it = requests.iter().filter(|request| request.path == path);
        of_it.map(|request| request.sent).sum()
    }

    /// Waits until the requests so far fulfil `condition`.
    ///
    /// # Panics
    /// After three minutes, with the requests.
    pub fn wait_for(&self, what: &str, condition: impl Fn(&[Request]) -> bool) {
        self.state.log.wait_for(what, condition);
    }

    fn runtime(&self) -> &Runtime {
        let runtime = self.runtime.as_ref();
        runtime.expect("a site has its runtime until it is dropped")
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
