//! What all requests share.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use tokio::sync::watch;

use super::faults::ByPath;
use super::files::Files;
use super::requests::Log;
use crate::hub::Hub;

/// State shared by all requests.
pub(super) struct State {
    /// The page's folder on the server, such as `/` or `/glance/`.
    pub(super) folder: String,
    pub(super) files: Mutex<Files>,
    pub(super) faults: Mutex<ByPath>,
    /// Files that pages of other sites may read.
    pub(super) shared: Mutex<BTreeSet<&'static str>>,
    /// Notified when faults change, so that held answers check again.
    pub(super) faults_changed: watch::Sender<()>,
    pub(super) log: Arc<Log>,
    pub(super) hub: Option<Arc<Hub>>,
}
