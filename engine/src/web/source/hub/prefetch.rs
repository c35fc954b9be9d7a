//! Fetches whole files before a conversion. An interrupted download can then resume on another day,
//! and files are verified before their weights are used.

use std::cell::Cell;

use glance_protocol::Progress;
use sha2::{Digest, Sha256};

use super::FetchError;
use super::Hub;
use super::MAX_WINDOWS;
use super::index;
use crate::web::model_store::WINDOW;
use crate::web::net::in_flight;
use crate::web::source::hub::error::HubError;
use crate::weights::hexadecimal;

impl Hub {
    /// Fetches the windows of these files that are not stored yet. If windows cannot be stored,
    /// does nothing; the conversion then fetches them on demand.
    pub async fn prefetch(
        &self,
        files: &[&str],
        progress: &dyn Fn(Progress),
    ) -> Result<(), HubError> {
        let Some(stored) = &self.stored else {
            return Ok(());
        };
        let here = stored.indices().await;
        let files: Vec<usize> = files
            .iter()
            .filter_map(|file| self.position(file))
            .collect();
        let total: u64 = files.iter().map(|file| self.entries[*file].size).sum();
        let received = Cell::new(0u64);
        let advance = |bytes: i64| {
            received.set(received.get().saturating_add_signed(bytes));
            progress(Progress::Fetching {
                received: received.get() as f64,
                total: Some(total as f64),
            });
        };
        let mut missing = Vec::new();
        for (file, window) in self.windows_of(&files) {
            if here.binary_search(&index(file, window)).is_ok() {
                let range = self.range(file, window);
                advance((range.end - range.start) as i64);
            } else {
                missing.push((file, window));
            }
        }
        in_flight::for_each_concurrent(missing, |(file, window)| async move {
            if stored.takes_more() {
                self.fetch_window(file, window, advance).await?;
            }
            Ok::<_, FetchError>(())
        })
        .await?;
        self.verify(&files, progress).await
    }

    /// Verifies each completely stored file whose SHA-256 the Hub lists.
    async fn verify(&self, files: &[usize], progress: &dyn Fn(Progress)) -> Result<(), HubError> {
        for file in files {
            let (entry, remote) = (&self.entries[*file], &self.files[*file]);
            let Some(expected) = &remote.sha256 else {
                continue;
            };
            let mut hash = Sha256::new();
            let mut whole = true;
            for (file, window) in self.windows_of(&[*file]) {
                if self.signal.aborted() {
                    return Err(FetchError::Aborted.into());
                }
                progress(Progress::Checking {
                    done: self.range(file, window).start as f64,
                    total: entry.size as f64,
                });
                match self.stored_window(file, window).await {
                    Some(bytes) => hash.update(bytes.to_vec()),
                    None => whole = false,
                }
            }
            if whole && hexadecimal(&hash.finalize()) != *expected {
                if let Some(stored) = &self.stored {
                    stored.clear().await;
                }
                return Err(HubError::Damaged(entry.name.clone()));
            }
        }
        Ok(())
    }

    fn windows_of(&self, files: &[usize]) -> impl Iterator<Item = (usize, usize)> {
        let windows = |file: &usize| {
            let count = self.entries[*file].size.div_ceil(WINDOW);
            let file = *file;
            (0..MAX_WINDOWS.min(count as usize)).map(move |window| (file, window))
        };
        files
            .iter()
            .flat_map(windows)
            .collect::<Vec<_>>()
            .into_iter()
    }
}
