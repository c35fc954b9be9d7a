//! Draws the icon sets once, and reads the cached pictures.

use std::collections::HashSet;
use std::path::Path;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use super::cache;
use super::drawn::{Drawn, SetReport};
use super::icons::{self, Icons};
use super::names::{self, Names};
use super::sources::{ICON_SETS, IconSet, NAMES};
use crate::error::DataError;
use crate::packages;

/// Pixels a side of drawn pictures: more than the network that is trained from scratch sees, fewer
/// than the locked tower, which sees them a little blurred.
const SIDE: usize = 160;
/// Raised when drawing or naming changes, to invalidate cached pictures.
const EDITION: u32 = 4;

/// Reads the pictures in `folder`. The first call fetches and draws them, which takes minutes.
///
/// # Errors
/// If a package cannot be fetched or is not the recorded one, or a file cannot be used.
pub fn load(folder: &Path) -> Result<(Vec<Drawn>, Vec<SetReport>), DataError> {
    let path = folder.join(format!("pictures-{}.bin", fingerprint()));
    if !path.exists() {
        let (drawn, reports) = draw_sets(folder)?;
        cache::write(&path, &drawn, &reports)?;
    }
    cache::read(&path)
}

/// A hash of everything that the drawn pictures depend on.
fn fingerprint() -> String {
    let inputs = format!("{EDITION} {SIDE} {NAMES:?} {ICON_SETS:?}");
    packages::hex(&Sha256::digest(inputs)[..8])
}

fn draw_sets(folder: &Path) -> Result<(Vec<Drawn>, Vec<SetReport>), DataError> {
    let files = packages::fetch(&NAMES, folder, &names::FILES)?;
    let mut names = Names::read(NAMES.name, &files)?;
    let sets: Vec<(&IconSet, Icons)> = ICON_SETS
        .iter()
        .map(|set| {
            let files = packages::fetch(&set.package, folder, &icons::FILES)?;
            Ok((set, Icons::read(set.package.name, &files)?))
        })
        .collect::<Result<_, DataError>>()?;
    Ok(draw_all(&sets, &mut names))
}

pub(super) fn draw_all(
    sets: &[(&IconSet, Icons)],
    names: &mut Names,
) -> (Vec<Drawn>, Vec<SetReport>) {
    for (_, icons) in sets {
        icons.teach(names);
    }
    let toned: HashSet<&str> = sets.iter().flat_map(|(_, icons)| icons.toned()).collect();
    let mut drawn = Vec::new();
    let mut reports = Vec::new();
    for (set, icons) in sets {
        let chosen = icons.choose(set, names, &|icon| toned.contains(icon));
        let icons = chosen.icons.len();
        let before = drawn.len();
        drawn.par_extend(chosen.icons.into_par_iter().filter_map(|icon| {
            let raster = icons::draw(&icon.svg, SIDE)?;
            Some(Drawn {
                phrases: icon.phrases,
                held_out: set.held_out,
                share_alike: set.license.contains("-SA-"),
                raster,
            })
        }));
        let kept = drawn.len() - before;
        reports.push(SetReport {
            package: set.package.name.to_owned(),
            license: set.license.to_owned(),
            drawn: kept,
            skin_tones: chosen.skin_tones,
            hidden: chosen.hidden,
            lookalikes: chosen.lookalikes,
            unnamed: chosen.unnamed,
            empty: icons - kept,
        });
    }
    (drawn, reports)
}
