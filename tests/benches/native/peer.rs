//! onnxruntime and PyTorch in a child process that takes commands.

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// The child process; it ends with this value.
pub struct Peer {
    child: Child,
    pipes: RefCell<(ChildStdin, BufReader<ChildStdout>)>,
}

impl Peer {
    /// Starts it for the model in a folder.
    pub fn start(python: &Path, model: &Path) -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/bench_native.py");
        let mut child = Command::new(python)
            .arg(script)
            .arg(model)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the Python that was installed starts");
        let input = child.stdin.take().expect("its input is piped");
        let output = child.stdout.take().expect("its output is piped");
        let pipes = RefCell::new((input, BufReader::new(output)));
        Self { child, pipes }
    }

    /// Milliseconds of one run, or `None` if there is no such device.
    pub fn run(&self, who: &str, what: &str, count: usize) -> Option<f64> {
        let mut pipes = self.pipes.borrow_mut();
        let mut line = String::new();
        writeln!(pipes.0, "{who} {what} {count}").expect("the script listens");
        pipes.1.read_line(&mut line).expect("the script answers");
        match line.trim() {
            "none" => None,
            time => Some(time.parse().expect("the script answers with a number")),
        }
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
