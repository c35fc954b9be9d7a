//! Zip archives as PyTorch writes them: files that are stored, not compressed. Checksums are zero,
//! because the engine does not read them.

/// The files of an archive, in the order of their bytes, if it is whole.
pub fn files(archive: &[u8]) -> Option<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    let number = |bytes: &[u8], at: usize, length: usize| {
        let bytes = bytes.get(at..at + length)?;
        let join = |number: usize, byte: &u8| number << 8 | usize::from(*byte);
        Some(bytes.iter().rev().fold(0, join))
    };
    let end = archive.windows(4).rposition(|four| four == b"PK\x05\x06")?;
    let mut directory = archive.get(number(archive, end + 16, 4)?..)?;
    while directory.starts_with(b"PK\x01\x02") {
        let name = number(directory, 28, 2)?;
        let others = number(directory, 30, 2)? + number(directory, 32, 2)?;
        let (size, header) = (number(directory, 24, 4)?, number(directory, 42, 4)?);
        let local = archive.get(header..)?;
        let start = 30 + number(local, 26, 2)? + number(local, 28, 2)?;
        let text = String::from_utf8_lossy(directory.get(46..46 + name)?).into_owned();
        files.push((text, local.get(start..start.checked_add(size)?)?.to_vec()));
        directory = directory.get(46 + name + others..)?;
    }
    (!files.is_empty()).then_some(files)
}

/// An archive of these files.
pub fn write<'a>(files: impl IntoIterator<Item = (&'a str, &'a [u8])>) -> Vec<u8> {
    let mut archive = Vec::new();
    let mut directory = Vec::new();
    let mut count = 0u16;
    for (name, bytes) in files {
        let sizes = [bytes.len() as u32; 2].map(u32::to_le_bytes).concat();
        let length = (name.len() as u16).to_le_bytes();
        let header = (archive.len() as u32).to_le_bytes();
        // Version, flags, method, time, date, checksum; and no extra field.
        archive.extend([b"PK\x03\x04", &[0; 14][..], &sizes, &length, &[0; 2]].concat());
        archive.extend([name.as_bytes(), bytes].concat());
        directory.extend([b"PK\x01\x02", &[0; 16][..], &sizes, &length, &[0; 12]].concat());
        directory.extend([&header, name.as_bytes()].concat());
        count = count.wrapping_add(1);
    }
    let [length, start] = [directory.len(), archive.len()].map(|at| (at as u32).to_le_bytes());
    let count = [count; 2].map(u16::to_le_bytes).concat();
    archive.extend(directory);
    archive.extend([b"PK\x05\x06", &[0; 4][..], &count, &length, &start, &[0; 2]].concat());
    archive
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_back() {
        let written = write([("a/data.pkl", &b"one"[..]), ("a/data/0", b"")]);
        let expected = [("a/data.pkl", "one"), ("a/data/0", "")];
        let expected = expected.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()));
        assert_eq!(files(&written), Some(expected.to_vec()));
    }
}
