//! Builds the page's texts, and asks the linker to keep what `cargo xtask assemble` needs to split the
//! page's program.

use std::path::PathBuf;
use std::{env, fs};

mod language;
mod rust;

use language::Language;

fn main() {
    println!("cargo:rerun-if-changed=build");
    println!("cargo:rustc-link-arg-bins=--emit-relocs");
    println!("cargo:rerun-if-changed=texts");
    let [english, german] = ["texts/en", "texts/de"].map(|folder| {
        Language::read(folder.as_ref()).unwrap_or_else(|problem| panic!("{folder}: {problem}"))
    });
    if let Err(problem) = german.translates(&english) {
        panic!("texts/de: {problem}");
    }
    let folder = PathBuf::from(env::var_os("OUT_DIR").expect("cargo names the folder"));
    fs::write(folder.join("texts.rs"), rust::module(&english, &german))
        .expect("cargo's folder can be written");
}
