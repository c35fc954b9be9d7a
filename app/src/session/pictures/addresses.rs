//! Pictures of other sites, which are fetched when the person asks for them.

use web_sys::Url;

use super::arriving::Gathering;
use crate::browser::remote_picture;
use crate::format;
use crate::session::state::Session;
use crate::texts;

impl Session {
    /// Fetches pictures one after the other and adds each. Returns the addresses of those that are
    /// not here at the end.
    pub async fn add_from(self, addresses: Vec<Url>) -> Vec<Url> {
        let total = addresses.len();
        let progress = |done| Gathering::Addresses { done, total };
        let Some(stop) = self.start_gathering(progress(0)) else {
            return addresses;
        };
        let (mut left, mut first) = (Vec::new(), None);
        for (done, url) in addresses.into_iter().enumerate() {
            self.show_gathering(&stop, progress(done));
            let request = stop.next_request().filter(|_| !stop.is_stopped());
            let Some(request) = request else {
                left.push(url);
                continue;
            };
            match remote_picture::fetch(&url, &request).await {
                Ok(file) => self.add_files([file]),
                Err(problem) => {
                    first.get_or_insert_with(|| problem.sentence(&url));
                    left.push(url);
                }
            }
        }
        self.end_gathering(&stop);
        let (failed, all) = (format::count(left.len()), format::count(total));
        match first {
            _ if stop.is_stopped() => {
                let here = format::count(total - left.len());
                self.say(texts::library_fetch_stopped(&here, &all));
            }
            Some(first) if left.len() == 1 => self.say(first),
            Some(first) => self.say(texts::library_fetch_failed(&failed, &all, &first)),
            None => {}
        }
        left
    }
}
