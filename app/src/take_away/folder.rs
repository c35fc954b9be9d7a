//! Pictures sorted by label, written into a folder that the person chooses.

use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemGetDirectoryOptions,
    FileSystemGetFileOptions, FileSystemWritableFileStream,
};

use super::archive::SortedFile;
use super::file_names::UniqueNames;

/// Writes files into a folder for each label; `proceed` is called before each with its index, and
/// stops the work with `false`. Nothing that is there already is replaced. Returns how many were
/// written.
///
/// # Errors
/// Those of the browser: a file that is gone, a disk that is full, a permission that was withdrawn.
pub async fn write(
    root: FileSystemDirectoryHandle,
    files: Vec<SortedFile>,
    proceed: impl Fn(usize) -> bool,
) -> Result<usize, JsValue> {
    let mut names = UniqueNames::default();
    let create = FileSystemGetDirectoryOptions::new();
    create.set_create(true);
    let create_file = FileSystemGetFileOptions::new();
    create_file.set_create(true);
    let total = files.len();
    for (index, (folder, file)) in files.into_iter().enumerate() {
        if !proceed(index) {
            return Ok(index);
        }
        let (folder, mut name) = names.take(&folder, &file.name());
        let directory = JsFuture::from(root.get_directory_handle_with_options(&folder, &create));
        let directory: FileSystemDirectoryHandle = directory.await?.dyn_into()?;
        while JsFuture::from(directory.get_file_handle(&name))
            .await
            .is_ok()
        {
            (_, name) = names.take(&folder, &file.name());
        }
        let handle = directory.get_file_handle_with_options(&name, &create_file);
        let handle: FileSystemFileHandle = JsFuture::from(handle).await?.dyn_into()?;
        let stream = JsFuture::from(handle.create_writable()).await?;
        let stream: FileSystemWritableFileStream = stream.dyn_into()?;
        JsFuture::from(stream.write_with_blob(&file)?).await?;
        JsFuture::from(stream.close()).await?;
    }
    Ok(total)
}
