//! Several tabs of one browser, all of the same profile.

use fantoccini::wd::WindowHandle;

use super::session::Browser;

/// An open tab.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tab(WindowHandle);

impl Browser {
    /// The current tab.
    pub fn tab(&self) -> Tab {
        Tab(self.run("the tab", async |client| client.window().await))
    }

    /// Opens an empty tab and switches to it.
    pub fn new_tab(&self) -> Tab {
        let tab = self.run("a new tab", async |client| client.new_window(true).await);
        let tab = Tab(tab.handle);
        self.go_to(&tab);
        tab
    }

    /// Switches to a tab.
    pub fn go_to(&self, tab: &Tab) {
        self.run("another tab", async |client| {
            client.switch_to_window(tab.0.clone()).await
        });
    }

    /// Closes the current tab and switches to another.
    pub fn close_tab(&self, next: &Tab) {
        self.run("close the tab", async |client| client.close_window().await);
        self.go_to(next);
    }
}
