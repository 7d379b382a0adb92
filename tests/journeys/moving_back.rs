//! Address changes that an intruder requests, and the ways in which the owner keeps the account.

use std::{fs, time::Duration};

use estore_testbed::ServiceName::{User, Verification};
use estore_tests::{Access, Answer, Customer, Mail, PASSWORD, access, is_given, shop, unique, until};
use reqwest::Method;
use serde_json::json;

use super::proving::{login, mails, press, token, verify};

const NEW: &str = "another password, as good";

/// An address change that a logged-in intruder requested: the owner's stop link, the link at the
/// new address, and that address.
struct Asked {
    owner: Customer,
    stop: String,
    link: String,
    new: String,
}

async fn asked(access: &Access) -> Asked {
    let owner = Customer::register(access, Access::mailbox()).await;
    let new = format!("{}@example.com", unique());
    let body = json!({"password": PASSWORD, "new_email": new});
    let _sent = Answer::of(owner.request(Method::PUT, User, "/me/email").json(&body)).await.expect(202);
    let stop = token(&mails(&owner.email, 2).await[1]);
    let link = token(&mails(&new, 1).await[0]);
    Asked { owner, stop, link, new }
}

/// Finds the reset email by its subject, because emails can overtake each other.
fn reset_link(mails: &[Mail]) -> String {
    mails.iter().find(|mail| mail.subject.starts_with("Reset")).map(token).unwrap()
}

/// Checks that the link at the new address has no effect any more.
async fn is_void(access: &Access, asked: &Asked, password: &str) {
    let _void = verify(access, &asked.link).await.refused(410, "token_used");
    let page = press(access, &asked.link).await.expect(410);
    assert!(!page.text.contains("Thank you"), "{}", page.text);
    let _owner = login(access, &asked.owner.email, password).await.expect(200);
    let _nobody = login(access, &asked.new, password).await.refused(401, "invalid_credentials");
}

#[tokio::test]
async fn changed_password_voids_a_pending_move() {
    let access = access();
    let asked = asked(&access).await;
    let body = json!({"current_password": PASSWORD, "new_password": NEW});
    let change = asked.owner.request(Method::PUT, User, "/me/password").json(&body);
    let _changed = Answer::of(change).await.expect(204);
    is_void(&access, &asked, NEW).await;
}

#[tokio::test]
async fn reset_password_voids_a_pending_move() {
    let access = access();
    let asked = asked(&access).await;
    let _sent = access.post("/password/forgot", &json!({"email": asked.owner.email})).await.expect(202);
    let reset = token(&mails(&asked.owner.email, 3).await[2]);
    let body = json!({"token": reset, "new_password": NEW});
    let _reset = access.post("/password/reset", &body).await.expect(204);
    is_void(&access, &asked, NEW).await;
}

#[tokio::test]
async fn disabling_voids_a_pending_move_and_reset() {
    let access = access();
    let asked = asked(&access).await;
    let _sent = access.post("/password/forgot", &json!({"email": asked.owner.email})).await.expect(202);
    let reset = token(&mails(&asked.owner.email, 3).await[2]);
    let admin = Customer::admin(&access).await;
    let id = asked.owner.get(User, "/me").await.value()["id"].as_str().unwrap().to_owned();
    for status in ["disabled", "active"] {
        let patch = admin.request(Method::PATCH, User, &format!("/users/{id}"));
        let _done = Answer::of(patch.json(&json!({"status": status}))).await.expect(200);
    }
    let body = json!({"token": reset, "new_password": NEW});
    let _void = access.post("/password/reset", &body).await.refused(410, "token_used");
    is_void(&access, &asked, PASSWORD).await;
}

#[tokio::test]
async fn stop_link_stops_a_move() {
    let access = access();
    let asked = asked(&access).await;
    let page = access.url(Verification, &format!("/verify?token={}", asked.stop));
    let shown = Answer::of(access.http.get(page)).await.expect(200);
    assert!(shown.text.contains("Stop the change"), "{}", shown.text);
    assert!(press(&access, &asked.stop).await.expect(200).text.contains("keeps this email address"));
    is_void(&access, &asked, PASSWORD).await;
    let _used = press(&access, &asked.stop).await.expect(410);
}

#[tokio::test]
async fn revert_sends_its_reset_link_in_any_case() {
    let access = access();
    let asked = asked(&access).await;
    for _ in 0..5 {
        let _sent = access.post("/password/forgot", &json!({"email": asked.owner.email})).await.expect(202);
    }
    let _used_up = mails(&asked.owner.email, 7).await;
    let _moved = verify(&access, &asked.link).await.expect(204);
    let _told = mails(&asked.owner.email, 8).await;
    let _reverted = press(&access, &asked.stop).await.expect(200);
    let sent = mails(&asked.owner.email, 9).await;
    assert_eq!(sent.iter().filter(|mail| mail.subject.starts_with("Reset")).count(), 6);
}

#[tokio::test]
async fn revert_link_takes_the_account_back() {
    let access = access();
    // Uses the notice of the change, then the notice of the request, although the thief changes
    // everything they can.
    for notice in [2, 1] {
        let asked = asked(&access).await;
        let owner = &asked.owner;
        let _moved = verify(&access, &asked.link).await.expect(204);
        let change = json!({"current_password": PASSWORD, "new_password": NEW});
        let request = owner.request(Method::PUT, User, "/me/password").json(&change);
        let _changed = Answer::of(request).await.expect(204);
        let thief = Customer::login(&access, &asked.new, NEW).await;
        let _sent = access.post("/password/forgot", &json!({"email": asked.new})).await.expect(202);
        let thiefs = reset_link(&mails(&asked.new, 3).await);
        let _told = mails(&owner.email, 3).await;
        // The address looks free. A stranger who registers it blocks nothing.
        let body = json!({"email": owner.email, "password": "the strangers phrase", "name": "Mallory"});
        let _registered = access.post("/register", &body).await.expect(202);

        let revert = token(&mails(&owner.email, 4).await[notice]);
        let page = press(&access, &revert).await.expect(200);
        assert!(page.text.contains("has this email address again"), "{}", page.text);
        let _ended = thief.get(User, "/me").await.refused(401, "invalid_token");
        for (email, password) in [(&owner.email, NEW), (&owner.email, PASSWORD), (&asked.new, NEW)] {
            let _useless = login(&access, email, password).await.refused(401, "invalid_credentials");
        }
        let body = json!({"token": thiefs, "new_password": NEW});
        let _void = access.post("/password/reset", &body).await.refused(410, "token_used");

        let sent = mails(&owner.email, 5).await;
        let reset = reset_link(&sent);
        let body = json!({"token": reset, "new_password": "only the owner knows"});
        let _reset = access.post("/password/reset", &body).await.expect(204);
        let _owner = Customer::login(&access, &owner.email, "only the owner knows").await;
        let _void = press(&access, &token(&sent[3 - notice])).await.expect(410);
    }
}

#[tokio::test]
async fn moves_are_logged_without_addresses() {
    if is_given() {
        return;
    }
    let access = access();
    let asked = asked(&access).await;
    let id = asked.owner.get(User, "/me").await.value()["id"].as_str().unwrap().to_owned();
    let _moved = verify(&access, &asked.link).await.expect(204);
    let _reverted = press(&access, &asked.stop).await.expect(200);
    let lines = async || {
        let log = fs::read_to_string(shop().directory().join("user.log")).unwrap();
        let is_one = |line: &&str| line.contains("link about a move pressed") && line.contains(&id);
        log.lines().filter(is_one).map(str::to_owned).collect::<Vec<_>>()
    };
    let lines = until(Duration::from_secs(20), lines, |lines| lines.len() == 2).await;
    for (line, outcome) in lines.iter().zip(["moved", "reverted"]) {
        assert!(line.contains(&format!("\"outcome\":\"{outcome}\"")), "{line}");
        assert!(!line.contains(&asked.owner.email) && !line.contains(&asked.new), "{line}");
    }
}
