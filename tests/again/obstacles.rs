//! Obstacles that keep a shop from starting, each reported in one plain line.

use std::{
    fs,
    net::TcpListener,
    os::unix::fs::chown,
    path::Path,
    process::{Command, Stdio},
};

use super::up::{Up, fresh};

fn refused(directory: &Path) -> String {
    Up::begin(directory, &["--free-ports"], &[]).failed()
}

#[test]
fn port_in_use_is_named_with_its_process() {
    let directory = fresh("port");
    // Another shop may hold the port already, which serves the test just as well.
    let taken = TcpListener::bind(("127.0.0.1", 8003));
    let said = Up::begin(&directory, &[], &[]).failed();
    assert!(said.contains("port 8003 is taken"), "{said}");
    let own = format!("(process {})", std::process::id());
    assert!(taken.is_err() || said.contains(&own), "{said}");
    assert!(said.contains("--free-ports"), "{said}");
}

#[test]
fn full_disk_is_named() {
    let directory = fresh("full");
    let mounted = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"])
        .arg(&directory)
        .stderr(Stdio::null())
        .status();
    // Mounting needs a superuser.
    if !mounted.is_ok_and(|status| status.success()) {
        return;
    }
    let said = refused(&directory);
    Command::new("umount").arg(&directory).status().unwrap();
    assert!(said.contains(&format!("the disk of {} is full", directory.display())), "{said}");
    assert!(said.contains("--dir"), "{said}");
}

#[test]
fn interrupted_start_leaves_nothing_running() {
    let directory = fresh("interrupted");
    let mut up = Up::begin(&directory, &["--free-ports"], &[]);
    up.says("services, storefront");
    up.signal("INT");
    let said = up.failed();
    assert!(said.contains("everything that was started is stopped"), "{said}");
    let second = Up::started(&directory, &[]);
    assert!(!second.said.contains("an earlier run left programs running"), "{}", second.said);
    assert!(directory.join("audit.env").exists());
    second.stop();
    assert!(!directory.join("audit.env").exists(), "there is no shop to audit");
}

#[test]
fn directory_of_another_user_is_named() {
    let directory = fresh("another");
    let said = if chown(&directory, Some(65_534), None).is_ok() {
        refused(&directory)
    } else {
        refused(Path::new("/usr"))
    };
    assert!(said.contains(" belongs to ") && said.contains("chown -R"), "{said}");
}

#[test]
fn half_written_secret_is_named_and_kept() {
    for text in ["", "dG9vIHNob3J0"] {
        let directory = fresh("secret");
        fs::create_dir(directory.join("redis")).unwrap();
        let secret = directory.join("card.secret");
        fs::write(&secret, text).unwrap();
        let said = refused(&directory);
        assert!(said.contains(&format!("the secret in {} is damaged", secret.display())), "{said}");
        assert_eq!(fs::read_to_string(secret).unwrap(), text);
    }
}

#[test]
fn file_in_place_of_the_directory_is_named() {
    let file = fresh("file").join("file");
    fs::write(&file, "").unwrap();
    assert!(refused(&file).contains("is not a directory"));
    assert!(refused(&file.join("below")).contains("cannot be created"));
}
