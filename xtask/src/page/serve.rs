//! `cargo xtask serve`: the page on this machine, built again after every change.

use std::net::{Ipv4Addr, TcpListener};

use super::assemble::PROFILE;
use crate::error::TaskError;
use crate::process::run;
use crate::setup;

/// The profile that is quick to build again.
const QUICK: &str = "serve";

pub fn serve(port: u16) -> Result<(), TaskError> {
    // Asked first: it is no use to learn it after the build.
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(|_| TaskError::PortTaken(port))?;
    let tools = setup::tools()?;
    println!(
        "Building the page, which takes two to five minutes the first time on two cores. It will be \
         at http://localhost:{port}"
    );
    run(tools
        .trunk()?
        .arg("serve")
        .args(["--release", "--cargo-profile", QUICK])
        .env(PROFILE, QUICK)
        .args(["--port", &port.to_string()]))
}
