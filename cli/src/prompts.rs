//! Options for the sentences that labels are put into.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use glance_engine::text::{
    imagenet_7_templates, imagenet_80_templates, mistaken_placeholder, pasted,
    without_byte_order_mark,
};

use crate::failure::Failure;

const DEFAULT: &str = "a photo of a {}";

/// Longest file of templates that is read; enough for thousands of sentences.
const MAX_FILE_BYTES: u64 = 1 << 20;

/// Options of every command that encodes labels.
#[derive(Args)]
pub struct PromptOptions {
    /// A sentence each label is put into, in place of {}; several are averaged
    /// [default: "a photo of a {}"]
    #[arg(long = "template", value_name = "SENTENCE")]
    sentences: Vec<String>,
    /// A file of such sentences, one a line
    #[arg(long = "templates", value_name = "FILE")]
    file: Option<PathBuf>,
    /// Sentences that OpenAI published for ImageNet: all 80, or a short list of seven
    #[arg(long = "prompts", value_enum, conflicts_with_all = ["sentences", "file"])]
    published: Option<Published>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Published {
    #[value(name = "imagenet-80")]
    ImageNet80,
    #[value(name = "imagenet-7")]
    ImageNet7,
}

impl PromptOptions {
    /// The templates in use, at least one.
    pub fn templates(&self) -> Result<Vec<String>, Failure> {
        let owned = |templates: Vec<&str>| templates.into_iter().map(str::to_owned).collect();
        match self.published {
            Some(Published::ImageNet80) => return Ok(owned(imagenet_80_templates())),
            Some(Published::ImageNet7) => return Ok(owned(imagenet_7_templates())),
            None => {}
        }
        let mut templates = self.sentences.clone();
        if let Some(path) = &self.file {
            templates.extend(read(path)?);
        }
        for template in &templates {
            if let Some(found) = mistaken_placeholder(template) {
                let found = found.to_owned();
                return Err(Failure::Placeholder(template.clone(), found));
            }
        }
        match templates.is_empty() {
            true => Ok(vec![DEFAULT.to_owned()]),
            false => Ok(templates),
        }
    }
}

fn read(path: &Path) -> Result<Vec<String>, Failure> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|reason| Failure::Read {
            path: path.to_owned(),
            reason,
        })?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(Failure::TemplatesTooLong(path.to_owned()));
    }
    let text = without_byte_order_mark(&bytes)
        .map_err(|wide| Failure::NotUtf8(path.to_owned(), wide.to_string()))?;
    let text = str::from_utf8(text)
        .map_err(|_| Failure::NotUtf8(path.to_owned(), "another encoding than UTF-8".to_owned()))?;
    let templates = pasted::pieces(text, &['\n', '\r']);
    match templates.is_empty() {
        true => Err(Failure::NoTemplates(path.to_owned())),
        false => Ok(templates),
    }
}
