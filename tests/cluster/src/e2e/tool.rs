//! Other programs: kubectl, helm, and commands on a node.

use std::process::{Output, Stdio};

use anyhow::{Context, Result, bail};
use tokio::{
    io::AsyncWriteExt,
    process::{Child, Command},
};

/// Runs `program` to its end, with `input`. Returns its output.
pub(crate) async fn run_with(program: &str, arguments: &[&str], input: &[u8]) -> Result<String> {
    let mut child = command(program, arguments).stdin(Stdio::piped()).spawn().context(program.to_owned())?;
    if let Some(mut stdin) = child.stdin.take() {
        stdin.write_all(input).await?;
    }
    answer(program, arguments, &child.wait_with_output().await?)
}

/// Returns what a program wrote, or an error with it.
fn answer(program: &str, arguments: &[&str], output: &Output) -> Result<String> {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(text);
    }
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    bail!("{program} {}: {}\n{text}{complaint}", arguments.join(" "), output.status)
}

/// Runs `program` to its end. Returns its output.
pub(crate) async fn run(program: &str, arguments: &[&str]) -> Result<String> {
    run_with(program, arguments, b"").await
}

/// Runs `program` to its end, with these variables. Returns its output.
pub(crate) async fn run_in(
    program: &str,
    arguments: &[&str],
    environment: &[(&str, String)],
) -> Result<String> {
    let mut command = command(program, arguments);
    command.envs(environment.iter().map(|(name, value)| (name, value)));
    let output = command.kill_on_drop(true).output().await.context(program.to_owned())?;
    answer(program, arguments, &output)
}

/// Starts `program` with pipes for its input and output. It stops when it is dropped.
pub(crate) fn start(program: &str, arguments: &[&str]) -> Result<Child> {
    let mut command = command(program, arguments);
    command.stdin(Stdio::piped()).stderr(Stdio::inherit()).kill_on_drop(true);
    command.spawn().with_context(|| format!("{program} {}", arguments.join(" ")))
}

fn command(program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).stdin(Stdio::null());
    command
}
