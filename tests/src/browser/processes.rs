//! What the browser's processes take: memory and time.

use std::fs;
use std::time::Duration;

use super::Browser;

/// How long processes are watched to tell whether they rest.
const WATCH: Duration = Duration::from_millis(500);
/// Hundredths of a second of processor time that resting processes take meanwhile, at most.
const AT_REST: u64 = 5;
/// Times that they are watched before they are taken for as quiet as they get.
const WATCHES: usize = 40;

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
        for id in self.processes()? {
            let line = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
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

    /// Waits until the browser's processes have nothing to do, for a fresh one is busy with itself
    /// for some seconds; at once where this system does not tell.
    pub fn comes_to_rest(&self) {
        for _ in 0..WATCHES {
            let Some(before) = self.processor_time() else {
                return;
            };
            self.runtime
                .block_on(async { tokio::time::sleep(WATCH).await });
            let after = self.processor_time().unwrap_or(before);
            if after.saturating_sub(before) <= AT_REST {
                return;
            }
        }
        println!("The browser did not come to rest: starts take longer than they should.");
    }

    /// Hundredths of a second that its processes have run, which is Linux's `USER_HZ`.
    fn processor_time(&self) -> Option<u64> {
        let times = self.processes()?.into_iter().filter_map(|id| {
            let stat = fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
            // Behind the name, which may hold anything: fields 3 and later of proc_pid_stat(5).
            let (_, fields) = stat.rsplit_once(')')?;
            let mut times = fields.split_whitespace().skip(11);
            let (user, system): (u64, u64) =
                (times.next()?.parse().ok()?, times.next()?.parse().ok()?);
            Some(user + system)
        });
        Some(times.sum())
    }

    /// Its driver's descendants; `None` where this system does not tell.
    fn processes(&self) -> Option<Vec<u64>> {
        let entries = fs::read_dir("/proc").ok()?.flatten();
        let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        Some(ids.filter(|&id| self.started(id)).collect())
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
