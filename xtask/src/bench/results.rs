//! The results of the benchmark programs.

use std::fs;
use std::io;
use std::path::Path;

use serde_json::{Value, json};

use crate::error::TaskError;

/// All results of a run.
pub struct Results {
    /// The browser, its adapter, and other facts about the machine.
    pub machine: Value,
    /// In the order of measuring.
    pub records: Vec<Record>,
}

/// Measurements of one contestant in one case.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// `browser`, `native`, `kernels`, `start`, `memory`, `agreement`, `demo` or `page`.
    pub part: String,
    /// The name of the model's folder.
    pub model: String,
    /// `cpu` or `gpu`.
    pub device: String,
    /// `ours`, or the peer's variant.
    pub who: String,
    /// Such as `image ×8`.
    pub what: String,
    /// Such as `ms`.
    pub unit: String,
    /// In the order of measuring.
    pub samples: Vec<f64>,
    /// Files on the server whose compressed size is the sample.
    pub paths: Vec<String>,
}

impl Results {
    /// Empty results of a machine.
    pub fn new(machine: Value) -> Self {
        Self {
            machine,
            records: Vec::new(),
        }
    }

    /// Adds the results that a program wrote.
    pub fn read(&mut self, path: &Path) -> Result<(), TaskError> {
        let at = |error| TaskError::File(path.to_owned(), error);
        let bytes = fs::read(path).map_err(at)?;
        let all: Value = serde_json::from_slice(&bytes).map_err(|error| at(error.into()))?;
        let records = all["results"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        for record in records {
            let record = Record::of(record)
                .ok_or_else(|| at(io::Error::other("a record lacks something")))?;
            self.records.push(record);
        }
        if let (Some(known), Some(more)) =
            (self.machine.as_object_mut(), all["machine"].as_object())
        {
            known.extend(more.clone());
        }
        Ok(())
    }

    /// One line: when, how and on what it was measured.
    pub fn conditions(&self) -> String {
        let part = |name: &str, unit: &str| match &self.machine[name] {
            Value::Null => None,
            Value::String(text) => Some(format!("{text}{unit}")),
            other => Some(format!("{other}{unit}")),
        };
        let parts = [
            part("date", ""),
            part("extent", " run"),
            part("cores", " cores"),
            part("processor", ""),
            part("browser", ""),
            part("adapter", " for WebGPU"),
            part("card", ""),
            part("load", " processes running before"),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        format!("Measured: {}.", parts.join(", "))
    }

    /// The records as JSON.
    pub fn values(&self) -> Vec<Value> {
        self.records.iter().map(Record::value).collect()
    }
}

impl Record {
    fn of(value: &Value) -> Option<Self> {
        let text = |name: &str| value[name].as_str().map(str::to_owned);
        let list = |name: &str| {
            value[name]
                .as_array()
                .map(Vec::as_slice)
                .unwrap_or_default()
        };
        Some(Self {
            part: text("part")?,
            model: text("model")?,
            device: text("device")?,
            who: text("who")?,
            what: text("what")?,
            unit: text("unit")?,
            samples: list("samples").iter().filter_map(Value::as_f64).collect(),
            paths: list("paths")
                .iter()
                .filter_map(|path| Some(path.as_str()?.to_owned()))
                .collect(),
        })
    }

    fn value(&self) -> Value {
        json!({
            "part": self.part, "model": self.model, "device": self.device, "who": self.who,
            "what": self.what, "unit": self.unit, "samples": self.samples,
            "median": median(&self.samples),
        })
    }
}

/// The median; `None` without samples.
pub fn median(samples: &[f64]) -> Option<f64> {
    let mut sorted = samples.to_vec();
    sorted.sort_by(f64::total_cmp);
    let middle = sorted.len() / 2;
    let upper = *sorted.get(middle)?;
    if sorted.len() % 2 == 1 {
        return Some(upper);
    }
    Some((sorted[middle - 1] + upper) / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_leave_out_what_is_not_known() {
        let machine = json!({"date": "2026-01-02", "cores": 2, "load": null, "adapter": "Soft"});
        assert_eq!(
            Results::new(machine).conditions(),
            "Measured: 2026-01-02, 2 cores, Soft for WebGPU."
        );
    }

    #[test]
    fn a_median_is_in_the_middle() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[3.0, 1.0, 100.0]), Some(3.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 100.0]), Some(3.0));
    }
}
