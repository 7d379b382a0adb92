//! `freeze`, the command of every service that stops its other processes for a while.

use std::{
    fs,
    io::{BufRead, BufReader},
    os::unix::fs::symlink,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use estore_tests::{directory, program, unique};

/// A process that sleeps, and the service's program under the same name.
struct Scene {
    place: PathBuf,
    sleeper: Child,
    service: PathBuf,
}

impl Drop for Scene {
    fn drop(&mut self) {
        let _gone = self.sleeper.kill();
        let _reaped = self.sleeper.wait();
        fs::remove_dir_all(&self.place).unwrap();
    }
}

impl Scene {
    fn new() -> Self {
        // No other process has this name, which Linux cuts to 15 characters.
        let name = format!("frz-{}", &unique()[..8]);
        let place = directory(&name);
        let link = |original: &str, folder: &str| {
            fs::create_dir_all(place.join(folder)).unwrap();
            let path = place.join(folder).join(&name);
            symlink(original, &path).unwrap();
            path
        };
        let sleep = link("/bin/sleep", "sleep");
        let service = link(program("estore-payment").to_str().unwrap(), "service");
        let sleeper = Command::new(sleep).arg("1000").spawn().unwrap();
        Self { place, sleeper, service }
    }

    /// Returns the state of the sleeping process: `S`, or `T` if it is stopped.
    fn state(&self) -> String {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.sleeper.id())).unwrap();
        let (_, rest) = stat.rsplit_once(')').unwrap();
        rest.split_whitespace().next().unwrap().to_owned()
    }

    /// Waits until the sleeping process is in this state. A signal takes a moment.
    fn becomes(&self, state: &str) {
        let deadline = Instant::now() + Duration::from_secs(10);
        while self.state() != state {
            assert!(Instant::now() < deadline, "it is {} and not {state}", self.state());
            std::thread::yield_now();
        }
    }

    /// Freezes, and returns once the command has printed its line.
    fn freeze(&self, seconds: &str) -> (Child, String) {
        let mut command = Command::new(&self.service);
        let mut child =
            command.args(["freeze", "--seconds", seconds]).stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        let _bytes = BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        (child, line)
    }
}

#[test]
fn frozen_process_continues_after_its_time() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let scene = Scene::new();
    let (mut command, line) = scene.freeze("1");
    assert_eq!(line.trim(), "stopped 1 processes");
    scene.becomes("T");
    assert!(command.wait().unwrap().success());
    scene.becomes("S");
}

#[test]
fn frozen_process_continues_on_request() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let scene = Scene::new();
    let (mut command, _) = scene.freeze("600");
    let kill = Command::new("kill").arg(command.id().to_string()).status().unwrap();
    assert!(kill.success() && command.wait().unwrap().success());
    scene.becomes("S");

    // A command that was killed continues nothing; the next one does.
    let (mut command, _) = scene.freeze("600");
    command.kill().unwrap();
    let _killed = command.wait().unwrap();
    scene.becomes("T");
    let (mut command, line) = scene.freeze("0");
    assert!(command.wait().unwrap().success());
    assert_eq!(line.trim(), "continued 1 processes");
    scene.becomes("S");
}

#[test]
fn thaw_ends_the_command_that_froze() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let scene = Scene::new();
    let began = Instant::now();
    let (mut first, _) = scene.freeze("60");
    let (mut thaw, _) = scene.freeze("0");
    assert!(thaw.wait().unwrap().success());
    // Otherwise it would continue what another command freezes later.
    assert!(first.wait().unwrap().success());
    assert!(began.elapsed() < Duration::from_secs(40), "{:?}", began.elapsed());
    let (mut second, _) = scene.freeze("600");
    scene.becomes("T");
    second.kill().unwrap();
    let _killed = second.wait().unwrap();
}

#[test]
fn freeze_without_a_process_fails() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let mut scene = Scene::new();
    scene.sleeper.kill().unwrap();
    let _killed = scene.sleeper.wait().unwrap();
    let output = Command::new(&scene.service).args(["freeze", "--seconds", "5"]).output().unwrap();
    let words = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && words.contains("no other process"), "{words}");
}
