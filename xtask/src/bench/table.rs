//! Measurements as a table: a row a case, a column a contestant, and the ratio.

use std::fmt::Write;

use super::results::{Record, median};

const OURS: &str = "ours";

/// Markdown, a table for each part.
pub fn tables(records: &[Record]) -> String {
    let mut text = String::new();
    for part in distinct(records, |record| &record.part) {
        let of_part = records.iter().filter(|record| record.part == *part);
        let of_part: Vec<Record> = of_part.cloned().collect();
        text.push_str(&table(&of_part));
        text.push('\n');
    }
    text.push_str("\\* measured once, without a warm-up, or a ratio in a row with such a one.\n");
    text
}

/// One table. The ratio is ours divided by the best of the others: below one is better for costs,
/// above one for rates.
pub fn table(records: &[Record]) -> String {
    let whos = distinct(records, |record| &record.who);
    let mut text = String::from("| | |");
    let mut rule = String::from("|---|---|");
    for who in &whos {
        let _ = write!(text, " {who} |");
        rule.push_str("--:|");
    }
    let _ = writeln!(text, " ours / best |\n{rule}--:|");
    let case = |record: &Record| {
        (
            record.part.clone(),
            record.model.clone(),
            record.device.clone(),
            record.what.clone(),
        )
    };
    let mut seen = Vec::new();
    for record in records {
        let key = case(record);
        if seen.contains(&key) {
            continue;
        }
        let row: Vec<&Record> = records.iter().filter(|other| case(other) == key).collect();
        let (_, model, _, what) = &key;
        let _ = write!(
            text,
            "| {model}{} | {what}, {} |",
            place(record),
            record.unit
        );
        for who in &whos {
            let found = row.iter().find(|record| record.who == **who);
            let _ = write!(
                text,
                " {} |",
                found.map_or("–".to_owned(), |record| shown(record))
            );
        }
        let mark = if row.iter().any(|record| once(record)) {
            "\\*"
        } else {
            ""
        };
        let ratio = ratio(&row).map_or("–".to_owned(), |ratio| format!("{ratio:.2}{mark}"));
        let span = span(&row).unwrap_or_default();
        let _ = writeln!(text, " {ratio}{span} |");
        seen.push(key);
    }
    text
}

/// A note on where it ran, behind the model. The other parts' cases or models say it themselves.
fn place(record: &Record) -> String {
    match (record.part.as_str(), record.device.as_str()) {
        ("kernels" | "pictures" | "demo" | "page", _) => String::new(),
        ("start", _) => String::new(),
        ("memory" | "agreement", device) => format!(", {device}"),
        ("browser", "gpu") => ", WebGPU".to_owned(),
        ("browser", _) => ", browser".to_owned(),
        (part, device) => format!(", {part} {device}"),
    }
}

fn shown(record: &Record) -> String {
    let Some(median) = median(&record.samples) else {
        return "–".to_owned();
    };
    let digits = match median.abs() {
        value if value >= 100.0 => 0,
        value if value >= 10.0 => 1,
        value if value >= 1.0 => 2,
        _ => 3,
    };
    format!("{median:.digits$}{}", if once(record) { "\\*" } else { "" })
}

/// Whether it was measured once, without a warm-up.
fn once(record: &Record) -> bool {
    record.unit == "ms" && record.what.contains('×') && record.samples.len() == 1
}

/// Ours divided by the best of the others; `None` for correlations.
fn ratio(row: &[&Record]) -> Option<f64> {
    let ours = row.iter().find(|record| record.who == OURS)?;
    if ours.unit == "correlation" {
        return None;
    }
    let others = row.iter().filter(|record| record.who != OURS);
    let others = others.filter_map(|record| median(&record.samples));
    let best = if ["GFLOP/s", "pictures/s"].contains(&ours.unit.as_str()) {
        others.max_by(f64::total_cmp)
    } else {
        others.min_by(f64::total_cmp)
    };
    let best = best.filter(|best| *best > 0.0)?;
    Some(median(&ours.samples)? / best)
}

/// The smallest and largest ratio of the pairs in a row of the demo model.
fn span(row: &[&Record]) -> Option<String> {
    let [ours, other] = row else { return None };
    let pairs = ours.samples.iter().zip(&other.samples);
    let ratios: Vec<f64> = pairs.map(|(ours, other)| ours / other).collect();
    let least = ratios.iter().copied().min_by(f64::total_cmp)?;
    let most = ratios.iter().copied().max_by(f64::total_cmp)?;
    (ours.part == "demo").then(|| format!(" ({least:.2} to {most:.2})"))
}

/// Distinct values in order of first appearance.
fn distinct<'a>(records: &'a [Record], of: impl Fn(&'a Record) -> &'a String) -> Vec<&'a String> {
    let mut found = Vec::new();
    for value in records.iter().map(of) {
        if !found.contains(&value) {
            found.push(value);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(who: &str, what: &str, samples: &[f64]) -> Record {
        Record {
            part: "browser".to_owned(),
            model: "small".to_owned(),
            device: "cpu".to_owned(),
            who: who.to_owned(),
            what: what.to_owned(),
            unit: "ms".to_owned(),
            samples: samples.to_vec(),
            paths: Vec::new(),
        }
    }

    #[test]
    fn ours_is_compared_with_the_best_of_the_others() {
        let records = [
            record("ours", "image ×1", &[10.0, 30.0, 20.0]),
            record("fp32", "image ×1", &[100.0, 100.0]),
            record("q8", "image ×1", &[40.0]),
            record("ours", "image ×8", &[1.5]),
            record("fp32", "image ×8", &[]),
        ];
        let table = tables(&records);
        let rows: Vec<&str> = table.lines().collect();
        assert_eq!(rows[0], "| | | ours | fp32 | q8 | ours / best |");
        assert_eq!(
            rows[2],
            "| small, browser | image ×1, ms | 20.0 | 100 | 40.0\\* | 0.50\\* |"
        );
        assert_eq!(
            rows[3],
            "| small, browser | image ×8, ms | 1.50\\* | – | – | – |"
        );
    }

    #[test]
    fn the_demo_model_is_compared_in_pairs() {
        let demo = |who, samples: &[f64]| Record {
            part: "demo".to_owned(),
            ..record(who, "start", samples)
        };
        let records = [
            demo("ours", &[10.0, 30.0, 20.0]),
            demo("old", &[10.0, 20.0, 40.0]),
        ];
        let table = tables(&records);
        assert_eq!(
            table.lines().nth(2),
            Some("| small | start, ms | 20.0 | 20.0 | 1.00 (0.50 to 1.50) |")
        );
    }
}
