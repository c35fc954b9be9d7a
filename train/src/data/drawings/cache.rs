//! The drawn pictures on disk: a JSON index, then each picture as lossless WebP.

use std::{fs, io::Cursor, path::Path};

use image::{ImageFormat, codecs::webp::WebPEncoder};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::drawn::{Drawn, SetReport};
use crate::data::raster::square;
use crate::error::DataError;

const MAGIC: &[u8; 8] = b"GLPICS01";

#[derive(Serialize, Deserialize)]
struct Index {
    entries: Vec<Entry>,
    reports: Vec<SetReport>,
}

#[derive(Serialize, Deserialize)]
struct Entry {
    phrases: Vec<String>,
    held_out: bool,
    share_alike: bool,
    length: usize,
}

/// Writes the pictures to a temporary file, then renames it.
pub(super) fn write(path: &Path, drawn: &[Drawn], reports: &[SetReport]) -> Result<(), DataError> {
    let damaged = |reason: String| DataError::Cache {
        path: path.to_path_buf(),
        reason,
    };
    let pictures: Vec<Vec<u8>> = drawn
        .par_iter()
        .map(|picture| {
            let side = picture.raster.side as u32;
            let mut webp = Vec::new();
            WebPEncoder::new_lossless(&mut webp)
                .encode(
                    &picture.raster.rgba,
                    side,
                    side,
                    image::ExtendedColorType::Rgba8,
                )
                .map_err(|error| damaged(error.to_string()))?;
            Ok(webp)
        })
        .collect::<Result<_, DataError>>()?;
    let entries = drawn.iter().zip(&pictures).map(|(picture, webp)| Entry {
        phrases: picture.phrases.clone(),
        held_out: picture.held_out,
        share_alike: picture.share_alike,
        length: webp.len(),
    });
    let index = Index {
        entries: entries.collect(),
        reports: reports.to_vec(),
    };
    let index = serde_json::to_vec(&index).map_err(|error| damaged(error.to_string()))?;
    let mut bytes = MAGIC.to_vec();
    bytes.extend((index.len() as u64).to_le_bytes());
    bytes.extend(index);
    bytes.extend(pictures.into_iter().flatten());
    let part = path.with_extension("part");
    fs::write(&part, bytes).map_err(DataError::file(&part))?;
    fs::rename(&part, path).map_err(DataError::file(path))
}

/// Reads what [`write`] wrote.
pub(super) fn read(path: &Path) -> Result<(Vec<Drawn>, Vec<SetReport>), DataError> {
    let damaged = |reason: &str| DataError::Cache {
        path: path.to_path_buf(),
        reason: reason.into(),
    };
    let bytes = fs::read(path).map_err(DataError::file(path))?;
    let rest = bytes
        .strip_prefix(MAGIC)
        .ok_or_else(|| damaged("it starts wrongly"))?;
    let (length, rest) = rest
        .split_first_chunk::<8>()
        .ok_or_else(|| damaged("it ends early"))?;
    let (index, mut rest) = usize::try_from(u64::from_le_bytes(*length))
        .ok()
        .and_then(|length| rest.split_at_checked(length))
        .ok_or_else(|| damaged("it ends early"))?;
    let index: Index =
        serde_json::from_slice(index).map_err(|error| damaged(&error.to_string()))?;
    let mut found = Vec::with_capacity(index.entries.len());
    for entry in index.entries {
        let (webp, after) = rest
            .split_at_checked(entry.length)
            .ok_or_else(|| damaged("it ends early"))?;
        rest = after;
        found.push((entry, webp));
    }
    let drawn = found
        .into_par_iter()
        .map(|(entry, webp)| {
            let decoded = image::load(Cursor::new(webp), ImageFormat::WebP)
                .map_err(|error| damaged(&error.to_string()))?;
            let raster = square(decoded.into_rgba8()).ok_or_else(|| damaged("not square"))?;
            if entry.phrases.is_empty() {
                return Err(damaged("a picture has no name"));
            }
            Ok(Drawn {
                phrases: entry.phrases,
                held_out: entry.held_out,
                share_alike: entry.share_alike,
                raster,
            })
        })
        .collect::<Result<_, _>>()?;
    Ok((drawn, index.reports))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::raster::Raster;

    #[test]
    fn what_is_written_is_read_and_what_is_cut_is_refused() {
        let folder = std::env::temp_dir().join(format!("glance-cache-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a temporary folder can be made");
        let path = folder.join("pictures.bin");
        // A transparent red pixel: colour under zero alpha must survive too.
        let rgba = vec![255, 0, 0, 0, 1, 2, 3, 255, 9, 8, 7, 128, 0, 0, 0, 0];
        let drawn = vec![Drawn {
            phrases: vec!["grinning face".into(), "happy".into()],
            held_out: true,
            share_alike: false,
            raster: Raster {
                side: 2,
                rgba: rgba.clone(),
            },
        }];
        write(&path, &drawn, &[]).expect("the folder is writable");
        let (read_back, _) = read(&path).expect("it was just written");
        assert_eq!(read_back.len(), 1);
        assert_eq!(read_back[0].raster.rgba, rgba);
        assert_eq!(read_back[0].phrases, drawn[0].phrases);
        assert!(read_back[0].held_out);

        let whole = fs::read(&path).expect("it was just written");
        for cut in [0, 7, 12, whole.len() / 2, whole.len() - 1] {
            fs::write(&path, &whole[..cut]).expect("the folder is writable");
            assert!(
                matches!(read(&path), Err(DataError::Cache { .. })),
                "cut at {cut}"
            );
        }
        fs::remove_dir_all(&folder).expect("the folder is ours");
    }
}
