//! Trains Glance's demo model; `--help` says how.

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use glance_train::locked_image::{average, judge};
use glance_train::{locked_image, pretrain};

/// Trains the demo model: a text tower that learns to meet a trained image tower. A run that was
/// cut short goes on where it stopped.
#[derive(Parser)]
#[command(args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    locked_image: locked_image::Options,
}

#[derive(Subcommand)]
enum Command {
    /// Trains both towers from random weights instead, with the contrastive loss alone.
    Pretrain(pretrain::Options),
    /// Measures packs on the pictures and words that training never sees.
    Judge(judge::Options),
    /// Writes the mean of several packs that were trained on from one.
    Average(average::Options),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let done = match &arguments.command {
        Some(Command::Pretrain(options)) => pretrain::train(options),
        Some(Command::Judge(options)) => judge::judge(options),
        Some(Command::Average(options)) => average::average(options),
        None => locked_image::train(&arguments.locked_image),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
