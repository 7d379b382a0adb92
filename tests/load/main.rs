//! Placeholder until the benchmark below it is written.
fn main() {}
