//! The fuzzer. `GLANCE_FUZZ_TARGET` names the target; `GLANCE_FUZZ_CORPUS`, if it is set, is a
//! folder that gets the first inputs. The arguments are libFuzzer's.

#![no_main]

use std::env;
use std::path::Path;
use std::sync::OnceLock;

use glance_fuzz::{Bounded, Target, mutate, within, write_corpus};
use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};

#[global_allocator]
static ALLOCATOR: Bounded = Bounded;

static TARGET: OnceLock<Target> = OnceLock::new();

fn target() -> Target {
    *TARGET.get().expect("it is set before the first input")
}

fn start() {
    let name = env::var("GLANCE_FUZZ_TARGET").expect("GLANCE_FUZZ_TARGET names a target");
    let target = *TARGET.get_or_init(|| name.parse().expect("the target is known"));
    if let Some(folder) = env::var_os("GLANCE_FUZZ_CORPUS") {
        write_corpus(target, Path::new(&folder)).expect("the corpus can be written");
    }
    // Builds the tables that later inputs share.
    target.run(&[]);
}

fuzz_target!(init: start(), |bytes: &[u8]| {
    let target = target();
    within(target.bound(bytes.len()), || target.run(bytes));
});

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate(target(), data, size, max_size, seed, fuzzer_mutate)
});
