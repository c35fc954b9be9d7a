//! `cargo xtask icons`: the pixel icons of static/icons/ from icon.svg, drawn by Chromium.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use crate::browser;
use crate::error::TaskError;
use crate::process::{command, run};
use crate::workspace;

/// The background for systems that cut their own shape; the colour of icon.svg itself.
const GROUND: &str = "#1d5c55";

struct Icon {
    name: &'static str,
    /// Pixels along each edge.
    side: u32,
    ground: &'static str,
    /// Size of the drawing, in percent of the edge.
    percent: u32,
}

const ICONS: [Icon; 4] = [
    Icon::plain("icon-192.png", 192),
    Icon::plain("icon-512.png", 512),
    // iOS shows what is transparent as black, and rounds the corners.
    Icon {
        ground: GROUND,
        ..Icon::plain("apple-touch-180.png", 180)
    },
    // Systems may cut away everything outside a circle of 80 %.
    Icon {
        ground: GROUND,
        percent: 84,
        ..Icon::plain("maskable-512.png", 512)
    },
];

impl Icon {
    const fn plain(name: &'static str, side: u32) -> Self {
        Self {
            name,
            side,
            ground: "transparent",
            percent: 100,
        }
    }

    fn page(&self, svg: &Path) -> String {
        format!(
            "<!doctype html><style>body {{ display: grid; place-items: center; height: 100vh; \
             margin: 0; background: {} }}</style><img src=\"{}\" style=\"width: {}%\">",
            self.ground,
            svg.display(),
            self.percent
        )
    }
}

pub fn icons() -> Result<(), TaskError> {
    let chromium = browser::chromium()?;
    let folder = workspace::root().join("static/icons");
    let page = workspace::artifacts().join("icon.html");
    for icon in &ICONS {
        fs::create_dir_all(workspace::artifacts())
            .and_then(|()| fs::write(&page, icon.page(&folder.join("icon.svg"))))
            .map_err(|error| TaskError::File(page.clone(), error))?;
        let output = folder.join(icon.name);
        run(command(&chromium)
            .args([
                "--headless=new",
                "--no-sandbox",
                "--disable-gpu",
                "--hide-scrollbars",
            ])
            .args([
                "--force-device-scale-factor=1",
                "--default-background-color=00000000",
            ])
            .arg(format!("--window-size={0},{0}", icon.side))
            .arg(format!("--screenshot={}", output.display()))
            .arg(&page)
            // It complains of services that a machine without a desktop lacks.
            .stderr(Stdio::null()))?;
    }
    Ok(())
}
