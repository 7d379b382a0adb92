//! Equation 14: canaries in files.

use std::{fs, path::PathBuf};

use estore_faults::checker::{Canary, scan};
use estore_tests::directory;

fn canaries() -> Vec<Canary> {
    [
        ("the card number", "4242424242424242"),
        ("the JWT secret", "canary-jwt-7f3a9c"),
        ("a password", "hunter2-canary"),
    ]
    .map(|(name, value)| Canary { name: name.to_owned(), value: value.to_owned() })
    .into()
}

fn file(name: &str, content: &[u8]) -> PathBuf {
    let directory = directory("faults").join("secrets");
    fs::create_dir_all(&directory).unwrap();
    let path = directory.join(name);
    fs::write(&path, content).unwrap();
    path
}

#[test]
fn canary_anywhere_in_a_file_is_found() {
    let (canary, size) = (b"canary-jwt-7f3a9c", 300_000);
    // At both ends, and across every boundary that a buffer of a power of two might have.
    let borders = (12..=18)
        .map(|power| 1 << power)
        .flat_map(|border: usize| [border - 17, border - 16, border - 8, border - 1, border]);
    for at in [0, 1, size - canary.len()].into_iter().chain(borders) {
        let mut content = vec![b'c'; size];
        content[at..at + canary.len()].copy_from_slice(canary);
        let path = file("one", &content);
        let found = scan(std::slice::from_ref(&path), &canaries());
        assert_eq!(found.len(), 1, "{at}");
        assert_eq!((found[0].equation, &found[0].subject), (14, &path.display().to_string()));
        assert_eq!(found[0].what, format!("the JWT secret is in it 1 times, first at byte {at}"));
    }
}

#[test]
fn found_canary_is_named_and_never_shown() {
    let log = file("log", b"order ok\ncard=4242424242424242 again 4242424242424242 hunter2-canary\n");
    let dump = file("dump", b"\0\x01\xff hunter2-canary\xff");
    let clean = file("clean", b"4242 **** **** 4242, hunter2-canar, canary-jwt-");
    let found = scan(&[log, dump, clean], &canaries());
    let named: Vec<&str> = found.iter().map(|found| found.what.as_str()).collect();
    assert_eq!(
        named,
        [
            "the card number is in it 2 times, first at byte 14",
            "a password is in it 1 times, first at byte 54",
            "a password is in it 1 times, first at byte 4",
        ]
    );
    for found in &found {
        assert!(canaries().iter().all(|canary| !found.to_string().contains(&canary.value)));
    }
}

#[test]
fn unreadable_file_is_a_finding() {
    let missing = directory("faults").join("secrets/none");
    let found = scan(std::slice::from_ref(&missing), &canaries());
    assert_eq!(
        (found.len(), found[0].equation, found[0].subject.as_str()),
        (1, 14, missing.to_str().unwrap())
    );
    let empty = [Canary { name: "a token".to_owned(), value: String::new() }];
    let found = scan(&[file("any", b"any")], &empty);
    assert_eq!((found.len(), found[0].what.as_str()), (1, "a token is empty"));
}
