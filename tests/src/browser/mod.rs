//! A headless browser driven through WebDriver, one session a value.
//!
//! ```text
//! session     opens, clicks, types, waits;  start  launches the browser and its driver
//! tabs        several tabs;  roles  finds elements as a screen reader does
//! site_data   what the page stored
//! processes   memory of the browser's processes
//! ```

mod processes;
mod roles;
mod session;
mod site_data;
mod start;
mod tabs;

pub use processes::{Memory, MemoryWatch};
pub use roles::Key;
pub use session::Browser;
pub use site_data::Record;
pub use start::{Camera, SiteData, Webgpu};
pub use tabs::Tab;
