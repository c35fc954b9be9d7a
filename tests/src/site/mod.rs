//! Serves the built page as a static host does, and misbehaves on command.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::Runtime;
use tokio::sync::watch;

use crate::hub::Hub;

mod answers;
mod body;
mod faults;
mod files;
mod listener;
mod ranges;
mod requests;

pub use faults::{Damage, Faults, RangeSupport, Times};
pub use requests::Request;

use files::Files;
use listener::Listener;
use requests::Log;

/// Where the page looks for its model, below its own address.
pub const MODEL: &str = "models/demo.safetensors";
/// Where the page looks for what describes its model.
pub const MANIFEST: &str = "models/demo.json";

/// How the server answers for the model and what describes it: the usual [`Faults`] of both.
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
    state: Arc<State>,
    listener: Mutex<Listener>,
    /// Last, and taken apart in [`Drop`]: it runs the two above.
    runtime: Option<Runtime>,
}

/// What requests are answered from.
struct State {
    /// The page's folder on the server, such as `/` or `/glance/`.
    folder: String,
    files: Mutex<Files>,
    faults: Mutex<faults::ByPath>,
    /// Told when faults change, so that what is held looks again.
    faults_changed: watch::Sender<()>,
    log: Arc<Log>,
    hub: Option<Arc<Hub>>,
}

impl Site {
    /// Serves `dist/` with `pack` in the place of the demo model, or with the demo model itself.
    ///
    /// # Panics
    /// Where the page was not built, or no port is free.
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
        let state = Arc::new(State {
            folder: folder.to_owned(),
            files: Mutex::new(files),
            faults: Mutex::default(),
            faults_changed: watch::Sender::default(),
            log: Arc::default(),
            hub,
        });
        // A thread of its own, so that it answers while a test looks at the page.
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

    /// What the browser keeps its data by.
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", locked(&self.listener).port())
    }

    /// Closes the port and every connection, as a network that goes away. The origin is kept.
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

    /// Changes how models are answered for, from the next request on.
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

    /// Changes what goes wrong with the file at `path` below the page's address.
    pub fn set_faults(&self, path: &'static str, faults: Faults) {
        locked(&self.state.faults).set(path, faults);
        // Nobody listens where nothing is held.
        let _ = self.state.faults_changed.send(());
    }

    /// Another model in the place of the one that was served, with its own description and tag.
    /// What is under way goes on with the old bytes.
    pub fn publish(&self, pack: Vec<u8>) {
        locked(&self.state.files).publish(pack);
    }

    /// Serves the files of a folder too, under a path below the page's address that ends in `/`.
    /// They are kept in memory once they were asked for.
    pub fn mount(&self, path: &'static str, folder: PathBuf) {
        locked(&self.state.files).mount(path, folder);
    }

    /// The folder of the page's code, below its address.
    ///
    /// # Panics
    /// Where the built page has no such folder.
    pub fn code(&self) -> String {
        locked(&self.state.files).code()
    }

    /// Runs a script before a program of the page's code, such as `start_worker.js`, in the place
    /// of the script before.
    ///
    /// # Panics
    /// Where the built page has no such program.
    pub fn put_before(&self, program: &str, script: &str) {
        locked(&self.state.files).put_before(program, script);
    }

    /// A new version of the page: its code lies in a folder of another name, which the files
    /// outside that folder tell, and the folder before is gone.
    ///
    /// # Panics
    /// Where the built page has no such folder.
    pub fn publish_next_version(&self) {
        locked(&self.state.files).next_version();
    }

    /// Every request so far, in the order in which they came.
    pub fn requests(&self) -> Vec<Request> {
        self.state.log.all()
    }

    /// Forgets the requests so far and returns them.
    pub fn take_requests(&self) -> Vec<Request> {
        self.state.log.take()
    }

    /// Bytes of bodies that went out for the file at `path`, since the log was last taken.
    pub fn bytes_sent(&self, path: &str) -> u64 {
        let requests = self.requests();
        let of_it = requests.iter().filter(|request| request.path == path);
        of_it.map(|request| request.sent).sum()
    }

    /// Waits until the requests so far are as they should be.
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

/// What a thread that panicked left behind is as good as the rest of a test that failed.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
