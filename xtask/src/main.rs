//! The project's own commands: `cargo xtask serve | test | build | package | screenshots | icons | train |
//! exactness | fuzz | bench`.

use std::path::PathBuf;
use std::process::ExitCode;

use lexopt::prelude::*;

mod bench;
mod browser;
mod error;
mod exactness;
mod fuzz;
mod npm;
mod package;
mod page;
mod process;
mod python;
mod setup;
mod test;
mod train;
mod workspace;

use bench::{Extent, Part};
use error::TaskError;
use page::{assemble, build, icons, screenshots, serve};

const HELP: &str = "\
Usage: cargo xtask <command>

  serve [--port <port>]  set up what is missing, build the page and serve it (port 8080)
  test [<part>...]       set up what is missing and run every test, or only these parts:
                         lint, native, arm, browser, e2e, package
  build                  write the page to dist/, for any static host, and list its sizes
  package                write the npm package glance-clip to target/package/
  screenshots            photograph the page into static/screenshots/, with Chromium
  icons                  draw the icons of static/icons/ anew, with Chromium
  train [<option>...]    train the demo model; the options are those of glance-train
  exactness [<name>...]  compare all architectures, or those named, with PyTorch at full size
  fuzz [<target>...] [--inputs <n>]
                         read made-up files and texts, a million for each target, or for those
                         named: pictures, packs, safetensors, pytorch, tokenizers,
                         configurations, texts
  bench [--quick] [<part>]
                         compare the speed with transformers.js, or only this part of it:
                         encode, memory, start, kernels, pictures, native
  bench [--quick] demo [--against <pack>]
                         measure the demo model, beside an earlier one
  bench page             measure what a person waits for on the page with 300 pictures

Tools are kept in the `glance` folder of the user's cache; GLANCE_CACHE names another place.";

fn main() -> ExitCode {
    match command() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn command() -> Result<(), TaskError> {
    let mut arguments = lexopt::Parser::from_env();
    let Some(first) = arguments.next()? else {
        println!("{HELP}");
        return Ok(());
    };
    match first {
        Long("help") | Short('h') => println!("{HELP}"),
        Value(name) if name == "serve" => {
            let mut port = 8080;
            while let Some(argument) = arguments.next()? {
                match argument {
                    Long("port") => port = arguments.value()?.parse()?,
                    other => return Err(other.unexpected().into()),
                }
            }
            serve::serve(port)?;
        }
        Value(name) if name == "test" => {
            let mut parts = Vec::new();
            while let Some(argument) = arguments.next()? {
                match argument {
                    Value(name) => parts.push(name.parse()?),
                    other => return Err(other.unexpected().into()),
                }
            }
            test::test(&parts)?;
        }
        Value(name) if name == "build" => {
            end(&mut arguments)?;
            build::build()?;
        }
        Value(name) if name == "package" => {
            end(&mut arguments)?;
            package::package()?;
        }
        Value(name) if name == "screenshots" => {
            end(&mut arguments)?;
            screenshots::screenshots()?;
        }
        Value(name) if name == "icons" => {
            end(&mut arguments)?;
            icons::icons()?;
        }
        // For trunk alone, so the help leaves it out.
        Value(name) if name == "assemble" => {
            end(&mut arguments)?;
            assemble::assemble()?;
        }
        Value(name) if name == "exactness" => exactness::exactness(arguments.raw_args()?)?,
        Value(name) if name == "fuzz" => {
            let (mut targets, mut inputs) = (Vec::new(), fuzz::INPUTS);
            while let Some(argument) = arguments.next()? {
                match argument {
                    Long("inputs") => inputs = arguments.value()?.parse()?,
                    Value(name) => targets.push(name.parse()?),
                    other => return Err(other.unexpected().into()),
                }
            }
            fuzz::fuzz(&targets, inputs)?;
        }
        Value(name) if name == "bench" => {
            let (mut extent, mut part, mut against) = (Extent::Whole, None, None);
            while let Some(argument) = arguments.next()? {
                match argument {
                    Long("quick") => extent = Extent::Quick,
                    Long("against") if part == Some(Part::Demo) => {
                        against = Some(PathBuf::from(arguments.value()?));
                    }
                    Value(name) if part.is_none() => part = Some(name.parse()?),
                    other => return Err(other.unexpected().into()),
                }
            }
            match part {
                Some(Part::Demo) => bench::demo(extent, against.as_deref())?,
                Some(Part::Page) => bench::page(extent)?,
                part => bench::bench(extent, part)?,
            }
        }
        Value(name) if name == "train" => train::train(arguments.raw_args()?)?,
        other => return Err(other.unexpected().into()),
    }
    Ok(())
}

/// Refuses arguments to a command that takes none.
fn end(arguments: &mut lexopt::Parser) -> Result<(), lexopt::Error> {
    match arguments.next()? {
        None => Ok(()),
        Some(other) => Err(other.unexpected()),
    }
}
