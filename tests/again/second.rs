//! A second run, beside the first and after it.

use std::{
    fs::{self, File},
    time::{Duration, SystemTime},
};

use super::up::{Up, fresh, signal};

fn noted(directory: &std::path::Path, service: &str) -> u32 {
    let note = fs::read_to_string(directory.join(format!("{service}.pid"))).unwrap();
    note.split(' ').next().unwrap().parse().unwrap()
}

fn lives(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

#[tokio::test]
async fn second_run_reports_the_first() {
    let directory = fresh("second");
    let first = Up::started(&directory, &[]);
    let pid = first.pid();
    let said = Up::begin(&directory, &["--free-ports"], &[]).failed();
    assert!(said.contains("another E-Store runs in") && said.contains(&format!("kill {pid}")), "{said}");
    first.signal("STOP");
    let said = Up::begin(&directory, &["--free-ports"], &[]).failed();
    assert!(said.contains("is suspended") && said.contains(&format!("kill -CONT {pid}")), "{said}");
    first.signal("CONT");
    first.stop();
}

#[tokio::test]
async fn programs_that_outlived_their_run_are_ended() {
    let directory = fresh("outlived");
    let first = Up::started(&directory, &[]);
    let left = ["user", "inventory"].map(|service| noted(&directory, service));
    first.kill_with_watchers();
    assert!(left.into_iter().all(lives), "they were to live on");
    // One of the programs is stopped and handles no signal.
    signal("STOP", &left[..1]);
    let second = Up::started(&directory, &[]);
    assert!(second.said.contains("an earlier run left programs running"), "{}", second.said);
    for pid in left {
        assert!(second.said.contains(&format!("({pid})")) && !lives(pid), "{}", second.said);
    }
    second.stop();
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the machine's clock is what is read")]
async fn newer_data_is_reported_and_used() {
    let directory = fresh("future");
    let tomorrow = SystemTime::now() + Duration::from_hours(24);
    File::create(directory.join("user.log")).unwrap().set_modified(tomorrow).unwrap();
    let up = Up::started(&directory, &[]);
    assert!(up.said.contains("the clock went back"), "{}", up.said);
    up.stop();
}
