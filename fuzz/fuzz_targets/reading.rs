#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| aoai_fuzz_targets::run("reading", data));
