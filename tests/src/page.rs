//! The page as a person uses it: drop, type, read.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::{Value, json};

use crate::browser::{Browser, Webgpu};
use crate::pictures::PictureFile;
use crate::site::{Models, Site};

/// The page, with a browser and a server of its own.
pub struct Page {
    /// The server.
    pub site: Site,
    /// The browser.
    pub browser: Browser,
}

/// One bar of a ranking.
#[derive(Clone, Debug, PartialEq)]
pub struct RankedLabel {
    /// As it was typed.
    pub label: String,
    /// 0 to 100.
    pub percent: f32,
    /// −1 to 1.
    pub cosine: f32,
}

/// One cell of the table of captions.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// The picture's file name.
    pub picture: String,
    /// The caption.
    pub caption: String,
    /// −1 to 1.
    pub cosine: f32,
    /// Marked as the best caption of its picture.
    pub row_best: bool,
    /// Marked as the best picture of its caption.
    pub column_best: bool,
}

const ENTER: char = '\u{E007}';

const DROP: &str = r##"
    const files = arguments[0].map(([name, type, base64]) => {
        const bytes = Uint8Array.from(atob(base64), character => character.charCodeAt(0));
        return new File([bytes], name, { type });
    });
    const dataTransfer = new DataTransfer();
    files.forEach(file => dataTransfer.items.add(file));
    const zone = document.querySelector("#drop-zone");
    for (const kind of ["dragenter", "dragover", "drop"]) {
        zone.dispatchEvent(new DragEvent(kind, { dataTransfer, bubbles: true, cancelable: true }));
    }
"##;

const RANKING: &str = r##"
    const card = document.querySelectorAll("[data-testid=picture-card]")[arguments[0]];
    const whole = card.matches(".tile") ? document.querySelector(".panel") : card;
    return Array.from(whole.querySelectorAll("[data-testid=ranked-label]"), ({ dataset }) =>
        [dataset.label, Number(dataset.percent), Number(dataset.cosine)]);
"##;

/// Opens a tile, which shows only its first label; does nothing for a card.
const OPEN: &str = r##"
    const card = document.querySelectorAll("[data-testid=picture-card]")[arguments[0]];
    const tile = card.querySelector(".tile-open");
    tile?.click();
    return tile?.title ?? null;
"##;

const ARRANGE: &str = r##"
    for (const [name, choice] of [["Groups", "none"], ["Order", "added"]]) {
        const select = document.querySelector(`select[aria-label=${name}]`);
        if (!select) return false;
        select.value = choice;
        select.dispatchEvent(new Event("change", { bubbles: true }));
    }
    return true;
"##;

const CELLS: &str = r##"
    return Array.from(document.querySelectorAll("#caption-table [data-testid=cosine]"), cell => [
        cell.dataset.picture, cell.dataset.caption, Number(cell.dataset.cosine),
        cell.dataset.rowBest === "true", cell.dataset.columnBest === "true",
    ]);
"##;

impl Page {
    /// Opens the page with `pack` as its model, or with the demo model.
    pub fn open(pack: Option<Vec<u8>>, webgpu: Webgpu, query: &str) -> Self {
        Self::open_with(pack, Models::Served, webgpu, query)
    }

    /// Opens the page; the server answers for models as `models` says.
    pub fn open_with(pack: Option<Vec<u8>>, models: Models, webgpu: Webgpu, query: &str) -> Self {
        let site = Site::start(pack);
        site.set_models(models);
        Self::open_on(site, webgpu, query)
    }

    /// Opens the page of a site.
    pub fn open_on(site: Site, webgpu: Webgpu, query: &str) -> Self {
        Self::open_in(Browser::start(webgpu), site, query)
    }

    /// Opens the page of a site in a running browser.
    pub fn open_in(browser: Browser, site: Site, query: &str) -> Self {
        let page = Self { site, browser };
        page.browser.open(&page.site.address(query));
        page.appears();
        page
    }

    /// Loads the page again, as a later visit does.
    pub fn reload(&self) {
        self.browser.reload();
        self.appears();
    }

    fn appears(&self) {
        let body = "return document.querySelector('#drop-zone') !== null";
        self.browser.wait_for("the page", body);
    }

    /// Drops files from outside the browser, in one go.
    pub fn drop_files(&self, files: &[PictureFile]) {
        let files: Vec<Value> = files
            .iter()
            .map(|file| json!([file.name, file.kind, BASE64.encode(&file.bytes)]))
            .collect();
        self.browser.execute(DROP, vec![files.into()]);
    }

    /// Removes the present labels and types others, each ended with Enter.
    pub fn set_labels(&self, labels: &[&str]) {
        self.browser.wait_for(
            "the labels to go",
            "document.querySelectorAll('[data-testid=label-chip] .chip-remove')
                 .forEach(button => button.click());
             return document.querySelector('[data-testid=label-chip]') === null",
        );
        for label in labels {
            // Some versions of ChromeDriver type no character above U+FFFF.
            if label.chars().all(|c| c <= '\u{FFFF}') {
                self.browser
                    .type_into("#label-input", &format!("{label}{ENTER}"));
            } else {
                self.paste_label(label);
            }
        }
        let chips = self.browser.wait_for(
            "a chip for each label",
            &format!(
                "const chips = document.querySelectorAll('[data-testid=label-chip]');
                 return chips.length === {} && Array.from(chips, chip => chip.dataset.label)",
                labels.len()
            ),
        );
        assert_eq!(strings(&chips), labels);
    }

    /// Pastes one label and ends it with Enter.
    pub fn paste_label(&self, label: &str) {
        let paste = "document.querySelector('#label-input').value = arguments[0]";
        self.browser.execute(paste, vec![label.into()]);
        self.browser.type_into("#label-input", &ENTER.to_string());
    }

    /// The labels on the chips.
    pub fn labels(&self) -> Vec<String> {
        strings(&self.browser.execute(
            "return Array.from(document.querySelectorAll('[data-testid=label-chip]'), \
             chip => chip.dataset.label)",
            Vec::new(),
        ))
    }

    /// The current template.
    pub fn template(&self) -> String {
        let value = "return document.querySelector('#template-input').value";
        self.browser
            .execute(value, Vec::new())
            .as_str()
            .unwrap_or_default()
            .to_owned()
    }

    /// Waits until the model is ready; returns its source and its device.
    pub fn model(&self) -> (String, String) {
        let model = self.browser.wait_for(
            "the model",
            "const { state, source, device } = document.querySelector('#model-status').dataset;
             return state === 'ready' && source !== 'storing' && [source, device]",
        );
        let [source, device] = strings(&model)
            .try_into()
            .expect("the script returns a pair");
        (source, device)
    }

    /// Waits until the model is ready on a device.
    pub fn runs_on(&self, device: &str) {
        let script = format!(
            "const {{ state, device }} = document.querySelector('#model-status')?.dataset ?? {{}};
             return state === 'ready' && device === {}",
            json!(device)
        );
        self.browser
            .wait_for(&format!("the model on the {device}"), &script);
    }

    /// Opens the sheet of models, unless it is open. It keeps clicks and keys from the rest of the page.
    pub fn open_models(&self) {
        self.browser.wait_for(
            "the sheet of models",
            "const { open } = document.querySelector('#models');
             if (!open) document.querySelector('.model-chip').click();
             return open && document.querySelector('#model-in-use') !== null",
        );
    }

    /// Closes the sheet of models, if it is open.
    pub fn close_models(&self) {
        self.browser.wait_for(
            "the sheet of models to close",
            "const { open } = document.querySelector('#models');
             if (open) document.querySelector('.models-head button').click();
             return !open",
        );
    }

    /// What the sheet of models says about the model in use. The sheet is then as it was before.
    pub fn about_model(&self) -> String {
        let is_open = "return document.querySelector('#models').open";
        let was_open = self.browser.execute(is_open, Vec::new());
        self.open_models();
        let about = "return document.querySelector('#model-in-use').innerText.trim()";
        let about = self.browser.execute(about, Vec::new());
        if was_open == false {
            self.close_models();
        }
        about.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the model of this name is in use and ready.
    pub fn uses_model(&self, name: &str) {
        let script = format!(
            "return document.querySelector('#model-status').dataset.state === 'ready'
                 && document.querySelector('.model-chip').innerText.includes({})",
            json!(name)
        );
        self.browser.wait_for(&format!("the model {name}"), &script);
    }

    /// Waits for the description of an inspected model, or why it is refused, and returns it.
    pub fn candidate(&self) -> String {
        let said = self.browser.wait_for(
            "a word on the inspected model",
            "const said = document.querySelector('#candidate').innerText.trim();
             return said !== 'Looking at it…' && said",
        );
        said.as_str().unwrap_or_default().to_owned()
    }

    /// The message beside the state of the model, such as that the model is not stored.
    pub fn message(&self) -> String {
        let message = "return document.querySelector('#message').innerText.trim()";
        let message = self.browser.execute(message, Vec::new());
        message.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until the model is ready or has failed; returns what the page says about a failure.
    pub fn outcome(&self) -> Option<String> {
        let state = self.browser.wait_for(
            "the model or why there is none",
            "const { state } = document.querySelector('#model-status').dataset;
             return ['ready', 'error'].includes(state) && state",
        );
        (state == "error").then(|| self.model_failure())
    }

    /// Waits until the model has failed, and returns what the page says about it.
    pub fn model_failure(&self) -> String {
        let sentence = self.browser.wait_for(
            "the page to say that the model failed",
            "const status = document.querySelector('#model-status');
             return status.dataset.state === 'error'
                 && status.querySelector('[role=status]').innerText.trim()",
        );
        sentence.as_str().unwrap_or_default().to_owned()
    }

    /// Waits until there are `count` cards and none waits or runs; returns their states, in order.
    pub fn settled(&self, count: usize) -> Vec<String> {
        strings(&self.browser.wait_for(
            "every picture to be done",
            &format!(
                "const cards = Array.from(document.querySelectorAll('[data-testid=picture-card]'));
                 const states = cards.map(card => card.dataset.state);
                 const open = states.some(state => state === 'waiting' || state === 'running');
                 return states.length === {count} && !open && states"
            ),
        ))
    }

    /// Shows many pictures in the order they were added, in a window that is high enough for all.
    pub fn show_all_as_added(&self) {
        let high = json!({"width": 1280, "height": 6000, "deviceScaleFactor": 1, "mobile": false});
        self.browser
            .devtools("Emulation.setDeviceMetricsOverride", high);
        self.browser.wait_for("more pictures than cards", ARRANGE);
    }

    /// Waits until a card is done with the current labels, and reads its ranking.
    pub fn ranking(&self, card: usize) -> Vec<RankedLabel> {
        self.browser.wait_for(
            "the ranking",
            &format!(
                "const card = document.querySelectorAll('[data-testid=picture-card]')[{card}];
                 return card?.dataset.state === 'done'"
            ),
        );
        let tile = self.browser.execute(OPEN, vec![card.into()]);
        if !tile.is_null() {
            let opened =
                format!("return document.querySelector('.panel h3')?.innerText === {tile}");
            self.browser.wait_for("the tile to open", &opened);
        }
        let rows = self.browser.execute(RANKING, vec![card.into()]);
        if !tile.is_null() {
            let close = "document.querySelector('.panel [aria-label=Close]').click()";
            self.browser.execute(close, Vec::new());
        }
        let rows = rows.as_array().expect("the script returns rows").iter();
        rows.map(|row| RankedLabel {
            label: row[0].as_str().unwrap_or_default().to_owned(),
            percent: number(&row[1]),
            cosine: number(&row[2]),
        })
        .collect()
    }

    /// The sentence on each card that failed, in order.
    pub fn picture_errors(&self) -> Vec<String> {
        let script = "return Array.from(document.querySelectorAll('[data-testid=picture-error]'), \
                      error => error.innerText.trim())";
        strings(&self.browser.execute(script, Vec::new()))
    }

    /// Waits for the table of captions to have `count` cells, and reads it.
    pub fn cells(&self, count: usize) -> Vec<Cell> {
        let cells = "document.querySelectorAll('#caption-table [data-testid=cosine]').length";
        self.browser
            .wait_for("the table", &format!("return {cells} === {count}"));
        let cells = self.browser.execute(CELLS, Vec::new());
        let cells = cells.as_array().expect("the script returns cells").iter();
        cells
            .map(|cell| Cell {
                picture: cell[0].as_str().unwrap_or_default().to_owned(),
                caption: cell[1].as_str().unwrap_or_default().to_owned(),
                cosine: number(&cell[2]),
                row_best: cell[3] == true,
                column_best: cell[4] == true,
            })
            .collect()
    }

    /// Addresses outside its own origin that the page requested.
    pub fn foreign_requests(&self) -> Vec<String> {
        strings(&self.browser.execute(
            "return performance.getEntriesByType('resource').map(entry => entry.name)
                 .filter(name => !/^(data|blob):/.test(name) && !name.startsWith(origin))",
            Vec::new(),
        ))
    }
}

fn strings(value: &Value) -> Vec<String> {
    let values = value.as_array().map(Vec::as_slice).unwrap_or_default();
    values
        .iter()
        .map(|value| value.as_str().unwrap_or_default().to_owned())
        .collect()
}

/// NaN, which equals nothing, if the page gives no number.
fn number(value: &Value) -> f32 {
    value.as_f64().map_or(f32::NAN, |value| value as f32)
}
