//! The program itself with wrong settings of the gateway: it stops with one line that has no secret
//! in it.

use std::process::Command;

#[test]
fn wrong_gateway_setting_stops_the_start() {
    let cases: [(&[(&str, &str)], &str); 6] = [
        (&[("GATEWAY", "bank")], "GATEWAY must be sandbox or stripe"),
        (&[("FAULTS", "true")], "FAULTS must be false with GATEWAY=stripe"),
        (&[], "STRIPE_API_KEY is not set"),
        (&[("STRIPE_API_KEY", "hunter2\u{7}")], "STRIPE_API_KEY must have only characters of a header value"),
        (
            &[("STRIPE_API_KEY_FILE", "/no/such/file")],
            "STRIPE_API_KEY STRIPE_API_KEY_FILE=/no/such/file cannot",
        ),
        (
            &[("STRIPE_API_KEY", "hunter2"), ("STRIPE_API_BASE", "http://api.stripe.com")],
            "STRIPE_API_BASE must begin with https://",
        ),
    ];
    for (settings, expected) in cases {
        let output = Command::new(env!("CARGO_BIN_EXE_estore-payment"))
            .env_clear()
            .env("GATEWAY", "stripe")
            .env("CARD_KEYS", "k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")
            .env("REDIS_HOST", "127.0.0.1")
            .envs(settings.iter().copied())
            .output()
            .unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && said.trim().lines().count() == 1, "{said}");
        assert!(said.contains(&format!("does not start: {expected}")), "{said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}
