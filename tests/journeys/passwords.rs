//! Changed and forgotten passwords.

use std::time::Duration;

use estore_testbed::ServiceName::{User, Verification};
use estore_tests::{Access, Answer, Customer, Mail, PASSWORD, access, until};
use futures::future::{join, join_all};
use reqwest::Method;
use serde_json::json;

const NEW: &str = "another password, as good";

async fn login(customer: &Customer, password: &str) -> Answer {
    customer.access.post("/login", &json!({"email": customer.email, "password": password})).await
}

async fn mails(customer: &Customer, count: usize) -> Vec<Mail> {
    Access::mailbox().wait_for(&customer.email, count, Duration::from_secs(20)).await.unwrap()
}

/// Returns the token of the link in the `nth` email.
async fn token(customer: &Customer, nth: usize) -> String {
    let mails = mails(customer, nth).await;
    let rest = mails[nth - 1].text.split("token=").nth(1).unwrap();
    rest.split_whitespace().next().unwrap().to_owned()
}

#[tokio::test]
async fn changed_password_ends_other_sessions_and_emails_owner() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let other = Customer::login(&access, &customer.email, PASSWORD).await;
    let change = async |current: &str, new: &str| {
        let body = json!({"current_password": current, "new_password": new});
        Answer::of(customer.request(Method::PUT, User, "/me/password").json(&body)).await
    };
    let wrong = change("not the one", NEW).await;
    assert_eq!(wrong.header("www-authenticate"), "", "clients log out at one");
    let _wrong = wrong.refused(403, "wrong_password");
    let common = change(PASSWORD, "password1").await.refused(422, "validation_error");
    assert_eq!(common.details[0].field, "new_password");
    let _still = other.get(User, "/me").await.expect(200);

    let _changed = change(PASSWORD, NEW).await.expect(204);
    let _ended = other.get(User, "/me").await.refused(401, "invalid_token");
    let body = json!({"refresh_token": other.refresh_token});
    let _dead = access.post("/token/refresh", &body).await.refused(401, "invalid_token");
    let _on = customer.get(User, "/me").await.expect(200);
    let _old = login(&customer, PASSWORD).await.refused(401, "invalid_credentials");
    let _new = login(&customer, NEW).await.expect(200);
    assert!(mails(&customer, 2).await[1].text.contains("your password was changed"));
}

#[tokio::test]
async fn reset_token_works_once_and_ends_every_session() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let _asked = access.post("/password/forgot", &json!({"email": customer.email})).await.expect(202);
    let token = token(&customer, 2).await;
    let reset = async |token: &str, password: &str| {
        access.post("/password/reset", &json!({"token": token, "new_password": password})).await
    };
    let _common = reset(&token, "12345678").await.refused(422, "validation_error");
    let _done = reset(&token, NEW).await.expect(204);
    let _ended = customer.get(User, "/me").await.refused(401, "invalid_token");
    let _old = login(&customer, PASSWORD).await.refused(401, "invalid_credentials");
    let _new = login(&customer, NEW).await.expect(200);
    let _lost_answer = reset(&token, NEW).await.expect(204);
    let _other = reset(&token, "a third password, as good").await.refused(410, "token_used");
    let _unknown = reset("x", NEW).await.refused(404, "token_unknown");
    assert!(mails(&customer, 3).await[2].text.contains("your password was changed"));
}

#[tokio::test]
async fn used_reset_link_spends_the_others() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let mut links = Vec::new();
    for nth in [2, 3] {
        let _asked = access.post("/password/forgot", &json!({"email": customer.email})).await.expect(202);
        links.push(token(&customer, nth).await);
    }
    let reset = async |token: &str, password: &str| {
        access.post("/password/reset", &json!({"token": token, "new_password": password})).await
    };
    let _newer = reset(&links[1], NEW).await.expect(204);
    let _older = reset(&links[0], "somebody else chose this").await.refused(410, "token_used");
    let _still = login(&customer, NEW).await.expect(200);
}

#[tokio::test]
async fn changed_password_voids_the_reset_link() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let _asked = access.post("/password/forgot", &json!({"email": customer.email})).await.expect(202);
    let link = token(&customer, 2).await;
    let change = async |current: &str, new: &str| {
        let body = json!({"current_password": current, "new_password": new});
        Answer::of(customer.request(Method::PUT, User, "/me/password").json(&body)).await
    };
    let _changed = change(PASSWORD, NEW).await.expect(204);
    let reset = async |token: &str| {
        access.post("/password/reset", &json!({"token": token, "new_password": PASSWORD})).await
    };
    let _void = reset(&link).await.refused(410, "token_used");
    let page = access.http.post(access.url(User, "/password/reset"));
    let page = Answer::of(page.form(&[("token", link.as_str()), ("new_password", PASSWORD)])).await;
    assert!(page.expect(410).text.contains("Ask for a new email"));

    // Repeating a used link does not restore its password either.
    let _asked = access.post("/password/forgot", &json!({"email": customer.email})).await.expect(202);
    let link = token(&customer, 4).await;
    let _used = reset(&link).await.expect(204);
    let again = Customer::login(&access, &customer.email, PASSWORD).await;
    let body = json!({"current_password": PASSWORD, "new_password": NEW});
    let change = again.request(Method::PUT, User, "/me/password").json(&body);
    let _changed = Answer::of(change).await.expect(204);
    let _repeat = reset(&link).await.refused(410, "token_used");
    let _still = login(&customer, NEW).await.expect(200);
}

#[tokio::test]
async fn token_works_for_its_purpose_alone() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let _asked = access.post("/password/forgot", &json!({"email": customer.email})).await.expect(202);
    let token = token(&customer, 2).await;
    let body = json!({"token": token});
    let _refused = access.post("/verify-email", &body).await.refused(404, "token_unknown");
    let verify = access.http.post(access.url(Verification, "/verify")).json(&body);
    let _refused = Answer::of(verify).await.refused(404, "token_unknown");
    let body = json!({"token": token, "new_password": NEW});
    let _still_good = access.post("/password/reset", &body).await.expect(204);
}

#[tokio::test]
async fn reset_request_reveals_nothing_and_is_capped() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    for email in [customer.email.as_str(), "nobody-at-all@example.com"] {
        for _ in 0..7 {
            let answer = access.post("/password/forgot", &json!({"email": email})).await.expect(202);
            assert_eq!(answer.value(), json!({"status": "reset_sent"}));
        }
    }
    // In addition to the email of the registration.
    let admin = Customer::admin(&access).await;
    let _six = mails(&customer, 6).await;
    let list = format!("/verifications?purpose=password_reset&email={}", customer.email);
    let asked = admin.get(Verification, &list).await.value();
    assert_eq!(asked["items"].as_array().map(Vec::len), Some(5));
}

#[tokio::test]
async fn emailed_link_opens_a_working_password_page() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let _asked = access.post("/password/forgot", &json!({"email": customer.email})).await.expect(202);
    let token = token(&customer, 2).await;
    let show = async || {
        let url = access.url(Verification, &format!("/verify?token={token}"));
        Answer::of(access.http.get(url).header("Accept-Language", "de")).await
    };
    let page = show().await.expect(200);
    let text = page.text.replace("&#x2f;", "/");
    assert!(text.contains("/password/reset\"") && text.contains("Neues Passwort"), "{text}");
    assert!(page.header("content-security-policy").contains("/password/reset;"));
    let send = async |password: &str| {
        let form = [("token", token.as_str()), ("new_password", password)];
        Answer::of(access.http.post(access.url(User, "/password/reset")).form(&form)).await
    };
    assert!(send("short").await.expect(422).text.contains("Not this one"));
    assert!(send(NEW).await.expect(200).text.contains("Your password is changed"));
    let _new = login(&customer, NEW).await.expect(200);
    assert!(show().await.expect(410).text.contains("Schon erledigt"));
    assert!(send("a third password, as good").await.expect(410).text.contains("used"));
}

#[tokio::test]
async fn password_matches_in_every_unicode_form() {
    let access = access();
    // The same letters to the eye: composed and decomposed.
    let (composed, decomposed) = ("caf\u{e9} caf\u{e9} caf\u{e9}", "cafe\u{301} cafe\u{301} cafe\u{301}");
    let customer = Customer::register(&access, Access::mailbox()).await;
    let body = json!({"current_password": PASSWORD, "new_password": composed});
    let _changed =
        Answer::of(customer.request(Method::PUT, User, "/me/password").json(&body)).await.expect(204);
    let _other_form = login(&customer, decomposed).await.expect(200);
    let _other = login(&customer, "cafe cafe cafe").await.refused(401, "invalid_credentials");
    let _spaces = login(&customer, &format!(" {composed}")).await.refused(401, "invalid_credentials");
    let _same = login(&customer, composed).await.expect(200);
    // Another device requests a reset and completes it.
    let body = json!({"current_password": decomposed, "new_password": "na\u{ef}ve na\u{ef}ve"});
    let _changed =
        Answer::of(customer.request(Method::PUT, User, "/me/password").json(&body)).await.expect(204);
    let _asked = access.post("/password/forgot", &json!({"email": customer.email})).await.expect(202);
    let token = link_token(&customer).await;
    let body = json!({"token": token, "new_password": decomposed});
    let _reset = access.post("/password/reset", &body).await.expect(204);
    let _composed = login(&customer, composed).await.expect(200);
}

/// Finds the token in the password reset email, at any position in the mailbox.
async fn link_token(customer: &Customer) -> String {
    let mails = async || mails(customer, 1).await;
    let has_link = |mail: &&Mail| mail.subject.contains("Reset");
    let found = until(Duration::from_secs(20), mails, |mails| mails.iter().any(|mail| has_link(&mail))).await;
    let mail = found.iter().find(has_link).unwrap();
    mail.text.split("token=").nth(1).unwrap().split_whitespace().next().unwrap().to_owned()
}

#[tokio::test]
async fn session_of_a_replaced_password_ends_with_it() {
    let access = access();
    let customer = Customer::register(&access, Access::mailbox()).await;
    let mut current = PASSWORD.to_owned();
    for round in 0..4 {
        let new = format!("{NEW} {round}");
        let body = json!({"current_password": current, "new_password": new});
        let change = Answer::of(customer.request(Method::PUT, User, "/me/password").json(&body));
        let logins = join_all((0..4).map(|_| login(&customer, &current)));
        let (changed, logins) = join(change, logins).await;
        let _changed = changed.expect(204);
        for answer in logins.into_iter().filter(|answer| answer.status == 200) {
            let refresh = json!({"refresh_token": answer.value()["refresh_token"]});
            let _dead = access.post("/token/refresh", &refresh).await.refused(401, "invalid_token");
        }
        current = new;
    }
}
