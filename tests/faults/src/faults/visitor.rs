//! A visitor who registers and verifies the address, for the fail points that only such visitors
//! pass.

use std::time::Duration;

use estore_testbed::ServiceName::{User, Verification};
use estore_tests::{Access, Answer, PASSWORD, unique};
use serde_json::{Value, json};
use tokio::time::sleep;

const PATIENCE: Duration = Duration::from_secs(5);

/// Registers, waits a while for the email, and verifies the address by the `button` on the email's
/// page or by the token. Ignores every failure: another visitor follows.
pub(super) async fn visit(access: &Access, mail_page: u16, button: bool) {
    let email = format!("{}@example.com", unique());
    let body = json!({"email": email, "password": PASSWORD, "name": "Ada"});
    let register = access.http.post(access.url(User, "/register")).json(&body).timeout(PATIENCE);
    if Answer::try_of(register).await.is_err() {
        return sleep(Duration::from_millis(50)).await;
    }
    // Hashing and emails take time on a machine that is busy with orders.
    for _ in 0..200 {
        let page = format!("http://127.0.0.1:{mail_page}/messages?to={email}");
        let mails =
            Answer::try_of(access.http.get(page).timeout(PATIENCE)).await.map(|answer| answer.value());
        let mails = mails.unwrap_or_default();
        let text = mails.pointer("/0/text").and_then(Value::as_str).unwrap_or_default();
        let token = text.split("token=").nth(1).and_then(|rest| rest.split_whitespace().next());
        if let Some(token) = token {
            let body = json!({"token": token});
            let url =
                if button { access.url(Verification, "/verify") } else { access.url(User, "/verify-email") };
            let _outcome = Answer::try_of(access.http.post(url).json(&body).timeout(PATIENCE)).await;
            return;
        }
        sleep(Duration::from_millis(50)).await;
    }
}
