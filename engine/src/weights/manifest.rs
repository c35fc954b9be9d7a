//! Describes a model without its weights: what to fetch, from where, and how to verify it.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::pack_header::{PIECE, hexadecimal};
use crate::text::without_byte_order_mark;
use crate::weights::error::WeightsError;
use crate::weights::pack::Pack;
use crate::weights::pack_index::PackIndex;

/// Largest pack in bytes: what a 32-bit address space can sensibly hold.
const MAX_SIZE: u64 = 2 << 30;
/// Digits of a SHA-256 in hexadecimal.
const HASH_LETTERS: usize = 64;

/// Describes a pack that can be fetched in pieces. It is a small JSON file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Display name, such as `CLIP ViT-B/32`.
    pub name: String,
    /// SPDX expression of the weights' licence, if it is known.
    pub license: Option<String>,
    /// Where the file is; `None` for a pack that was made on this device.
    pub source: Option<PackLocation>,
    /// Size of the file in bytes. Progress has a total even if the server hides it.
    pub size: u64,
    /// Bytes of the head, which is the first piece. The others have 1 MiB; the last may be shorter.
    pub head: u64,
    /// SHA-256 of each piece in hexadecimal.
    pub pieces: Vec<String>,
}

/// Where a pack can be fetched from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PackLocation {
    /// A URL, which may be relative to the manifest's.
    Url(String),
    /// A file in a repository of the Hugging Face Hub.
    Hub {
        /// `owner/name`.
        repository: String,
        /// A commit, tag or branch.
        revision: String,
        /// Path of the file in the repository.
        file: String,
    },
}

impl Manifest {
    /// Describes a pack that is available at `source`.
    pub fn of(pack: &Pack, source: Option<PackLocation>) -> Self {
        let [head, _] = pack.file();
        Self::of_index(head, pack.index(), source)
    }

    /// As [`Manifest::of`], from the head alone: it holds all that a manifest says.
    ///
    /// # Errors
    /// Those of [`PackIndex::parse`].
    pub fn of_head(head: &[u8], source: Option<PackLocation>) -> Result<Self, WeightsError> {
        Ok(Self::of_index(head, &PackIndex::parse(head)?, source))
    }

    fn of_index(head: &[u8], index: &PackIndex, source: Option<PackLocation>) -> Self {
        let header = index.header();
        let first = hexadecimal(&Sha256::digest(head));
        Self {
            name: header.name.clone(),
            license: header.license.clone(),
            source,
            size: (head.len() + index.data_length()) as u64,
            head: head.len() as u64,
            pieces: std::iter::once(first)
                .chain(header.pieces.iter().cloned())
                .collect(),
        }
    }

    /// Reads a manifest and checks that its numbers are consistent.
    ///
    /// # Errors
    /// [`WeightsError::Manifest`].
    pub fn parse(json: &[u8]) -> Result<Self, WeightsError> {
        let refused = |reason: &str| WeightsError::Manifest(reason.to_owned());
        let json =
            without_byte_order_mark(json).map_err(|wide| refused(&format!("it is in {wide}")))?;
        let manifest: Self = serde_json::from_slice(json)
            .map_err(|_| refused("it is cut short, or something else"))?;
        if manifest.size > MAX_SIZE {
            return Err(refused("the model is larger than 2 GB"));
        }
        if manifest.head == 0 || manifest.head > manifest.size {
            return Err(refused("its head is no part of it"));
        }
        let data = (manifest.size - manifest.head) as usize;
        if manifest.pieces.len() != 1 + data.div_ceil(PIECE) {
            return Err(refused("its pieces do not add up to its size"));
        }
        let is_hash = |hash: &String| {
            let digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
            hash.len() == HASH_LETTERS && hash.bytes().all(digit)
        };
        match manifest.pieces.iter().all(is_hash) {
            true => Ok(manifest),
            false => Err(refused("a piece has no SHA-256")),
        }
    }

    /// The manifest as a JSON file, which [`Manifest::parse`] reads.
    ///
    /// # Panics
    /// Never: its parts are plain data.
    pub fn json(&self) -> String {
        let json = serde_json::to_string_pretty(self).expect("plain data become JSON");
        json + "\n"
    }

    /// Identifies this version of the model: the hash of its head, which contains the hashes of all
    /// other pieces.
    pub fn version(&self) -> &str {
        self.pieces.first().map_or("", String::as_str)
    }

    /// The range of a piece in the file.
    pub fn piece(&self, index: usize) -> Range<u64> {
        let start = |index: usize| match index {
            0 => 0,
            index => self.head + ((index - 1) * PIECE) as u64,
        };
        start(index).min(self.size)..start(index + 1).min(self.size)
    }

    /// Size of a piece in bytes.
    pub fn piece_length(&self, index: usize) -> u32 {
        let piece = self.piece(index);
        (piece.end - piece.start) as u32
    }

    /// The piece that holds a byte of the data, and the offset in that piece.
    #[cfg(any(test, target_arch = "wasm32"))]
    pub(crate) fn locate(offset: usize) -> (usize, usize) {
        (1 + offset / PIECE, offset % PIECE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(size: u64, head: u64, pieces: usize) -> Manifest {
        Manifest {
            name: "A model".to_owned(),
            license: None,
            source: Some(PackLocation::Url("model.safetensors".to_owned())),
            size,
            head,
            pieces: vec!["0f".repeat(32); pieces],
        }
    }

    #[test]
    fn a_head_says_what_the_pack_says() {
        let demo = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../static/models/demo.safetensors"
        );
        let demo = std::fs::read(demo).expect("the demo model is part of the repository");
        let pack = Pack::parse(demo).expect("it is whole");
        let [head, _] = pack.file();
        let here = || Some(PackLocation::Url("https://example.org/a".to_owned()));
        let manifest = Manifest::of_head(head, here()).expect("it is a head");
        assert_eq!(manifest, Manifest::of(&pack, here()));
        assert!(Manifest::of_head(&head[..head.len() - 1], None).is_err());
        assert!(Manifest::of_head(manifest.json().as_bytes(), None).is_err());
    }

    fn parsed(manifest: &Manifest) -> Result<Manifest, WeightsError> {
        Manifest::parse(manifest.json().as_bytes())
    }

    #[test]
    fn pieces_cover_the_file() {
        let manifest = manifest(1000 + (2 << 20) + 5, 1000, 4);
        assert_eq!(parsed(&manifest).expect("its numbers fit"), manifest);
        let pieces: Vec<_> = (0..4).map(|index| manifest.piece(index)).collect();
        let mib = 1 << 20;
        assert_eq!(
            pieces,
            [
                0..1000,
                1000..1000 + mib,
                1000 + mib..1000 + 2 * mib,
                1000 + 2 * mib..manifest.size
            ]
        );
        assert_eq!(Manifest::locate(2 << 20), (3, 0));
        assert_eq!(Manifest::locate(3), (1, 3));
    }

    #[test]
    fn a_byte_order_mark_changes_nothing() {
        let manifest = manifest(1000, 1000, 1);
        let marked = ["\u{feff}", &manifest.json()].concat();
        let parsed = Manifest::parse(marked.as_bytes());
        assert_eq!(parsed.expect("a mark is no reason to refuse"), manifest);
        let wide: Vec<u8> = marked.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let error = Manifest::parse(&wide).expect_err("it is not UTF-8");
        assert!(error.to_string().contains("UTF-16"), "{error}");
    }

    #[test]
    fn numbers_that_do_not_fit_are_refused() {
        for manifest in [
            manifest(3 << 30, 1000, 3073),
            manifest(1000, 1001, 1),
            manifest(1000, 0, 2),
            manifest(1000, 1000, 2),
            manifest(1001, 1000, 1),
        ] {
            assert!(parsed(&manifest).is_err(), "{manifest:?}");
        }
        let mut short = manifest(1000, 1000, 1);
        short.pieces[0].pop();
        assert!(parsed(&short).is_err());
        assert!(Manifest::parse(b"{}").is_err());
        assert!(Manifest::parse(b"\xff").is_err());
    }
}
