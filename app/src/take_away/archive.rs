//! Pictures sorted by label, as a ZIP file. Pictures are compressed already, so they are only stored.

use std::io::{self, Write};

use js_sys::{Array, Uint8Array};
use rawzip::{CompressionMethod, ZipArchiveWriter};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, File};

use super::file_names::UniqueNames;

/// Bytes of a picture that are in memory at a time.
const CHUNK: f64 = 4e6;

/// A picture on its way out: its folder, and its file.
pub type SortedFile = (String, File);

/// Takes bytes from the archive and hands them to the browser, which may keep them on disk.
#[derive(Default)]
struct Parts {
    blobs: Array,
    pending: Vec<u8>,
}

impl Parts {
    /// Hands over what is pending.
    fn flush_pending(&mut self) -> Result<(), JsValue> {
        if !self.pending.is_empty() {
            let bytes = Uint8Array::from(self.pending.as_slice());
            self.pending.clear();
            let blob = Blob::new_with_u8_array_sequence(&Array::of1(&bytes))?;
            self.blobs.push(&blob);
        }
        Ok(())
    }
}

impl Write for Parts {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.pending.extend_from_slice(bytes);
        if self.pending.len() as f64 > CHUNK {
            self.flush_pending()
                .map_err(|_| io::Error::from(io::ErrorKind::StorageFull))?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Packs files; `proceed` is called before each with its index, and stops the work with `false`.
/// `None` if it was stopped.
///
/// # Errors
/// Those of the browser: a file that is gone, or a disk that is full.
pub async fn pack(
    files: Vec<SortedFile>,
    proceed: impl Fn(usize) -> bool,
) -> Result<Option<Blob>, JsValue> {
    let refused = |error: rawzip::Error| JsValue::from(error.to_string());
    let mut names = UniqueNames::default();
    let mut archive = ZipArchiveWriter::new(Parts::default());
    for (index, (folder, file)) in files.into_iter().enumerate() {
        if !proceed(index) {
            return Ok(None);
        }
        let (folder, name) = names.take(&folder, &file.name());
        let path = format!("{folder}/{name}");
        let builder = archive.new_file(path.as_str());
        let builder = builder.compression_method(CompressionMethod::STORE);
        let (mut entry, config) = builder.start().map_err(refused)?;
        let mut writer = config.wrap(&mut entry);
        let (mut start, size) = (0.0, file.size());
        while start < size {
            let end = (start + CHUNK).min(size);
            let chunk = file.slice_with_f64_and_f64(start, end)?;
            let bytes = JsFuture::from(chunk.array_buffer()).await?;
            let written = writer.write_all(&Uint8Array::new(&bytes).to_vec());
            written.map_err(|error| JsValue::from(error.to_string()))?;
            start = end;
        }
        let (_, output) = writer.finish().map_err(refused)?;
        entry.finish(output).map_err(refused)?;
    }
    let mut parts = archive.finish().map_err(refused)?;
    parts.flush_pending()?;
    let options = BlobPropertyBag::new();
    options.set_type("application/zip");
    Blob::new_with_blob_sequence_and_options(&parts.blobs, &options).map(Some)
}
