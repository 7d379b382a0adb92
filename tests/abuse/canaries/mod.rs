//! Secrets appear in no log, trace, metric, answer, dump or email, in any form. An email's token
//! appears in its own email alone.

mod forms;
mod journeys;
mod outputs;
mod secrets;

use std::{fs, path::Path, time::Duration};

use estore_testbed::{Options, Shop};
use estore_tests::{Access, Search, directory, fresh, until};
use journeys::Heard;
use outputs::Traces;
use secrets::Secrets;

/// The most verbose log level.
const LOUD: &str = "trace";

/// One of each kind of span in a trace.
const STEPS: [&str; 7] = [
    "POST /payment-methods",
    "POST /internal/introspect",
    "FCALL pay1_create_at",
    "INSERT outbox",
    "hash password",
    "send mail",
    "process mails",
];

fn found(secrets: &Secrets, file: &Path) -> Vec<String> {
    let name = file.file_name().unwrap().to_string_lossy().into_owned();
    let canaries = secrets.forbidden_in(&name);
    let places = Search::of(&canaries).unwrap().in_file(file).unwrap();
    let told = |(canary, (times, first)): (usize, (u64, usize))| {
        format!("{}: {} is in it {times} times, first at byte {first}", file.display(), canaries[canary].name)
    };
    places.into_iter().map(told).collect()
}

#[tokio::test]
async fn no_output_contains_a_secret() {
    let traces = Traces::default();
    let endpoint = traces.listen().await;
    let settings = [
        ("RUST_LOG", LOUD),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint.as_str()),
        // A reused refresh token is rejected at once.
        ("REFRESH_LEEWAY_SECONDS", "0"),
    ];
    let mut shop =
        Shop::start(Options { faults: true, ..fresh(directory("canaries"), &settings) }).await.unwrap();
    let access = Access::to(&shop);
    let (mut secrets, heard) = (Secrets::of(&shop), Heard::default());
    let customer = journeys::right(&shop, &access, &heard, &mut secrets).await;
    journeys::wrong(&access, &heard, &customer).await;
    let _said = shop.bootstrap_with(&["run"], &[("RUST_LOG", LOUD)]).await.unwrap();
    let came = async || STEPS.into_iter().find(|step| !traces.has(step));
    until(Duration::from_secs(20), came, Option::is_none).await;
    let files = outputs::collect(&mut shop, &access, &traces, &heard.all()).await;
    let all: Vec<String> = files.iter().flat_map(|file| found(&secrets, file)).collect();
    assert!(all.is_empty(), "{}", all.join("\n"));

    // Checks the search itself: it finds each secret in a file that holds it, and the token in the
    // email.
    let mails = files.iter().find(|file| file.ends_with("mails.json")).unwrap();
    let planted = mails.with_file_name("planted.log");
    fs::copy(mails, &planted).unwrap();
    assert_eq!(found(&secrets, &planted).len(), 1, "the mail's token, once it is a log");
    for canary in secrets.forbidden_in("planted.log") {
        fs::write(&planted, format!("ok {} ok", canary.value)).unwrap();
        let names: Vec<String> = found(&secrets, &planted);
        assert!(names.iter().any(|name| name.contains(&canary.name)), "{} is not seen", canary.name);
    }
}
