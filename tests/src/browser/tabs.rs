//! Several tabs of one browser, all of the same profile.

use fantoccini::wd::WindowHandle;

use super::Browser;

/// A tab that is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab(WindowHandle);

impl Browser {
    /// The tab that everything else here is about.
    pub fn tab(&self) -> Tab {
        Tab(self.run("the tab", async |client| client.window().await))
    }

    /// Opens an empty tab and goes to it.
    pub fn new_tab(&self) -> Tab {
        let tab = self.run("a new tab", async |client| client.new_window(true).await);
        let tab = Tab(tab.handle);
        self.go_to(&tab);
        tab
    }

    /// Goes to another tab.
    pub fn go_to(&self, tab: &Tab) {
        self.run("another tab", async |client| {
            client.switch_to_window(tab.0.clone()).await
        });
    }

    /// Closes the tab in front and goes to another.
    pub fn close_tab(&self, next: &Tab) {
        self.run("close the tab", async |client| client.close_window().await);
        self.go_to(next);
    }
}
