//! What the browser's processes took at their largest.

use std::fs;

use super::Browser;

/// Bytes that processes held at their largest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PeakMemory {
    /// The largest of those that show pages and run their workers.
    pub renderer: u64,
    /// The one that talks to the graphics card, or is one in software.
    pub gpu: u64,
}

impl Browser {
    /// The largest resident size so far of the browser's processes; `None` where this system does
    /// not tell (Linux does).
    pub fn peak_memory(&self) -> Option<PeakMemory> {
        let mut peak = PeakMemory::default();
        for entry in fs::read_dir("/proc").ok()?.flatten() {
            let folder = entry.path();
            let id = entry.file_name().to_str().and_then(|id| id.parse().ok());
            let Some(id) = id.filter(|&id| self.started(id)) else {
                continue;
            };
            let line = fs::read(folder.join("cmdline")).unwrap_or_default();
            let line = String::from_utf8_lossy(&line);
            // A process that ended meanwhile has no size any more.
            let size = field(id, "VmHWM:").unwrap_or(0) * 1024;
            if line.contains("--type=renderer") {
                peak.renderer = peak.renderer.max(size);
            } else if line.contains("--type=gpu-process") {
                peak.gpu = peak.gpu.max(size);
            }
        }
        (peak.renderer > 0).then_some(peak)
    }

    /// Whether a process descends from this browser's driver.
    fn started(&self, mut id: u64) -> bool {
        while id > 1 && id != u64::from(self.driver.id()) {
            id = field(id, "PPid:").unwrap_or(0);
        }
        id > 1
    }
}

fn field(id: u64, name: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}
