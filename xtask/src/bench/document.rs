//! Writes the tables of BENCHMARKS.md. Each has the results of the last run that measured it.
//!
//! A table stands between `<!-- bench: NAME -->` and `<!-- /bench -->`. The prose around it is written by
//! hand.

use std::fs;

use super::results::{Record, Results};
use super::table;
use crate::error::TaskError;
use crate::workspace;

/// The tables by name. `browser` and `native` depend on the device, so theirs is part of the name.
const SECTIONS: [&str; 8] = [
    "agreement",
    "browser cpu",
    "browser gpu",
    "native cpu",
    "kernels",
    "pictures",
    "start",
    "memory",
];
const END: &str = "<!-- /bench -->";

/// Writes what was measured into BENCHMARKS.md.
pub fn write(results: &Results) -> Result<(), TaskError> {
    let path = workspace::root().join("BENCHMARKS.md");
    let at = |error| TaskError::File(path.clone(), error);
    let text = fs::read_to_string(&path).map_err(at)?;
    let text = updated(&text, &results.records, &results.conditions())?;
    fs::write(&path, text).map_err(at)
}

/// `text` with the tables of all sections that have records, each followed by `conditions`.
fn updated(text: &str, records: &[Record], conditions: &str) -> Result<String, TaskError> {
    let mut text = text.to_owned();
    for section in SECTIONS {
        let of_section = records.iter().filter(|record| name(record) == section);
        let of_section: Vec<Record> = of_section.cloned().collect();
        if of_section.is_empty() {
            continue;
        }
        let start = start(section);
        let place = text.find(&start).map(|at| at + start.len());
        let place = place.and_then(|from| Some(from..from + text[from..].find(END)?));
        let place = place.ok_or(TaskError::NoBenchTable(section))?;
        let table = table::table(&of_section);
        text.replace_range(place, &format!("\n{table}\n{conditions}\n"));
    }
    Ok(text)
}

fn start(section: &str) -> String {
    format!("<!-- bench: {section} -->")
}

fn name(record: &Record) -> String {
    match record.part.as_str() {
        part @ ("browser" | "native") => format!("{part} {}", record.device),
        part => part.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(part: &str, device: &str, milliseconds: f64) -> Record {
        Record {
            part: part.to_owned(),
            model: "small".to_owned(),
            device: device.to_owned(),
            who: "ours".to_owned(),
            what: "image".to_owned(),
            unit: "ms".to_owned(),
            samples: vec![milliseconds],
            paths: Vec::new(),
        }
    }

    #[test]
    fn only_tables_that_were_measured_change() {
        let old = "Speed.\n<!-- bench: browser cpu -->\nold\n<!-- /bench -->\nThen\n\
                   <!-- bench: start -->\nold\n<!-- /bench -->\nEnd\n";
        let records = [record("browser", "cpu", 3.0), record("demo", "cpu", 4.0)];
        let new = updated(old, &records, "Today.").expect("the table has a place");
        let (before, rest) = new
            .split_once("<!-- bench: browser cpu -->\n")
            .expect("kept");
        let (table, after) = rest.split_once("<!-- /bench -->").expect("kept");
        assert_eq!(before, "Speed.\n");
        assert!(
            table.contains("| small, browser | image, ms | 3.00 |"),
            "{table}"
        );
        assert!(table.ends_with("\nToday.\n"), "{table}");
        assert_eq!(
            after,
            "\nThen\n<!-- bench: start -->\nold\n<!-- /bench -->\nEnd\n"
        );
        updated(old, &[record("native", "cpu", 1.0)], "").expect_err("it has no place");
    }

    #[test]
    fn the_document_has_a_place_for_every_table() {
        let path = workspace::root().join("BENCHMARKS.md");
        let text = fs::read_to_string(path).expect("it is part of the repository");
        for section in SECTIONS {
            assert_eq!(text.matches(&start(section)).count(), 1, "{section}");
        }
        assert_eq!(text.matches(END).count(), SECTIONS.len());
    }
}
