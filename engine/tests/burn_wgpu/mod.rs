//! burn-wgpu's device for tests.

use std::env;
use std::io::Write as _;

use burn::tensor::Device;

/// The default adapter, once a process; `None`, said aloud, where this machine has none. The
/// browser's runner starts Chromium with one and CI installs one, so there its absence is a
/// failure.
pub async fn device() -> Option<Device> {
    // Chromium is slow over command buffers as long as the default.
    match Device::wgpu_options().tasks_max(32).init_async().await {
        Ok(device) => Some(device),
        Err(reason) if cfg!(target_arch = "wasm32") || env::var_os("CI").is_some() => {
            panic!("burn-wgpu: {reason}")
        }
        Err(reason) => {
            // Not `eprintln!`, which the test harness hides where a test passes.
            writeln!(std::io::stderr(), "SKIPPED on burn-wgpu: {reason}")
                .expect("standard error is open");
            None
        }
    }
}
