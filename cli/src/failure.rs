//! Errors that end a command.

use std::io;
use std::path::PathBuf;

use glance_engine::Error;
use glance_engine::few_shot::FewShotError;
use thiserror::Error as ThisError;

/// Why a command failed as a whole.
#[derive(Debug, ThisError)]
pub enum Failure {
    /// The model file is missing.
    #[error("There is no model at {0}; name one with --model, or make one with glance pack.")]
    NoModel(PathBuf),
    /// The model file is damaged or unusable.
    #[error("{path}: {reason}")]
    Model { path: PathBuf, reason: Error },
    /// A checkpoint cannot be packed.
    #[error("{path}: {reason}")]
    Checkpoint { path: PathBuf, reason: Error },
    /// A file or folder cannot be read.
    #[error("{path} cannot be read: {reason}.")]
    Read { path: PathBuf, reason: io::Error },
    /// A file cannot be written.
    #[error("{path} cannot be written: {reason}.")]
    Write { path: PathBuf, reason: io::Error },
    /// An evaluation needs one folder a class.
    #[error(
        "{0} holds no class folders with pictures; put each class's pictures into a folder named after it."
    )]
    NoClasses(PathBuf),
    /// A class folder holds folders.
    #[error(
        "{0} is a folder in a class folder; choose the folder whose own folders are the classes, \
         with their pictures directly in them."
    )]
    NestedClasses(PathBuf),
    /// Two class folders have the same label.
    #[error("{0} holds two folders for the class {1}; put their pictures into one.")]
    SameClass(PathBuf, String),
    /// A test folder has a class that was not learnt.
    #[error("{0} holds a folder for the class {1}, which was not learnt; leave it out.")]
    UnknownClass(PathBuf, String),
    /// Pictures cannot be learnt from.
    #[error(transparent)]
    FewShot(#[from] FewShotError),
    /// A file of templates is empty.
    #[error("{0} holds no sentence; write one a line, with {{}} where the label goes.")]
    NoTemplates(PathBuf),
    /// A template has another placeholder than ours.
    #[error("The sentence “{0}” has {1}, but the label goes where {{}} is; write {{}} there.")]
    Placeholder(String, String),
    /// A file of templates has an unsupported encoding.
    #[error("{0} is in {1}; save it as UTF-8.")]
    NotUtf8(PathBuf, String),
    /// A file of templates is too long to be one.
    #[error("{0} is longer than 1 MiB, too long for a list of sentences; choose another file.")]
    TemplatesTooLong(PathBuf),
    /// The network or a text failed.
    #[error(transparent)]
    Engine(#[from] Error),
    /// Standard output is closed.
    #[error("The result cannot be printed: {0}.")]
    Output(#[from] io::Error),
}
