//! Results on standard output.

use std::io::{Write, stdout};

use serde::Serialize;

use crate::failure::Failure;

/// Prints one JSON document and a newline.
pub fn json(value: &impl Serialize) -> Result<(), Failure> {
    let mut output = stdout().lock();
    serde_json::to_writer_pretty(&mut output, value).map_err(std::io::Error::from)?;
    Ok(writeln!(output)?)
}

/// Prints lines for people.
pub fn text(lines: &str) -> Result<(), Failure> {
    Ok(stdout().lock().write_all(lines.as_bytes())?)
}

/// Why formatting a table cannot fail.
pub const TO_MEMORY: &str = "writing to a string cannot fail";
