//! Each trace links to the one before it, from outbox to outbox.

use estore_testbed::ServiceName::User;
use estore_tests::{Answer, Customer, PASSWORD, Step, unique};
use serde_json::json;

use super::{
    stand::{CLIENT, Stand, traceparent},
    tree,
};

const REGISTER: &str = "\
user server POST /register
  user internal hash password
  user client INSERT users
  user producer send mails
    user client SELECT
    user client INSERT outbox
  user client INSERT mailed_links
  user client COMMIT
";
const ASK: &str = "\
user consumer process mails
  user client POST /internal/verifications
    verification server POST /internal/verifications
      verification client SELECT
      verification producer send mails
        verification client INSERT verifications
      verification client COMMIT
  user client UPDATE outbox
";
const SEND: &str = "\
verification consumer process mails
  verification client SELECT templates
  verification client INSERT tokens
  verification client send mail
";
const REPORT: &str = "\
verification consumer process reports
  verification client POST /internal/users/{id}/email-verified
    user server POST /internal/users/{id}/email-verified
";

fn named<'a>(steps: &'a [Step], service: &str, name: &str) -> &'a Step {
    let found = steps.iter().find(|step| step.service == format!("estore-{service}") && step.name == name);
    found.unwrap_or_else(|| panic!("no {name} of {service} in {steps:#?}"))
}

impl Stand {
    /// Returns the trace that this span caused, once it begins as `drawn`.
    async fn after(&self, step: &Step, name: &str, drawn: &str) -> Vec<Step> {
        let due = self.due_to(&step.trace, name).await;
        let next = due.iter().find(|next| next.links == [(step.trace.clone(), step.id.clone())]);
        let next = next.unwrap_or_else(|| panic!("{due:#?} do not link to {step:?}"));
        assert_eq!((next.kind, next.parent.as_str()), ("consumer", ""));
        self.trace(&next.trace, |steps| tree::draw(steps, "", &[]).starts_with(drawn)).await
    }
}

#[tokio::test]
async fn registration_traces_link_from_outbox_to_outbox() {
    let mut stand = Stand::start("trace-mails", &[]).await;
    let (id, header) = traceparent(true);
    let email = format!("{}@example.com", unique());
    let post = |path: &str| stand.access.http.post(stand.access.url(User, path));
    let account = json!({"email": email, "password": PASSWORD, "name": "Ada"});
    let _accepted =
        Answer::of(post("/register").json(&account).header("traceparent", header)).await.expect(202);

    let steps = stand.trace(&id, |steps| steps.len() >= REGISTER.lines().count()).await;
    assert_eq!(tree::draw(&steps, CLIENT, &[]), REGISTER);
    let put = named(&steps, "user", "send mails");
    assert_eq!(put.attributes["messaging.destination.name"], "mails");

    let steps = stand.after(put, "process mails", ASK).await;
    assert_eq!(tree::draw(&steps, "", &[]), ASK);
    let steps = stand.after(named(&steps, "verification", "send mails"), "process mails", SEND).await;
    assert_eq!(tree::draw(&steps, "", &[]), SEND);
    assert_eq!(steps[0].attributes["estore.mail.purpose"], "email");

    // After verification, the Verification Service notifies the User Service, also through an
    // outbox.
    let token = Customer::mailed_token(&stand.shop.mailbox, &email).await;
    let (id, header) = traceparent(true);
    let verify = post("/verify-email").json(&json!({"token": token})).header("traceparent", header);
    let _tokens = Answer::of(verify).await.expect(200);
    let redeemed = |steps: &[Step]| steps.iter().any(|step| step.parent == CLIENT);
    let steps = stand.trace(&id, redeemed).await;
    let steps = stand
        .trace(&id, |now| now.len() >= steps.len() && now.iter().any(|step| step.name == "send reports"))
        .await;
    let _reported =
        stand.after(named(&steps, "verification", "send reports"), "process reports", REPORT).await;
    stand.shop.stop().await.unwrap();
}
