//! Checks that both compute the same, before their times count.

use glance_tests::browser::{Browser, Webgpu};
use serde_json::{Value, json};

use super::{Setup, record, task};

/// Least correlation with the peer's fp32.
const LEAST: f64 = 0.99;

/// Compares cosines of pictures and texts with the peer's in f32 on the processor.
pub fn check(setup: &Setup, model: &str) -> Vec<Value> {
    let site = setup.site(model);
    let cosines = |who: &str, device: &str| {
        let browser = Browser::start(if device == "cpu" {
            Webgpu::None
        } else {
            setup.webgpu
        });
        let code = format!("/{}", site.code());
        let options = json!({"who": who, "model": model, "device": device, "code": code});
        rows(&task(&site, &browser, "cosines", options))
    };
    let expected = cosines("fp32", "cpu");
    let mut results = Vec::new();
    for (who, device) in [
        ("ours", "cpu"),
        ("ours", "gpu"),
        ("fp32", "cpu"),
        ("q8", "cpu"),
        ("q4", "cpu"),
    ] {
        let found = match who {
            "fp32" => expected.clone(),
            who => cosines(who, device),
        };
        let agreement = correlation(&centred(&expected), &centred(&found));
        println!("{model}: {who} on the {device} agrees with the peer's fp32 to {agreement:.5}");
        assert!(
            who != "ours" || agreement > LEAST,
            "ours on the {device} does not compute what the peer does ({agreement})"
        );
        let what = "agreement with fp32";
        results.push(record(
            "agreement",
            model,
            device,
            who,
            what,
            "correlation",
            &[agreement],
        ));
    }
    results
}

fn rows(value: &Value) -> Vec<Vec<f64>> {
    let rows = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let row = |row: &Value| {
        row.as_array()
            .map(|row| row.iter().filter_map(Value::as_f64).collect())
    };
    rows.iter().filter_map(row).collect()
}

/// Subtracts what all pictures and all texts have in common, which would agree by itself.
fn centred(rows: &[Vec<f64>]) -> Vec<f64> {
    let (height, width) = (rows.len(), rows.first().map_or(0, Vec::len));
    let of_row = |row: usize| rows[row].iter().sum::<f64>() / width as f64;
    let of_column = |column: usize| rows.iter().map(|row| row[column]).sum::<f64>() / height as f64;
    let mean = (0..height).map(of_row).sum::<f64>() / height as f64;
    let mut values = Vec::with_capacity(height * width);
    for (index, row) in rows.iter().enumerate() {
        for (column, value) in row.iter().enumerate() {
            values.push(value - of_row(index) - of_column(column) + mean);
        }
    }
    values
}

fn correlation(left: &[f64], right: &[f64]) -> f64 {
    assert_eq!(
        left.len(),
        right.len(),
        "both answer for all pictures and texts"
    );
    let dot = |left: &[f64], right: &[f64]| -> f64 {
        left.iter()
            .zip(right)
            .map(|(left, right)| left * right)
            .sum()
    };
    dot(left, right) / (dot(left, left) * dot(right, right)).sqrt()
}
