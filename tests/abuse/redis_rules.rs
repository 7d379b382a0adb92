//! The services' Redis users: exactly the permissions that their functions and reads need.

use estore_testbed::ServiceName::{Inventory, Payment};
use estore_tests::{access, shop};

#[tokio::test]
async fn auditor_reads_and_leaves_a_report_only() {
    let _running = access();
    let password = shop().environment(Payment)["REDIS_PASSWORD"].clone();
    let ask = |command: &[&str]| shop().redis.ask("auditor", &password, command).unwrap();
    for command in [
        ["HGETALL", "{pay}:o:1"].as_slice(),
        &["GET", "{pay}:journal"],
        &["-n", "1", "HGETALL", "{inv}:p:MUG-ENAMEL-01"],
        &["SCAN", "0"],
        &["FCALL", "pay1_audit_done", "1", "{pay}:audit", "no JSON"],
    ] {
        assert!(!ask(command).contains("NOPERM"), "{command:?}");
    }
    for command in [
        ["HSET", "{pay}:o:1", "status", "completed"].as_slice(),
        &["DEL", "{pay}:audit"],
        &["LPUSH", "{pay}:work", "1"],
        &["FCALL_RO", "pay1_survey", "1", "{pay}", "1"],
        &["FCALL", "pay1_settled", "1", "{pay}", "1"],
        &["FUNCTION", "LIST"],
        &["KEYS", "*"],
        &["FLUSHALL"],
        &["GET", "elsewhere"],
    ] {
        assert!(ask(command).contains("NOPERM"), "{command:?}: {}", ask(command));
    }
    // Under the key of the reports it may call any function, and none can write anything else.
    let other = ask(&["FCALL", "pay1_settled", "1", "{pay}:audit", "1"]);
    assert!(other.contains("The user executing the script can't"), "{other}");
}

#[tokio::test]
async fn service_has_no_permission_that_it_never_needs() {
    let _running = access();
    let forbidden: [&[&str]; 18] = [
        &["FLUSHALL"],
        &["FLUSHDB"],
        &["FUNCTION", "FLUSH"],
        &["FUNCTION", "DELETE", "inv1"],
        &["FUNCTION", "LIST"],
        &["EVAL", "return 1", "0"],
        &["SCRIPT", "LOAD", "return 1"],
        &["KEYS", "*"],
        &["CONFIG", "SET", "appendonly", "no"],
        &["SHUTDOWN"],
        &["ACL", "LIST"],
        &["SET", "elsewhere", "1"],
        &["GET", "elsewhere"],
        &["HGETALL", "{other}:o:1"],
        &["EXPIRE", "{inv}:p:MUG-ENAMEL-01", "1"],
        &["REPLICAOF", "NO", "ONE"],
        &["DEL", "{lim}:x"],
        &["EXPIRE", "{lim}:x", "1"],
    ];
    for (user, service) in [("inventory", Inventory), ("payment", Payment)] {
        let password = shop().environment(service)["REDIS_PASSWORD"].clone();
        assert_eq!(shop().redis.ask(user, &password, &["PING"]).unwrap(), "PONG");
        for command in forbidden {
            let answer = shop().redis.ask(user, &password, command).unwrap();
            assert!(answer.starts_with("NOPERM"), "{user} {command:?}: {answer}");
        }
    }
    let password = shop().environment(Inventory)["REDIS_PASSWORD"].clone();
    let theirs = shop().redis.ask("inventory", &password, &["HGETALL", "{pay}:o:1"]).unwrap();
    assert!(theirs.starts_with("NOPERM"), "{theirs}");
    // The permissions for counting requests allow nothing else.
    let written = shop().redis.ask("inventory", &password, &["SET", "{inv}:p:X", "1"]).unwrap();
    assert!(written.starts_with("NOPERM"), "{written}");
    // Only bootstrap may mark a store as whole.
    let raise = ["-n", "1", "FCALL", "inv1_raise_epoch", "1", "{inv}:epoch", "99"];
    let theirs = shop().redis.ask("inventory", &password, &raise).unwrap();
    assert!(theirs.contains("The user executing the script can't access"), "{theirs}");
    for command in [["GET", "{pay}:journal"], ["HGETALL", "{inv}:p:MUG-ENAMEL-01"], ["DEL", "{pay}:epoch"]] {
        let theirs = shop().redis.ask("bootstrap", &password, &command).unwrap();
        assert!(theirs.starts_with("NOPERM"), "{command:?}: {theirs}");
    }
    assert!(shop().redis.ask("default", "", &["PING"]).unwrap().contains("NOAUTH"));
}
