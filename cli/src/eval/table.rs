//! A report as a table for people.

use std::fmt::Write;

use super::report::{ClassReport, Confusion, LeftOut, Report};
use crate::output;

/// Lines of each list that are printed without `--json`.
const LISTED: usize = 10;

/// The report, a line a class or pair.
pub fn table(report: &Report) -> String {
    let Report {
        top1,
        top1_interval: [low1, high1],
        top5,
        top5_interval: [low5, high5],
        n,
        classes,
        per_class,
        confusions,
        errors,
    } = report;
    let percent = |share: &f64| share * 100.0;
    let mut table = format!(
        "top-1 {:.1} % ({:.1} to {:.1}), top-5 {:.1} % ({:.1} to {:.1}) of {n} pictures in \
         {classes} classes; in brackets 95 % intervals\n",
        percent(top1),
        percent(low1),
        percent(high1),
        percent(top5),
        percent(low5),
        percent(high5),
    );
    if !per_class.is_empty() {
        table.push_str("\n   top-1    top-5  pictures  class, the worst first\n");
    }
    for class in per_class.iter().take(LISTED) {
        let ClassReport { label, n, .. } = class;
        let (top1, top5) = (percent(&class.top1), percent(&class.top5));
        writeln!(table, "{top1:6.1} % {top5:6.1} % {n:9}  {label}").expect(output::TO_MEMORY);
    }
    rest(&mut table, per_class.len());
    if !confusions.is_empty() {
        table.push_str("\npictures  most often taken for another class\n");
    }
    for Confusion {
        label,
        taken_for,
        n,
    } in confusions.iter().take(LISTED)
    {
        writeln!(table, "{n:8}  {label} taken for {taken_for}").expect(output::TO_MEMORY);
    }
    rest(&mut table, confusions.len());
    if !errors.is_empty() {
        table.push('\n');
    }
    for LeftOut { path, error } in errors {
        writeln!(table, "left out {path}: {error}").expect(output::TO_MEMORY);
    }
    table
}

/// Prints how many lines of a list were left out.
fn rest(table: &mut String, lines: usize) {
    if lines > LISTED {
        let more = lines - LISTED;
        writeln!(table, "{more} more with --json").expect(output::TO_MEMORY);
    }
}
