//! Tests the building blocks of fault tests on a real server.

use std::{
    env, fs,
    path::PathBuf,
    process::Command,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use super::{OBSERVER, OPERATOR, Redis};
use crate::binaries::installed;

const USERS: [(&str, &str, &str); 2] = [("operator", "pw", OPERATOR), ("observer", "pw", OBSERVER)];

fn directory(name: &str) -> PathBuf {
    env::temp_dir().join(format!("estore-redis-{}-{name}", std::process::id()))
}

impl Redis {
    fn operator(&self, command: &[&str]) -> String {
        self.ask("operator", "pw", command).unwrap()
    }
}

#[tokio::test]
async fn observer_reads_everything_and_writes_nothing() {
    let directory = directory("observer");
    let mut redis = Redis::start(&directory, &USERS).await.unwrap();
    for command in ["HSET h f 1", "RPUSH l 1", "ZADD z 1 a", "SADD s a", "XADD x 1-1 f 1", "SET t 1"] {
        redis.operator(&command.split(' ').collect::<Vec<_>>());
    }
    let observe = |command: &str| {
        redis.ask("observer", "pw", &command.split(' ').collect::<Vec<_>>()).unwrap().replace('\n', " ")
    };
    for (command, answer) in [
        ("HGETALL h", "f 1"),
        ("LRANGE l 0 -1", "1"),
        ("ZRANGE z 0 -1 WITHSCORES", "a 1"),
        ("SMEMBERS s", "a"),
        ("XRANGE x - +", "1-1 f 1"),
        ("GET t", "1"),
        ("DBSIZE", "6"),
        ("SCAN 0 MATCH h COUNT 100", "0 h"),
        ("SELECT 1", "OK"),
        ("CONFIG GET appendfsync", "appendfsync always"),
    ] {
        assert_eq!(observe(command), answer, "{command}");
    }
    assert!(observe("TIME").len() > 10 && observe("INFO persistence").contains("aof_enabled:1"));
    for command in
        ["SET t 2", "DEL h", "FLUSHALL", "CONFIG SET maxmemory 1", "FUNCTION LIST", "XTRIM x MAXLEN 0"]
    {
        assert!(observe(command).starts_with("NOPERM"), "{command}");
    }
    assert_eq!(redis.observe(1), format!("redis://observer:pw@127.0.0.1:{}/1", redis.port));
    redis.stop().await.unwrap();
    fs::remove_dir_all(directory).unwrap();
}

#[tokio::test]
async fn killed_redis_starts_again_with_its_data() {
    let directory = directory("dead");
    let mut redis = Redis::start(&directory, &USERS).await.unwrap();
    let before = redis.append_only_file().unwrap();
    redis.operator(&["SET", "a", "1"]);
    let after = redis.append_only_file().unwrap();
    assert!(after.path == before.path && after.size > before.size, "{before:?} {after:?}");
    assert!(redis.start_again().await.is_err(), "it still runs");
    redis.kill().await.unwrap();
    redis.kill().await.unwrap();
    assert_eq!(redis.operator(&["GET", "a"]), "", "nobody answers");
    redis.start_again().await.unwrap();
    assert_eq!(redis.operator(&["GET", "a"]), "1");
    // After a rewrite, the log has another file to append to.
    redis.operator(&["BGREWRITEAOF"]);
    let began = Instant::now();
    while redis.append_only_file().unwrap().path == before.path {
        assert!(began.elapsed() < Duration::from_secs(20));
        tokio::task::yield_now().await;
    }
    redis.stop().await.unwrap();
    fs::remove_dir_all(directory).unwrap();
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the machine's clock is what it is compared with")]
async fn redis_clock_can_be_stepped_while_running() {
    let directory = directory("clock");
    let mut redis = Redis::start_with(&directory, &USERS, true, None, &|_| ()).await.unwrap();
    let ahead = |redis: &Redis| {
        let machine = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let its: u64 = redis.operator(&["TIME"]).lines().next().unwrap().parse().unwrap();
        its.cast_signed() - machine.cast_signed()
    };
    let steps = |seconds: i64| seconds..=seconds + 5;
    assert!(steps(0).contains(&ahead(&redis)));
    redis.operator(&["SET", "soon", "1", "EX", "1800"]);
    for seconds in [-3600, 3600] {
        redis.step_clock(seconds).unwrap();
        assert!(steps(seconds).contains(&ahead(&redis)), "{seconds}");
    }
    assert_eq!(redis.operator(&["GET", "soon"]), "", "an hour has passed");
    // Blocking commands use another clock, which continues.
    assert_eq!(redis.operator(&["BLPOP", "none", "0.01"]), "");
    redis.crash_and_restart().await.unwrap();
    assert!(steps(3600).contains(&ahead(&redis)), "it stays as it was set");
    redis.step_clock(0).unwrap();
    assert!(steps(0).contains(&ahead(&redis)));
    redis.stop().await.unwrap();

    let mut plain = Redis::start(&directory, &USERS).await.unwrap();
    assert!(plain.step_clock(1).unwrap_err().to_string().contains("the machine's clock"));
    plain.stop().await.unwrap();
    fs::remove_dir_all(directory).unwrap();
}

#[tokio::test]
async fn copy_ends_at_the_cut_and_cleans_up() {
    let directory = directory("copies");
    let mut redis = Redis::start(&directory.join("redis"), &USERS).await.unwrap();
    let mut sizes = vec![redis.append_only_file().unwrap().size];
    for n in 0..4 {
        redis.operator(&["-n", "1", "RPUSH", "list", &n.to_string()]);
        sizes.push(redis.append_only_file().unwrap().size);
    }
    let template = directory.join("template");
    redis.copy_data(&template).unwrap();
    let length = async |cut: u64| {
        let copy = Redis::open_copy(&template, cut).await.unwrap();
        assert_eq!(copy.url(1), format!("redis://127.0.0.1:{}/1", copy.port));
        let mut cli = Command::new(installed(&["redis-cli", "valkey-cli"]).unwrap());
        let answer = cli.args(["-p", &copy.port.to_string(), "-n", "1", "LLEN", "list"]).output().unwrap();
        String::from_utf8_lossy(&answer.stdout).trim().parse::<usize>().unwrap()
    };
    for (written, size) in sizes.iter().enumerate() {
        // Cut right behind a command, and a byte before that; two servers at once.
        let (whole, short) = tokio::join!(length(*size), length(size.saturating_sub(1)));
        assert_eq!((whole, short), (written, written.saturating_sub(1)), "{size}");
    }
    assert_eq!(length(u64::MAX).await, 4);
    redis.stop().await.unwrap();
    let left: Vec<_> = fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 2, "{left:?}");
    fs::remove_dir_all(directory).unwrap();
}

#[tokio::test]
async fn redis_that_loads_is_waited_for() {
    let directory = directory("loading");
    let mut redis = Redis::start(&directory, &USERS).await.unwrap();
    redis.operator(&["EVAL", "for i = 1, 8192 do redis.call('SET', i, i) end", "0"]);
    redis.kill().await.unwrap();
    redis.start_loading(Duration::from_micros(200)).unwrap();
    redis.loaded().await.unwrap();
    assert_eq!(redis.operator(&["GET", "8192"]), "8192");
    redis.stop().await.unwrap();
    fs::remove_dir_all(directory).unwrap();
}
