//! A clock for one server, which can be set while the server runs. It needs Linux and a C compiler,
//! as building Rust does.

use std::{
    fs::{self, File},
    io::Write,
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};

use crate::binaries::installed;

pub(super) struct Clock {
    library: PathBuf,
    /// The file with the seconds that the clock is ahead. The library sees each change at once.
    ahead: PathBuf,
}

impl Clock {
    /// Creates a clock that shows the time of the machine until it is stepped.
    pub(super) fn make(directory: &Path) -> Result<Self> {
        ensure!(cfg!(target_os = "linux"), "a server's clock can be set on Linux alone");
        let clock = Self { library: directory.join("clock.so"), ahead: directory.join("clock") };
        let mut compiler = Command::new(installed(&["cc", "gcc", "clang"])?);
        compiler.args(["-shared", "-fPIC", "-O1", "-x", "c", "-", "-o"]).arg(&clock.library);
        let mut compiler = compiler.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let mut source = compiler.stdin.take().context("the compiler's input")?;
        source.write_all(include_bytes!("clock.c"))?;
        drop(source);
        let output = compiler.wait_with_output()?;
        ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr).trim());
        fs::write(&clock.ahead, 0_i64.to_ne_bytes())?;
        Ok(clock)
    }

    pub(super) fn give_to(&self, command: &mut Command) {
        command.env("LD_PRELOAD", &self.library).env("ESTORE_CLOCK", &self.ahead);
    }

    /// Sets the clock of the process `pid` this many seconds ahead of the machine.
    pub(super) fn step(&self, pid: u32, seconds: i64) -> Result<()> {
        let loaded = fs::read_to_string(format!("/proc/{pid}/maps"))?;
        ensure!(
            loaded.contains(&self.library.display().to_string()),
            "this server loads no libraries, so that its clock cannot be set"
        );
        Ok(File::options().write(true).open(&self.ahead)?.write_all_at(&seconds.to_ne_bytes(), 0)?)
    }
}
