//! What the browser's processes take: memory and time.

use std::fs;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::Browser;

/// How long processes are watched to tell whether they rest.
const WATCH: Duration = Duration::from_millis(500);
/// Hundredths of a second of processor time that resting processes take meanwhile, at most.
const AT_REST: u64 = 5;
/// Times that they are watched before they are taken for as quiet as they get.
const WATCHES: usize = 40;

/// Between two looks at what processes hold: garbage may be gone after some tens of milliseconds.
const LOOK: Duration = Duration::from_millis(10);
/// Between two looks at which processes there are, which take longer.
const COUNT: Duration = Duration::from_millis(500);

/// Bytes that a browser's processes hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    /// All that is resident of two processes: the largest of those that show pages and run their
    /// workers, and the one that talks to the graphics card, or is one in software. Also of the
    /// browser's own program files, which its other processes share.
    pub resident: u64,
    /// Of these two without what lies in files: what Chromium's task manager calls the footprint.
    pub private: u64,
    /// The same of all processes: also those that fetch, store and draw the browser's window.
    pub private_of_all: u64,
}

/// Watches what a browser's processes hold. The kernel's own record of a peak (`VmHWM`) is brought
/// up to date at times only, and knows no private part.
pub struct MemoryWatch {
    end: Sender<()>,
    thread: JoinHandle<Option<Memory>>,
}

impl MemoryWatch {
    /// The largest that was seen of each; `None` where this system does not tell (Linux does).
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

/// Nothing of a process that has ended.
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
    /// Begins to watch what the browser's processes hold.
    pub fn watch_memory(&self) -> MemoryWatch {
        let driver = u64::from(self.driver.id());
        let (end, ended) = channel();
        let thread = std::thread::spawn(move || watch(driver, &ended));
        MemoryWatch { end, thread }
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

/// The processes that descend from another; `None` where this system does not tell.
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
