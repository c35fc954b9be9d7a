//! Memory and CPU time of the browser's processes.

use std::fs;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::session::Browser;

/// Interval over which CPU time is measured to tell whether the browser is idle.
const WATCH: Duration = Duration::from_millis(500);
/// Most CPU time that an idle browser takes in the interval, in hundredths of a second.
const AT_REST: u64 = 5;
/// Maximum number of intervals to wait.
const WATCHES: usize = 40;

/// Time between two samples of memory: garbage may be gone after some tens of milliseconds.
const LOOK: Duration = Duration::from_millis(10);
/// Time between two listings of processes, which take longer.
const COUNT: Duration = Duration::from_millis(500);

/// Memory of a browser's processes, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// Resident memory of the largest renderer and the GPU process (also in software) together. It
    /// includes the browser's program files, which its other processes share.
    pub resident: u64,
    /// Private memory of these two, without files: the footprint in Chromium's task manager.
    pub private: u64,
    /// Private memory of all processes: also those that fetch, store and draw the window.
    pub private_of_all: u64,
}

/// Samples the memory of a browser's processes. The kernel's own peak (`VmHWM`) is updated only at
/// times and has no private part.
pub struct MemoryWatch {
    end: Sender<()>,
    thread: JoinHandle<Option<Memory>>,
}

impl MemoryWatch {
    /// The largest value of each; `None` if the system does not report memory (Linux does).
    pub fn peak(self) -> Option<Memory> {
        let Self { end, thread } = self;
        drop(end);
        thread.join().expect("a look does not fail")
    }
}

fn watch(driver: u64, ended: &Receiver<()>) -> Option<Memory> {
    let mut peak = Memory::default();
    let mut counted: Option<Instant> = None;
    let mut processes = Vec::new();
    while ended.recv_timeout(LOOK) == Err(RecvTimeoutError::Timeout) {
        if counted.is_none_or(|at| at.elapsed() >= COUNT) {
            counted = Some(Instant::now());
            let ids = descendants(driver)?.into_iter();
            processes = ids.map(|id| (id, command_line(id))).collect();
        }
        let held = processes.iter().map(|(id, line)| (line, holds(*id)));
        let held: Vec<(&String, Holds)> = held.collect();
        let of_kind = |kind| held.iter().filter(move |(line, _)| line.contains(kind));
        let renderer = of_kind("--type=renderer").max_by_key(|(_, holds)| holds.resident);
        let both: Vec<&Holds> = renderer
            .into_iter()
            .chain(of_kind("--type=gpu-process").take(1))
            .map(|(_, holds)| holds)
            .collect();
        let resident = both.iter().map(|holds| holds.resident).sum();
        let private = both.iter().map(|holds| holds.private).sum();
        let private_of_all = held.iter().map(|(_, holds)| holds.private).sum();
        peak.resident = peak.resident.max(resident);
        peak.private = peak.private.max(private);
        peak.private_of_all = peak.private_of_all.max(private_of_all);
    }
    (peak.resident > 0).then_some(peak)
}

/// Bytes of one process.
struct Holds {
    resident: u64,
    private: u64,
}

/// Zero for a process that has ended.
fn holds(id: u64) -> Holds {
    let size = |name| field(id, name).unwrap_or(0) * 1024;
    Holds {
        resident: size("VmRSS:"),
        private: size("RssAnon:") + size("VmSwap:"),
    }
}

fn command_line(id: u64) -> String {
    let line = fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
    String::from_utf8_lossy(&line).into_owned()
}

impl Browser {
    /// Starts sampling the memory of the browser's processes.
    pub fn watch_memory(&self) -> MemoryWatch {
        let driver = u64::from(self.driver.id());
        let (end, ended) = channel();
        let thread = std::thread::spawn(move || watch(driver, &ended));
        MemoryWatch { end, thread }
    }

    /// Waits until the browser is idle, because a fresh one is busy for some seconds. Returns at
    /// once if the system does not report CPU time.
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

    /// CPU time of the processes in hundredths of a second, Linux's `USER_HZ`.
    fn processor_time(&self) -> Option<u64> {
        let processes = descendants(u64::from(self.driver.id()))?;
        let times = processes.into_iter().filter_map(|id| {
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
}

/// The descendants of a process; `None` if the system does not list them.
fn descendants(of: u64) -> Option<Vec<u64>> {
    let entries = fs::read_dir("/proc").ok()?.flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    Some(ids.filter(|&id| descends(id, of)).collect())
}

fn descends(mut id: u64, from: u64) -> bool {
    while id > 1 && id != from {
        id = field(id, "PPid:").unwrap_or(0);
    }
    id > 1
}

fn field(id: u64, name: &str) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}
