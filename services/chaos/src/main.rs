//! The process that causes faults on demand among the pods of its namespace.

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    estore_chaos::api(estore_chaos::build).main(&arguments)
}
