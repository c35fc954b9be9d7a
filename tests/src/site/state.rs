//! What all requests share.

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
    /// Notified when faults change, so that held answers check again.
    pub(super) faults_changed: watch::Sender<()>,
    pub(super) log: Arc<Log>,
    pub(super) hub: Option<Arc<Hub>>,
}
