//! Pictures on other sites, by their address.

use gloo_timers::callback::Timeout;
use js_sys::{Array, Uint8Array};
use leptos::prelude::window;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, File, FilePropertyBag, ReadableStreamDefaultReader, ReferrerPolicy,
    RequestCredentials, RequestInit, RequestMode, Response, Url,
};

use crate::format;
use crate::texts;

/// Most addresses at a time.
pub const MAX_ADDRESSES: usize = 100;
/// Most bytes of a picture.
const MAX_BYTES: f64 = 100e6;
/// How long a picture may take.
const MAX_MILLISECONDS: u32 = 30_000;
/// Most characters of a picture's name.
const MAX_NAME: usize = 100;

#[wasm_bindgen]
extern "C" {
    /// What a reader of a stream returns.
    type Chunk;
    #[wasm_bindgen(method, getter)]
    fn value(this: &Chunk) -> Option<Uint8Array>;
}

/// Why a picture cannot be fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The site is out of reach, or lets no other page read it: a browser does not tell which.
    Unreadable,
    /// The site answered with this status.
    Status(u16),
    /// Something else is there.
    NoPicture,
    /// It has more than [`MAX_BYTES`].
    Large,
    /// It took longer than [`MAX_MILLISECONDS`].
    Slow,
}

impl Problem {
    /// The problem with the picture at this address, as a sentence.
    pub fn sentence(self, url: &Url) -> String {
        let site = match url.host() {
            host if host.is_empty() => texts::add_site_unnamed().to_owned(),
            host => texts::add_site(&host),
        };
        match self {
            Self::Unreadable => texts::add_site_unreadable(&site),
            Self::Status(status @ (404 | 410)) => {
                texts::add_site_missing(&site, &status.to_string())
            }
            Self::Status(status) => texts::add_site_refused(&site, &status.to_string()),
            Self::NoPicture => texts::add_site_no_picture(&site),
            Self::Large => texts::add_site_large(&site),
            Self::Slow => texts::add_site_slow(&site),
        }
    }
}

/// The addresses in a text, one a line.
///
/// # Errors
/// A sentence for the person.
pub fn addresses(text: &str) -> Result<Vec<Url>, String> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let urls: Vec<Url> = lines.map(address).collect::<Result<_, _>>()?;
    match urls.len() {
        0 => Err(texts::add_address_missing().to_owned()),
        1..=MAX_ADDRESSES => Ok(urls),
        count => Err(texts::add_address_many(
            &format::count(count),
            &format::count(MAX_ADDRESSES),
        )),
    }
}

/// Whether every line of a text is an address.
pub fn are_addresses(text: &str) -> bool {
    addresses(text).is_ok()
}

fn address(line: &str) -> Result<Url, String> {
    let url = Url::new(line).ok();
    let url = url.filter(|url| matches!(&*url.protocol(), "https:" | "http:" | "data:"));
    url.ok_or_else(|| {
        let start: String = line.chars().take(40).collect();
        texts::add_address_part(&start)
    })
}

/// Fetches the picture at an address; `stop` ends that early. Nothing about the person or this page
/// is sent along.
///
/// # Errors
/// Why there is none. If it was stopped, whatever.
pub async fn fetch(url: &Url, stop: &AbortController) -> Result<File, Problem> {
    let aborted = stop.clone();
    let _timeout = Timeout::new(MAX_MILLISECONDS, move || aborted.abort());
    let failed = || match (stop.signal().aborted(), &*url.protocol()) {
        (true, _) => Problem::Slow,
        (false, "data:") => Problem::NoPicture,
        (false, _) => Problem::Unreadable,
    };
    let request = RequestInit::new();
    request.set_mode(RequestMode::Cors);
    request.set_credentials(RequestCredentials::Omit);
    request.set_referrer_policy(ReferrerPolicy::NoReferrer);
    request.set_signal(Some(&stop.signal()));
    let response = JsFuture::from(window().fetch_with_str_and_init(&url.href(), &request)).await;
    let response = response.and_then(JsCast::dyn_into);
    let response: Response = response.map_err(|_| failed())?;
    let name = match &*url.protocol() {
        "data:" => "picture".to_owned(),
        _ => name(&url.pathname()).unwrap_or_else(|| url.hostname()),
    };
    let file = read(&response, &name).await;
    let file = file.map_err(|problem| problem.unwrap_or_else(failed));
    // Otherwise what was not read would still be downloaded.
    stop.abort();
    file
}

/// Reads a picture; `None` if its transfer fails.
async fn read(response: &Response, name: &str) -> Result<File, Option<Problem>> {
    if !response.ok() {
        return Err(Some(Problem::Status(response.status())));
    }
    let header = |name| response.headers().get(name).ok().flatten();
    let kind = header("content-type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    // Some sites name no type; the engine looks at the content.
    if !kind.starts_with("image/") && !matches!(kind, "" | "application/octet-stream") {
        return Err(Some(Problem::NoPicture));
    }
    let size = header("content-length").and_then(|size| size.parse().ok());
    if size.is_some_and(|size: f64| size > MAX_BYTES) {
        return Err(Some(Problem::Large));
    }
    let body = response.body().ok_or(Some(Problem::NoPicture))?;
    let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    let (chunks, mut bytes) = (Array::new(), 0.0);
    loop {
        let chunk = JsFuture::from(reader.read()).await.map_err(|_| None)?;
        let Some(chunk) = chunk.unchecked_into::<Chunk>().value() else {
            break;
        };
        bytes += f64::from(chunk.length());
        if bytes > MAX_BYTES {
            return Err(Some(Problem::Large));
        }
        chunks.push(&chunk);
    }
    let options = FilePropertyBag::new();
    options.set_type(kind);
    File::new_with_u8_array_sequence_and_options(&chunks, name, &options).map_err(|_| None)
}

/// The name of the picture at a path: its last part.
fn name(path: &str) -> Option<String> {
    let last = path.rsplit('/').next()?;
    let decoded = js_sys::decode_uri_component(last).map(String::from);
    let decoded = decoded.unwrap_or_else(|_| last.to_owned());
    let decoded = decoded.rsplit('/').next().unwrap_or_default();
    let shown = decoded.chars().filter(|character| !character.is_control());
    let name: String = shown.take(MAX_NAME).collect();
    let name = name.trim();
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test;

    use super::*;

    #[wasm_bindgen_test]
    fn addresses_are_whole_and_one_a_line() {
        let hrefs = |text: &str| {
            let urls = addresses(text)?;
            Ok::<_, String>(urls.iter().map(Url::href).collect::<Vec<_>>())
        };
        let two = "\n https://example.org/a.png \r\nHTTP://example.org/b.png\n";
        assert_eq!(
            hrefs(two),
            Ok(vec![
                "https://example.org/a.png".to_owned(),
                "http://example.org/b.png".to_owned()
            ])
        );
        for text in [
            "",
            "cat.jpg",
            "/cat.jpg",
            "javascript:alert(1)",
            "file:///a",
        ] {
            assert!(hrefs(text).is_err(), "{text}");
        }
        let line = "data:image/gif;base64,R0lGODlh\n";
        assert!(are_addresses(&line.repeat(MAX_ADDRESSES)));
        assert!(!are_addresses(&line.repeat(MAX_ADDRESSES + 1)));
    }

    #[wasm_bindgen_test]
    fn a_name_is_the_last_part_of_the_path() {
        for (path, expected) in [
            ("/pictures/a%20cat.jpg", Some("a cat.jpg")),
            ("/50%/%zz.png", Some("%zz.png")),
            ("/a%2Fb.png", Some("b.png")),
            ("/a/", None),
            ("/%0A", None),
            ("/", None),
        ] {
            assert_eq!(name(path).as_deref(), expected, "{path}");
        }
        let long = name(&format!("/{}", "é".repeat(300)));
        assert_eq!(long.map(|name| name.chars().count()), Some(MAX_NAME));
    }
}
