//! burn-wgpu's device for tests.

use std::env;
use std::io::Write as _;

use burn::tensor::Device;

/// Opens the default adapter; may run once a process. Without an adapter it prints that tests are
/// skipped and returns `None`. The browser's runner starts Chromium with one and CI installs one,
/// so there its absence is a failure.
pub async fn device() -> Option<Device> {
    // Chromium is slow with command buffers as long as the default.
    match Device::wgpu_options().tasks_max(32).init_async().await {
        Ok(device) => Some(device),
        Err(reason) if cfg!(target_arch = "wasm32") || env::var_os("CI").is_some() => {
            panic!("burn-wgpu: {reason}")
        }
        Err(reason) => {
            // The test harness hides `eprintln!` of passing tests.
            writeln!(std::io::stderr(), "SKIPPED on burn-wgpu: {reason}")
                .expect("standard error is open");
            None
        }
    }
}
