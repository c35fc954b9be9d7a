//! One session of a browser, driven through WebDriver.

use std::process::Child;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use url::Url;

use super::start::{Camera, SiteData, Webgpu, capabilities, driver};

/// Longest wait for anything: a network on a software renderer on a busy machine.
pub(super) const PATIENCE: Duration = Duration::from_secs(180);
const POLL: Duration = Duration::from_millis(40);

/// A browser with one fresh profile; closed when dropped.
pub struct Browser {
    pub(super) runtime: Runtime,
    pub(super) client: Option<Client>,
    pub(super) driver: Child,
    /// The browser's files. Drivers leave them behind, so they are removed with this value.
    _folder: TempDir,
}

impl Browser {
    /// Starts the browser that `cargo xtask test` found.
    ///
    /// # Panics
    /// If it does not start.
    pub fn start(webgpu: Webgpu) -> Self {
        Self::start_as(webgpu, SiteData::Kept, Camera::Own)
    }

    /// Starts the browser that `cargo xtask test` found, with these settings.
    ///
    /// # Panics
    /// If it does not start.
    pub fn start_with(webgpu: Webgpu, site_data: SiteData) -> Self {
        Self::start_as(webgpu, site_data, Camera::Own)
    }

    /// Starts the browser that `cargo xtask test` found, with this camera.
    ///
    /// # Panics
    /// If it does not start.
    pub fn start_with_camera(camera: Camera) -> Self {
        Self::start_as(Webgpu::Software, SiteData::Kept, camera)
    }

    fn start_as(webgpu: Webgpu, site_data: SiteData, camera: Camera) -> Self {
        let folder = TempDir::with_prefix("glance-").expect("the temporary folder is writable");
        let (driver, port) = driver(folder.path());
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime of one thread starts");
        let connect = async {
            ClientBuilder::new(HttpConnector::new())
                .capabilities(capabilities(webgpu, site_data, camera))
                .connect(&format!("http://127.0.0.1:{port}"))
                .await
        };
        let client = Some(runtime.block_on(connect).expect("the browser starts"));
        Self {
            runtime,
            client,
            driver,
            _folder: folder,
        }
    }

    pub(super) fn run<T, E: std::fmt::Display>(
        &self,
        what: &str,
        work: impl AsyncFnOnce(&Client) -> Result<T, E>,
    ) -> T {
        let client = self
            .client
            .as_ref()
            .expect("a browser has a client until it is dropped");
        match self.runtime.block_on(work(client)) {
            Ok(value) => value,
            Err(error) => panic!("{what}: {error}"),
        }
    }

    /// Opens an address.
    pub fn open(&self, address: &str) {
        self.run(address, async |client| client.goto(address).await);
    }

    /// Loads the page again.
    pub fn reload(&self) {
        self.run("reload", async |client| client.refresh().await);
    }

    /// Types into the element at `css`, once it is there. A file input takes a path.
    pub fn type_into(&self, css: &str, keys: &str) {
        self.appears(css);
        self.run(css, async |client| {
            client.find(Locator::Css(css)).await?.send_keys(keys).await
        });
    }

    /// Scrolls the element at `css`, once it is there, to the middle of the window and clicks it. At
    /// the edge the page's sticky status may lie over it.
    pub fn click(&self, css: &str) {
        self.appears(css);
        let scroll = "document.querySelector(arguments[0])?.scrollIntoView({ block: 'center' })";
        self.execute(scroll, vec![css.into()]);
        self.run(css, async |client| {
            client.find(Locator::Css(css)).await?.click().await
        });
    }

    /// Waits for an element: the code of some parts of the page is fetched when they are first shown.
    fn appears(&self, css: &str) {
        let script = format!("return document.querySelector({}) !== null", json!(css));
        self.wait_for(css, &script);
    }

    /// Runs a function body in the page with `arguments`.
    pub fn execute(&self, body: &str, arguments: Vec<Value>) -> Value {
        self.run(body, async |client| client.execute(body, arguments).await)
    }

    /// Runs the body of an asynchronous function in the page with `arguments`.
    ///
    /// # Panics
    /// If it throws or takes half a minute.
    pub fn execute_async(&self, body: &str, arguments: Vec<Value>) -> Value {
        let script = format!(
            "const arguments_ = Array.from(arguments);
             const done = arguments_.pop();
             (async function () {{ {body} }})(...arguments_)
                 .then(value => done({{ value }}), error => done({{ error: String(error) }}));"
        );
        let outcome = self.run(body, async |client| {
            client.execute_async(&script, arguments).await
        });
        match outcome.get("error") {
            None => outcome["value"].clone(),
            Some(error) => panic!("{body}: {error}"),
        }
    }

    /// Waits until the function body returns something truthy, and returns that.
    ///
    /// # Panics
    /// After three minutes, with what the page shows by then.
    pub fn wait_for(&self, what: &str, body: &str) -> Value {
        let start = Instant::now();
        loop {
            let value = self.execute(body, Vec::new());
            if !matches!(value, Value::Null | Value::Bool(false)) {
                return value;
            }
            if start.elapsed() > PATIENCE {
                let shown = self.execute("return document.body.innerText", Vec::new());
                let console = self.console_errors();
                panic!("waited in vain for {what}; the page says {shown}, its console {console:?}");
            }
            self.pause();
        }
    }

    /// Pauses between two polls.
    pub(super) fn pause(&self) {
        self.runtime
            .block_on(async { tokio::time::sleep(POLL).await });
    }

    /// Errors written to the console since the last call.
    pub fn console_errors(&self) -> Vec<String> {
        let entries = self.command("se/log", json!({"type": "browser"}));
        let entries = entries.as_array().expect("the browser's log is a list");
        entries
            .iter()
            .filter(|entry| entry["level"] == "SEVERE")
            .map(|entry| entry["message"].to_string())
            .collect()
    }

    /// A command of the Chrome DevTools Protocol.
    pub fn devtools(&self, name: &str, parameters: Value) -> Value {
        self.command(
            "goog/cdp/execute",
            json!({"cmd": name, "params": parameters}),
        )
    }

    /// The whole page as PNG, beyond the viewport too.
    pub fn screenshot(&self) -> Vec<u8> {
        let all = json!({"captureBeyondViewport": true});
        let screenshot = self.devtools("Page.captureScreenshot", all);
        let data = screenshot["data"]
            .as_str()
            .expect("a screenshot comes as text");
        BASE64.decode(data).expect("a screenshot's text is base64")
    }

    fn command(&self, path: &'static str, body: Value) -> Value {
        self.run(path, async |client| {
            client.issue_cmd(Extension { path, body }).await
        })
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            // A session that cannot be closed ends with its driver.
            let _ = self.runtime.block_on(client.close());
        }
        let _ = self.driver.kill();
        let _ = self.driver.wait();
    }
}

/// A command of chromedriver's own.
#[derive(Debug)]
struct Extension {
    path: &'static str,
    body: Value,
}

impl WebDriverCompatibleCommand for Extension {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, url::ParseError> {
        base.join(&format!(
            "session/{}/{}",
            session.unwrap_or_default(),
            self.path
        ))
    }

    fn method_and_body(&self, _: &Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(self.body.to_string()))
    }
}
