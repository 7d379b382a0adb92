//! The verdict of promtool on the rules, the configuration and the metrics.

use std::{
    collections::BTreeMap,
    io::Write,
    process::{Command, Output, Stdio},
};

use estore_testbed::{ServiceName, installed};

use crate::{listed, rules, scene::scene};

fn promtool(arguments: &[&str], input: &str) -> Output {
    let mut tool = Command::new(installed(&["promtool"]).unwrap());
    tool.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut tool = tool.spawn().unwrap();
    tool.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    tool.wait_with_output().unwrap()
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn rules_and_configuration_are_valid() {
    let rules = rules::file();
    let configuration = scene().prometheus.configuration();
    for (what, file) in [("rules", rules), ("config", configuration)] {
        let output = promtool(&["check", what, file.to_str().unwrap()], "");
        assert!(output.status.success(), "{}", said(&output));
    }
}

#[tokio::test]
async fn metric_names_follow_the_conventions() {
    let mut found = BTreeMap::new();
    for service in ServiceName::WITH_STOREFRONT {
        let text = scene().exposition(service).await;
        for line in text.lines().filter_map(|line| line.strip_prefix("# TYPE ")) {
            found.entry(line.split(' ').next().unwrap().to_owned()).or_insert(None);
        }
        let output = promtool(&["check", "metrics"], &text);
        let said = said(&output);
        // Exit status 3: promtool complains about metrics, in a line for each that begins with its
        // name.
        assert!(matches!(output.status.code(), Some(0 | 3)), "{service}: {said}");
        for line in said.lines() {
            let (name, complaint) = line.split_once(' ').unwrap_or((line, ""));
            found.insert(name.trim_end_matches(':').to_owned(), Some(complaint.to_owned()));
        }
    }
    assert!(found.len() > 20, "{found:?}");
    listed::settle("lint", &found);
}
