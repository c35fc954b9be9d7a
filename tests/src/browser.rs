//! A headless browser driven through WebDriver, one session a value.

use std::env;
use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use fantoccini::wd::{Capabilities, WebDriverCompatibleCommand};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tokio::runtime::Runtime;
use url::Url;

/// Longest wait for anything: a network on a software renderer on a busy machine.
const PATIENCE: Duration = Duration::from_secs(180);
const POLL: Duration = Duration::from_millis(40);

/// Whether the browser offers the page a WebGPU adapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Webgpu {
    /// Chromium's software renderer.
    Software,
    /// None, as in a browser without WebGPU.
    None,
}

/// A browser with one fresh profile; closed when dropped.
pub struct Browser {
    runtime: Runtime,
    client: Option<Client>,
    driver: Child,
}

impl Browser {
    /// Starts the browser that `cargo xtask test` found.
    ///
    /// # Panics
    /// Where it does not start.
    pub fn start(webgpu: Webgpu) -> Self {
        let program = env::var_os("CHROMEDRIVER").unwrap_or_else(|| "chromedriver".into());
        let mut driver = Command::new(program)
            .arg("--port=0")
            .stdout(Stdio::piped())
            .spawn()
            .expect("chromedriver starts; `cargo xtask test e2e` says what to install");
        let port = port(&mut driver);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime of one thread starts");
        let connect = async {
            ClientBuilder::new(HttpConnector::new())
                .capabilities(capabilities(webgpu))
                .connect(&format!("http://127.0.0.1:{port}"))
                .await
        };
        let client = Some(runtime.block_on(connect).expect("the browser starts"));
        Self {
            runtime,
            client,
            driver,
        }
    }

    fn run<T, E: std::fmt::Display>(
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

    /// Types into the element at `css`. A file input takes a path.
    pub fn type_into(&self, css: &str, keys: &str) {
        self.run(css, async |client| {
            client.find(Locator::Css(css)).await?.send_keys(keys).await
        });
    }

    /// Clicks the element at `css`.
    pub fn click(&self, css: &str) {
        self.run(css, async |client| {
            client.find(Locator::Css(css)).await?.click().await
        });
    }

    /// Runs a function body in the page; `arguments` is what it is given.
    pub fn execute(&self, body: &str, arguments: Vec<Value>) -> Value {
        self.run(body, async |client| client.execute(body, arguments).await)
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
            self.runtime
                .block_on(async { tokio::time::sleep(POLL).await });
        }
    }

    /// Errors written to the console since this was last asked.
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

    /// The whole page as PNG, what has to be scrolled to included.
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

/// The port that a driver says it listens on.
fn port(driver: &mut Child) -> u16 {
    let output = driver.stdout.take().expect("the driver's output is piped");
    let mut lines = BufReader::new(output).lines().map_while(Result::ok);
    let port = lines
        .find_map(|line| {
            line.split_once("successfully on port ")?
                .1
                .trim_end_matches('.')
                .parse()
                .ok()
        })
        .expect("chromedriver tells its port");
    // Keeps the pipe from filling.
    std::thread::spawn(move || lines.for_each(drop));
    port
}

fn capabilities(webgpu: Webgpu) -> Capabilities {
    let path = env::var_os("GLANCE_WEBDRIVER_JSON")
        .expect("GLANCE_WEBDRIVER_JSON is set by `cargo xtask test e2e`");
    let file = std::fs::read(path).expect("the file of capabilities is readable");
    let mut capabilities: Capabilities =
        serde_json::from_slice(&file).expect("the file of capabilities is a JSON object");
    let flags = capabilities["goog:chromeOptions"]["args"]
        .as_array_mut()
        .expect("the capabilities hold the browser's arguments");
    if webgpu == Webgpu::None {
        flags.retain(|flag| !flag.as_str().is_some_and(|flag| flag.contains("webgpu")));
    }
    capabilities.insert("goog:loggingPrefs".to_owned(), json!({"browser": "ALL"}));
    capabilities
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
