//! The page's appearance: screenshots for a person, and checks that need none.

use std::fs;
use std::path::Path;

use glance_tests::browser::Webgpu;
use glance_tests::model::random_pack;
use glance_tests::page::Page;
use glance_tests::pictures::{disc, not_a_picture, stripes};
use serde_json::json;

#[test]
fn it_fits_phones_and_desktops_by_day_and_night() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/screenshots");
    fs::create_dir_all(&folder).expect("target/ is writable");
    let page = Page::open(Some(random_pack()), Webgpu::Software, "?device=cpu");
    page.set_labels(&["red disc", "green stripes", "something else"]);
    page.drop_files(&[disc(), stripes(), not_a_picture()]);
    page.settled(3);
    page.ranking(1);
    for mode in ["sort", "match"] {
        page.browser.click(&format!("#mode-{mode}"));
        if mode == "match" {
            page.browser.type_into(
                "#captions-input",
                "a red disc in the sky\nstripes of a field",
            );
            page.cells(4);
        }
        for (device, width, height) in [("phone", 390, 844), ("desktop", 1280, 900)] {
            let metrics = json!({
                "width": width, "height": height, "deviceScaleFactor": 1,
                "mobile": device == "phone",
            });
            page.browser
                .devtools("Emulation.setDeviceMetricsOverride", metrics);
            for scheme in ["light", "dark"] {
                let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
                page.browser
                    .devtools("Emulation.setEmulatedMedia", json!({"features": features}));
                let name = format!("{mode}-{device}-{scheme}.png");
                fs::write(folder.join(&name), page.browser.screenshot())
                    .expect("target/screenshots is writable");
                // A phone widens its window for what is too wide.
                let shown = "return document.documentElement.scrollWidth";
                let shown = page.browser.execute(shown, Vec::new());
                assert!(
                    shown.as_i64() <= Some(width),
                    "{name} is {shown} pixels wide"
                );
            }
        }
    }
}
