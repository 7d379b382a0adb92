//! libFuzzer, searching for bytes that break the check named by `FUZZ_TARGET`.
#![no_main]

use std::{env, process, sync::LazyLock};

use estore_fuzz::TARGETS;
use libfuzzer_sys::fuzz_target;

static CHECK: LazyLock<fn(&[u8])> = LazyLock::new(|| {
    let wanted = env::var("FUZZ_TARGET").unwrap_or_default();
    let found = TARGETS.iter().find(|(name, _)| *name == wanted);
    found.map(|(_, check)| *check).unwrap_or_else(|| {
        eprintln!("FUZZ_TARGET must be one of {:?}", TARGETS.map(|(name, _)| name));
        process::exit(2)
    })
});

fuzz_target!(|data: &[u8]| (*CHECK)(data));
