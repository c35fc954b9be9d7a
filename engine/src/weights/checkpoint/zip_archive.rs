//! Finds files in a zip archive, as far as PyTorch's archives need it: stored, not compressed
//! (PKWARE's APPNOTE.TXT, sections 4.3 and 4.5).

use std::ops::Range;
use std::sync::Arc;

use super::files::CheckpointFiles;
use crate::weights::error::WeightsError;

const END: [u8; 4] = *b"PK\x05\x06";
const END_64: [u8; 4] = *b"PK\x06\x06";
const LOCATOR_64: [u8; 4] = *b"PK\x06\x07";
const ENTRY: [u8; 4] = *b"PK\x01\x02";
const LOCAL: [u8; 4] = *b"PK\x03\x04";
/// Bytes before a local entry's name.
const LOCAL_HEADER: u64 = 30;
/// Bytes of the end record, the longest possible comment, and the 64-bit locator before them.
const TAIL: u64 = 22 + 65_535 + 20;
/// Largest directory in bytes. A checkpoint has a few thousand entries.
const MAX_DIRECTORY: u64 = 64 << 20;

/// A file in the archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ZipEntry {
    /// Shared, because every tensor of a storage has a copy of its entry.
    pub name: Arc<str>,
    /// Whether it is stored without compression.
    pub stored: bool,
    pub size: u64,
    /// Offset of its local header.
    pub header: u64,
}

impl ZipEntry {
    /// The range of its bytes in the archive.
    pub(super) async fn data(
        &self,
        files: &impl CheckpointFiles,
        file: &str,
    ) -> Result<Range<u64>, WeightsError> {
        let damaged = || damaged(&self.name);
        if !self.stored {
            return Err(damaged());
        }
        let end = self.header.checked_add(LOCAL_HEADER).ok_or_else(damaged)?;
        let header = files.read(file, self.header..end).await?;
        if !header.starts_with(&LOCAL) {
            return Err(damaged());
        }
        let lengths = field16(&header, 26).zip(field16(&header, 28));
        let (name, extra) = lengths.ok_or_else(damaged)?;
        let start = end + u64::from(name) + u64::from(extra);
        let end = start.checked_add(self.size).ok_or_else(damaged)?;
        Ok(start..end)
    }
}

/// Reads the directory of an archive.
///
/// # Errors
/// [`WeightsError::Checkpoint`] if it is cut short or damaged.
pub(super) async fn entries(
    files: &impl CheckpointFiles,
    file: &str,
    size: u64,
) -> Result<Vec<ZipEntry>, WeightsError> {
    let tail_start = size.saturating_sub(TAIL);
    let tail = files.read(file, tail_start..size).await?;
    let cut = || damaged("its directory");
    let end = tail
        .windows(4)
        .rposition(|window| window == END)
        .ok_or_else(cut)?;
    let locator_64 = end
        .checked_sub(20)
        .filter(|at| tail[*at..].starts_with(&LOCATOR_64));
    let (length, start) = match locator_64 {
        Some(locator) => {
            let at = field64(&tail, locator + 8).ok_or_else(cut)?;
            let last = at
                .checked_add(56)
                .filter(|last| *last <= size)
                .ok_or_else(cut)?;
            let record = files.read(file, at..last).await?;
            let fields = field64(&record, 40).zip(field64(&record, 48));
            fields.filter(|_| record.starts_with(&END_64))
        }
        None => field32(&tail, end + 12)
            .zip(field32(&tail, end + 16))
            .map(|(length, start)| (length.into(), start.into())),
    }
    .ok_or_else(cut)?;
    let end = start
        .checked_add(length)
        .filter(|end| *end <= size && length <= MAX_DIRECTORY)
        .ok_or_else(cut)?;
    let directory = files.read(file, start..end).await?;
    let mut rest = directory.as_slice();
    let mut entries = Vec::new();
    while rest.starts_with(&ENTRY) {
        let (entry, length) = entry(rest).ok_or_else(cut)?;
        entries.push(entry);
        rest = rest.get(length..).unwrap_or_default();
    }
    Ok(entries)
}

/// The entry at the start of `record`, and the record's length.
fn entry(record: &[u8]) -> Option<(ZipEntry, usize)> {
    const FIXED: usize = 46;
    let name_end = FIXED + usize::from(field16(record, 28)?);
    let extra_end = name_end + usize::from(field16(record, 30)?);
    let comment = usize::from(field16(record, 32)?);
    let name = String::from_utf8_lossy(record.get(FIXED..name_end)?).into();
    let mut size = u64::from(field32(record, 24)?);
    let mut header = u64::from(field32(record, 42)?);
    let compressed = field32(record, 20)?;
    // Values beyond 32 bits are in extra field 1, in this order.
    let mut wide = zip64_values(record.get(name_end..extra_end)?);
    if size == u64::from(u32::MAX) {
        size = wide.next()?;
    }
    if compressed == u32::MAX {
        wide.next()?;
    }
    if header == u64::from(u32::MAX) {
        header = wide.next()?;
    }
    let entry = ZipEntry {
        name,
        stored: field16(record, 10)? == 0,
        size,
        header,
    };
    Some((entry, extra_end + comment))
}

fn zip64_values(mut extra: &[u8]) -> impl Iterator<Item = u64> {
    let mut values: &[u8] = &[];
    while let (Some(kind), Some(length)) = (field16(extra, 0), field16(extra, 2)) {
        let end = 4 + usize::from(length);
        let Some(field) = extra.get(4..end) else {
            break;
        };
        if kind == 1 {
            values = field;
            break;
        }
        extra = &extra[end..];
    }
    values
        .as_chunks()
        .0
        .iter()
        .map(|bytes| u64::from_le_bytes(*bytes))
}

fn field16(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn field32(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn field64(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn damaged(what: &str) -> WeightsError {
    WeightsError::Checkpoint(format!("{what} is damaged or cut short in the archive"))
}
