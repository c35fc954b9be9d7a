//! Icon sets as Iconify ships them: which icons are used, what they are called, how they look.

use std::collections::HashMap;

use resvg::{tiny_skia, usvg};
use serde::Deserialize;

use super::names::{Name, Names};
use super::sources::{IconSet, Naming};
use crate::data::raster::Raster;
use crate::error::DataError;
use crate::packages::Files;

/// The drawings and the names that go with them.
pub(super) const FILES: [&str; 2] = ["icons.json", "chars.json"];

/// An icon that will be drawn.
#[derive(Debug)]
pub(super) struct Icon {
    /// The name first, then keywords.
    pub phrases: Vec<String>,
    pub svg: String,
}

/// The icons of a set that are used, and how many are not.
#[derive(Debug, Default)]
pub(super) struct Chosen {
    pub icons: Vec<Icon>,
    pub skin_tones: usize,
    pub hidden: usize,
    pub lookalikes: usize,
    pub unnamed: usize,
}

#[derive(Deserialize)]
struct Drawing {
    body: String,
    left: Option<f32>,
    top: Option<f32>,
    width: Option<f32>,
    height: Option<f32>,
    #[serde(default)]
    hidden: bool,
}

#[derive(Deserialize)]
struct Alias {
    parent: String,
}

/// `icons.json`, <https://iconify.design/docs/types/iconify-json.html>.
#[derive(Deserialize)]
pub(super) struct Drawings {
    icons: std::collections::BTreeMap<String, Drawing>,
    #[serde(default)]
    aliases: std::collections::BTreeMap<String, Alias>,
    left: Option<f32>,
    top: Option<f32>,
    width: Option<f32>,
    height: Option<f32>,
}

/// Code points by icon name, if the set lists them.
type CodePoints = HashMap<String, String>;

/// A set as read from its package.
pub(super) struct Icons {
    drawings: Drawings,
    code_points: CodePoints,
}

impl Icons {
    /// Reads a set's drawings, and its code points if it has any.
    pub fn read(package: &str, files: &Files) -> Result<Self, DataError> {
        let problem = |file: &str, reason: String| DataError::Package {
            package: package.to_owned(),
            file: file.to_owned(),
            reason,
        };
        let [drawings, chars] = FILES;
        let bytes = files
            .get(drawings)
            .ok_or_else(|| problem(drawings, "it is missing".into()))?;
        let parsed: Drawings =
            serde_json::from_slice(bytes).map_err(|error| problem(drawings, error.to_string()))?;
        let by_code_points: HashMap<String, String> = match files.get(chars) {
            Some(bytes) => {
                serde_json::from_slice(bytes).map_err(|error| problem(chars, error.to_string()))?
            }
            None => HashMap::new(),
        };
        // An icon with several code points keeps the same ones on every run.
        let mut code_points = CodePoints::new();
        let mut pairs: Vec<_> = by_code_points.into_iter().collect();
        pairs.sort();
        for (points, icon) in pairs {
            code_points.entry(icon).or_insert(points);
        }
        Ok(Self {
            drawings: parsed,
            code_points,
        })
    }

    /// Tells `names` how this set spells the emoji it draws.
    pub fn teach(&self, names: &mut Names) {
        let mut spellings: Vec<_> = self.code_points.iter().collect();
        spellings.sort();
        for (icon, points) in spellings {
            names.learn_spelling(icon, points);
        }
    }

    /// Picks and names the icons to draw. `toned` tells whether some set gives the icon of this
    /// name a skin tone.
    pub fn choose(&self, set: &IconSet, names: &Names, toned: &dyn Fn(&str) -> bool) -> Chosen {
        let mut aliases: HashMap<&str, Vec<&str>> = HashMap::new();
        for (alias, of) in &self.drawings.aliases {
            aliases.entry(of.parent.as_str()).or_default().push(alias);
        }
        let mut chosen = Chosen::default();
        for (icon, drawing) in &self.drawings.icons {
            let Some(stem) = icon.strip_suffix(set.ending) else {
                continue;
            };
            if drawing.hidden {
                chosen.hidden += 1;
            } else if self.has_skin_tone(icon) || toned(icon) {
                chosen.skin_tones += 1;
            } else if set.lookalikes.iter().any(|ending| stem.ends_with(ending)) {
                chosen.lookalikes += 1;
            } else if let Some(phrases) =
                self.phrases(set, names, icon, stem, aliases.get(icon.as_str()))
            {
                chosen.icons.push(Icon {
                    phrases,
                    svg: self.svg(drawing),
                });
            } else {
                chosen.unnamed += 1;
            }
        }
        chosen
    }

    /// Names of the icons whose code points carry a skin tone.
    pub fn toned(&self) -> impl Iterator<Item = &str> {
        self.code_points
            .iter()
            .filter(|(_, points)| is_toned(points))
            .map(|(icon, _)| &**icon)
    }

    fn has_skin_tone(&self, icon: &str) -> bool {
        // Fluent writes `waving-hand-medium-dark` beside `waving-hand`.
        const TONES: [&str; 5] = [
            "-medium-light",
            "-medium-dark",
            "-light",
            "-medium",
            "-dark",
        ];
        icon.contains("skin-tone")
            || self
                .code_points
                .get(icon)
                .is_some_and(|points| is_toned(points))
            || TONES.iter().any(|tone| {
                icon.strip_suffix(tone)
                    .is_some_and(|stem| self.drawings.icons.contains_key(stem))
            })
    }

    fn phrases(
        &self,
        set: &IconSet,
        names: &Names,
        icon: &str,
        stem: &str,
        aliases: Option<&Vec<&str>>,
    ) -> Option<Vec<String>> {
        let stem = match set.naming {
            Naming::Numbered => stem.trim_end_matches(|c: char| c.is_ascii_digit()),
            _ => stem,
        };
        let stem = stem.trim_matches('-');
        let known = match set.naming {
            Naming::Country => names.of_country(stem),
            Naming::Things => names.of_spelling(stem),
            Naming::Emoji | Naming::RunTogether | Naming::Numbered => self
                .code_points
                .get(icon)
                .and_then(|points| names.of_code_points(points))
                .or_else(|| names.of_spelling(stem))
                .or_else(|| aliases?.iter().find_map(|alias| names.of_spelling(alias)))
                .or_else(|| {
                    let flag = set.naming == Naming::Numbered;
                    names.of_spelling(&format!("flag-{stem}")).filter(|_| flag)
                }),
        };
        match (known, set.naming) {
            (Some(Name { name, keywords }), _) => {
                Some(std::iter::once(name).chain(keywords).cloned().collect())
            }
            (None, Naming::Country | Naming::RunTogether) => None,
            (None, _) => {
                let words = stem.replace('-', " ");
                words
                    .contains(|c: char| c.is_ascii_alphabetic())
                    .then(|| vec![words])
            }
        }
    }

    fn svg(&self, drawing: &Drawing) -> String {
        // 0, 0, 16, 16 are Iconify's defaults.
        let of_set = &self.drawings;
        let left = drawing.left.or(of_set.left).unwrap_or(0.0);
        let top = drawing.top.or(of_set.top).unwrap_or(0.0);
        let width = drawing.width.or(of_set.width).unwrap_or(16.0);
        let height = drawing.height.or(of_set.height).unwrap_or(16.0);
        format!(
            concat!(
                r#"<svg xmlns="http://www.w3.org/2000/svg" "#,
                r#"xmlns:xlink="http://www.w3.org/1999/xlink" "#,
                r#"width="{}" height="{}" viewBox="{} {} {} {}">{}</svg>"#
            ),
            width, height, left, top, width, height, drawing.body
        )
    }
}

fn is_toned(code_points: &str) -> bool {
    code_points.split('-').any(|point| {
        u32::from_str_radix(point, 16).is_ok_and(|point| (0x1f3fb..=0x1f3ff).contains(&point))
    })
}

/// Draws an SVG as large as fits a transparent square of `side` pixels, centred. `None` if it is no
/// drawing or leaves the square almost empty.
pub(super) fn draw(svg: &str, side: usize) -> Option<Raster> {
    /// Less ink than this share of the square is a blank or a failed drawing.
    const LEAST_INK: f32 = 0.004;
    let tree = usvg::Tree::from_str(svg, &usvg::Options::default()).ok()?;
    let pixels = u32::try_from(side).ok()?;
    let mut pixmap = tiny_skia::Pixmap::new(pixels, pixels)?;
    let (width, height) = (tree.size().width(), tree.size().height());
    let scale = side as f32 / width.max(height);
    let (left, top) = (
        (side as f32 - width * scale) / 2.0,
        (side as f32 - height * scale) / 2.0,
    );
    let fit = tiny_skia::Transform::from_row(scale, 0.0, 0.0, scale, left, top);
    resvg::render(&tree, fit, &mut pixmap.as_mut());
    let rgba: Vec<u8> = pixmap
        .pixels()
        .iter()
        .flat_map(|pixel| {
            let colour = pixel.demultiply();
            [colour.red(), colour.green(), colour.blue(), colour.alpha()]
        })
        .collect();
    let ink: f32 = rgba
        .iter()
        .skip(3)
        .step_by(4)
        .map(|alpha| f32::from(*alpha) / 255.0)
        .sum();
    (ink >= LEAST_INK * (side * side) as f32).then_some(Raster { side, rgba })
}
