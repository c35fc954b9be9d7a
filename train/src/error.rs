//! Errors of loading the training data.

use std::path::{Path, PathBuf};

/// Why the data set could not be loaded; each message says what to do next.
#[derive(Debug, thiserror::Error)]
pub enum DataError {
    /// `npm` or `python3` is not on the path.
    #[error("{program} is not installed; install Node.js (npm) and Python with pip, and run again")]
    ProgramMissing {
        /// The program that fetches packages of one registry.
        program: &'static str,
    },
    /// A package could not be fetched, most often because there is no network.
    #[error("{package} could not be fetched ({reason}); check the network and run again")]
    Fetch {
        /// Name and version, as its registry writes them.
        package: String,
        /// The last line that the fetching program printed.
        reason: String,
    },
    /// A fetched package is not the one that was recorded.
    #[error("{} has SHA-256 {found}, not the recorded {expected}; delete it and run again", path.display())]
    Checksum {
        /// The package as fetched.
        path: PathBuf,
        /// The recorded digest, hexadecimal.
        expected: &'static str,
        /// The digest of the file, hexadecimal.
        found: String,
    },
    /// A package lacks a file, or the file is not what it should be.
    #[error("{file} in {package} cannot be used: {reason}; delete the cache folder and run again")]
    Package {
        /// Name of the package.
        package: String,
        /// Path inside it.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The drawn pictures on disk cannot be read back.
    #[error("the drawn pictures in {} are damaged ({reason}); delete that file and run again", path.display())]
    Cache {
        /// The cache file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The photo archive cannot be used.
    #[error("the photos in {} cannot be used: {reason}; fetch the archive again or leave it out", path.display())]
    Photos {
        /// The archive.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A pack is not of the demo model's network.
    #[error("{} holds another network than the demo model's; leave --from out", .0.display())]
    OtherNetwork(PathBuf),
    /// A photograph cannot be decoded.
    #[error("{file} cannot be decoded ({reason}); remove it from the photographs and run again")]
    Photo {
        /// The file, as its archive or folder names it.
        file: String,
        /// What the decoder said.
        reason: String,
    },
    /// A file or folder could not be read or written.
    #[error("{} cannot be read or written: {source}; check that it exists and that you may use it", path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Neither a cache folder nor a home folder is known.
    #[error("no folder to keep the pictures in: set XDG_CACHE_HOME or HOME and run again")]
    NoCacheFolder,
}

impl DataError {
    /// Adds the file's path to a system error.
    pub(crate) fn file(path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::File { path, source }
    }
}
