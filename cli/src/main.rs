//! `glance`: CLIP on the command line.

#[cfg(target_os = "linux")]
use std::env;
use std::io::ErrorKind;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod classify;
mod embed;
mod eval;
mod failure;
mod manifest;
mod model;
mod output;
mod pack;
mod picture;
mod probe;
mod prompts;
mod verdict;

use failure::Failure;
use verdict::Verdict;

/// Classifies and embeds pictures, embeds texts, and measures accuracy, with CLIP.
///
/// Every command exits with 0 if all went well, 1 if anything failed, and 2 if the command line is
/// wrong. A picture that cannot be used is reported, and the others are processed.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Glance {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    Pack(pack::Arguments),
    Manifest(manifest::Arguments),
    Classify(classify::Arguments),
    Embed(embed::Arguments),
    Eval(eval::Arguments),
    Probe(probe::Arguments),
}

fn main() -> ExitCode {
    #[cfg(target_os = "linux")]
    leave_display_alone();
    let verdict = match Glance::parse().command {
        Command::Pack(arguments) => pack::run(&arguments),
        Command::Manifest(arguments) => manifest::run(&arguments),
        Command::Classify(arguments) => classify::run(&arguments),
        Command::Embed(arguments) => embed::run(&arguments),
        Command::Eval(arguments) => eval::run(&arguments),
        Command::Probe(arguments) => probe::run(&arguments),
    };
    match verdict {
        Ok(Verdict::Complete) => ExitCode::SUCCESS,
        Ok(Verdict::Partial) => ExitCode::FAILURE,
        // The reader closed the pipe, as `head` does.
        Err(Failure::Output(error)) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("glance: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Without a display, Mesa's Vulkan layer for the choice of a card complains about that on stderr.
/// Turns the layer off in this case, unless the person chose a card by it.
#[cfg(target_os = "linux")]
fn leave_display_alone() {
    const OFF: &str = "NODEVICE_SELECT";
    let wanted = ["XDG_RUNTIME_DIR", "DISPLAY", "MESA_VK_DEVICE_SELECT", OFF];
    if wanted.iter().all(|name| env::var_os(name).is_none()) {
        // SAFETY: no other thread runs yet that could read the environment.
        unsafe { env::set_var(OFF, "1") };
    }
}
