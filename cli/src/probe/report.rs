//! The accuracy of a linear probe.

use std::fmt::Write;

use serde::Serialize;

use crate::eval::report::Report as Accuracy;
use crate::eval::table::table as accuracy_table;
use crate::output;

#[derive(Serialize)]
pub struct Report {
    pub strength: f64,
    pub train: Share,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub beside: Option<Beside>,
    pub test: Accuracy,
}

/// What is measured beside the probe.
#[derive(Serialize)]
pub struct Beside {
    pub zero_shot: Share,
    pub few_shot: Share,
}

/// The share of pictures whose own class came first.
#[derive(Serialize)]
pub struct Share {
    pub top1: f64,
    pub top1_interval: [f64; 2],
    pub n: usize,
}

impl Share {
    pub fn of(accuracy: &Accuracy) -> Self {
        Self {
            top1: accuracy.top1,
            top1_interval: accuracy.top1_interval,
            n: accuracy.n,
        }
    }
}

/// The report for people: the shares, then what `glance eval` prints of the test.
pub fn table(report: &Report) -> String {
    let Report {
        strength,
        train,
        beside,
        test,
    } = report;
    let mut table = format!("linear probe of strength {strength:.4}\n");
    let mut row = |share: &Share, name: &str| {
        let [top1, low, high] = [share.top1, share.top1_interval[0], share.top1_interval[1]];
        let [top1, low, high] = [top1, low, high].map(|share| 100.0 * share);
        let n = share.n;
        writeln!(
            table,
            "{top1:6.1} % ({low:.1} to {high:.1})  {name}, {n} pictures"
        )
        .expect(output::TO_MEMORY);
    };
    row(train, "on what it learnt from");
    row(&Share::of(test), "on other pictures");
    if let Some(Beside {
        zero_shot,
        few_shot,
    }) = beside
    {
        row(zero_shot, "zero-shot on these");
        row(few_shot, "few-shot on these, texts and examples together");
    }
    table + "\nthe probe on other pictures: " + &accuracy_table(test)
}
