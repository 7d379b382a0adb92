//! Addresses that several people register, and the decision about who gets the account.

use std::time::Duration;

use estore_testbed::ServiceName::{User, Verification};
use estore_tests::{Access, Answer, Customer, Mail, access, unique};
use futures::future::join;
use reqwest::Method;
use serde_json::{Value, json};

const STRANGERS: &str = "the strangers phrase";
const OWNERS: &str = "the owners phrase 22";
const CHOSEN: &str = "a phrase chosen later";
/// A name that contains an advertisement.
const WORDS: &str = "Come in and win";

/// Waits for the first `count` emails to `email`, oldest first.
pub(super) async fn mails(email: &str, count: usize) -> Vec<Mail> {
    Access::mailbox().wait_for(email, count, Duration::from_secs(20)).await.unwrap()
}

/// Returns the token of an email's link.
pub(super) fn token(mail: &Mail) -> String {
    let rest = mail.text.split("token=").nth(1).unwrap();
    rest.split_whitespace().next().unwrap().to_owned()
}

async fn register(access: &Access, email: &str, password: &str, name: &str) {
    let body = json!({"email": email, "password": password, "name": name});
    let _accepted = access.post("/register", &body).await.expect(202);
}

pub(super) async fn verify(access: &Access, token: &str) -> Answer {
    access.post("/verify-email", &json!({"token": token})).await
}

pub(super) async fn press(access: &Access, token: &str) -> Answer {
    let form = access.http.post(access.url(Verification, "/verify"));
    Answer::of(form.form(&[("token", token)])).await
}

pub(super) async fn login(access: &Access, email: &str, password: &str) -> Answer {
    access.post("/login", &json!({"email": email, "password": password})).await
}

async fn me(access: &Access, tokens: &Answer) -> Value {
    let token = tokens.value()["access_token"].as_str().unwrap().to_owned();
    Answer::of(access.http.get(access.url(User, "/me")).bearer_auth(token)).await.expect(200).value()
}

/// Registers an address as a stranger and then as its owner. Returns their tokens, the stranger's
/// first.
async fn registered_twice(access: &Access, email: &str) -> (String, String) {
    register(access, email, STRANGERS, "Mallory").await;
    let _first = mails(email, 1).await;
    register(access, email, OWNERS, "Olivia").await;
    let mails = mails(email, 2).await;
    (token(&mails[0]), token(&mails[1]))
}

#[tokio::test]
async fn pressed_link_decides_password_and_name() {
    let access = access();
    // Through the app and through the page. The owner registers second, then first.
    for (page, second) in [(false, true), (true, true), (false, false), (true, false)] {
        let email = format!("{}@example.com", unique());
        let (stranger, owner) = registered_twice(&access, &email).await;
        let (pressed, other) = if second { (owner, stranger) } else { (stranger, owner) };
        let (right, wrong, name) =
            if second { (OWNERS, STRANGERS, "Olivia") } else { (STRANGERS, OWNERS, "Mallory") };
        if page {
            assert!(press(&access, &pressed).await.expect(200).text.contains("Thank you!"));
        } else {
            assert_eq!(me(&access, &verify(&access, &pressed).await.expect(200)).await["name"], name);
        }
        let _other = login(&access, &email, wrong).await.refused(401, "invalid_credentials");
        let _late = verify(&access, &other).await.refused(410, "token_used");
        let tokens = login(&access, &email, right).await.expect(200);
        assert_eq!(me(&access, &tokens).await["name"], name, "after the late link");
        let _other = login(&access, &email, wrong).await.refused(401, "invalid_credentials");
    }
}

#[tokio::test]
async fn late_link_on_the_page_says_nothing_changed() {
    let access = access();
    let email = format!("{}@example.com", unique());
    let (stranger, owner) = registered_twice(&access, &email).await;
    let _verified = press(&access, &owner).await.expect(200);
    let show = access.http.get(access.url(Verification, &format!("/verify?token={stranger}")));
    assert!(!Answer::of(show).await.expect(410).text.contains("<form"), "no button that does nothing");
    let page = press(&access, &stranger).await.expect(410);
    assert!(!page.text.contains("Thank you") && page.text.contains("Nothing was changed"), "{}", page.text);
    let json = access.http.post(access.url(Verification, "/verify")).json(&json!({"token": stranger}));
    let _used = Answer::of(json).await.refused(410, "token_used");
    let admin = Customer::admin(&access).await;
    let asked = admin.get(Verification, &format!("/verifications?email={email}")).await.value();
    // The list is newest first.
    let status = |at: usize| asked["items"][at]["status"].clone();
    assert_eq!((status(0), status(1)), (json!("verified"), json!("expired")));
}

#[tokio::test]
async fn links_pressed_at_once_let_one_decide() {
    let access = access();
    for page in [false, true] {
        let email = format!("{}@example.com", unique());
        let (stranger, owner) = registered_twice(&access, &email).await;
        let other = async {
            if page {
                press(&access, &stranger).await.status
            } else {
                verify(&access, &stranger).await.status
            }
        };
        let (owners, strangers) = join(verify(&access, &owner), other).await;
        let mut both = [owners.status, strangers];
        both.sort_unstable();
        assert_eq!(both, [200, 410]);
        let (right, wrong) = if owners.status == 200 { (OWNERS, STRANGERS) } else { (STRANGERS, OWNERS) };
        let _right = login(&access, &email, right).await.expect(200);
        let _wrong = login(&access, &email, wrong).await.refused(401, "invalid_credentials");
    }
}

#[tokio::test]
async fn resent_link_repeats_the_only_registration() {
    let access = access();
    let email = format!("{}@example.com", unique());
    register(&access, &email, OWNERS, "Olivia").await;
    let _first = mails(&email, 1).await;
    // The second repeat makes sure that a link sent again does not count as another registration.
    for count in [2, 3] {
        let _sent = access.post("/verify-email/resend", &json!({"email": email})).await.expect(202);
        let _sent = mails(&email, count).await;
    }
    let resent = token(&mails(&email, 3).await[2]);
    let _unproven = login(&access, &email, OWNERS).await.refused(403, "email_not_verified");
    let tokens = verify(&access, &resent).await.expect(200);
    assert_eq!(me(&access, &tokens).await["name"], "Olivia");
    let _owner = login(&access, &email, OWNERS).await.expect(200);
    let _nothing = access.post("/verify-email/resend", &json!({"email": email})).await.expect(202);
}

#[tokio::test]
async fn resend_after_several_registrations_sets_a_new_password() {
    let access = access();
    for owner_is_last in [false, true] {
        let email = format!("{}@example.com", unique());
        // A stranger uses up the four emails an hour that registrations may send to an address. The
        // last registration gets no email.
        let mut registrations = vec![(STRANGERS, "Mallory"); 5];
        registrations.insert(if owner_is_last { 5 } else { 0 }, (OWNERS, "Olivia"));
        for (password, name) in registrations {
            register(&access, &email, password, name).await;
        }
        let registered: Vec<String> = mails(&email, 4).await.iter().map(token).collect();
        let _sent = access.post("/verify-email/resend", &json!({"email": email})).await.expect(202);
        let resent = token(&mails(&email, 5).await[4]);
        let body = json!({"token": resent, "new_password": CHOSEN});
        let _reset = access.post("/password/reset", &body).await.expect(204);
        let tokens = login(&access, &email, CHOSEN).await.expect(200);
        assert_eq!(me(&access, &tokens).await["name"], "Customer", "not the stranger's");
        let _stranger = login(&access, &email, STRANGERS).await.refused(401, "invalid_credentials");
        for late in registered {
            let _late = verify(&access, &late).await.refused(410, "token_used");
        }
    }
}

#[tokio::test]
async fn reset_of_an_unproven_address_drops_registrations() {
    let access = access();
    let email = format!("{}@example.com", unique());
    register(&access, &email, STRANGERS, "Mallory").await;
    let registered = token(&mails(&email, 1).await[0]);
    let _asked = access.post("/password/forgot", &json!({"email": email})).await.expect(202);
    let reset = token(&mails(&email, 2).await[1]);
    // A stranger who registers again does not void the link.
    register(&access, &email, STRANGERS, "Mallory").await;
    let again = token(&mails(&email, 3).await[2]);
    let body = json!({"token": reset, "new_password": OWNERS});
    let _reset = access.post("/password/reset", &body).await.expect(204);
    let tokens = login(&access, &email, OWNERS).await.expect(200);
    assert_eq!(me(&access, &tokens).await["name"], "Customer", "not the stranger's");
    for late in [registered, again] {
        let _late = verify(&access, &late).await.refused(410, "token_used");
    }
    let _stranger = login(&access, &email, STRANGERS).await.refused(401, "invalid_credentials");
}

#[tokio::test]
async fn emails_to_unverified_addresses_carry_no_strangers_words() {
    let access = access();
    let email = format!("{}@example.com", unique());
    register(&access, &email, STRANGERS, WORDS).await;
    for path in ["/verify-email/resend", "/password/forgot"] {
        let _sent = access.post(path, &json!({"email": email})).await.expect(202);
    }
    register(&access, &email, STRANGERS, WORDS).await;
    let mut sent = mails(&email, 4).await;

    // The name of a verified account, in an email to an address that its owner has not verified.
    let mover = Customer::register(&access, Access::mailbox()).await;
    let patch = mover.request(Method::PATCH, User, "/me").json(&json!({"name": WORDS}));
    let _named = Answer::of(patch).await.expect(200);
    let elsewhere = format!("{}@example.com", unique());
    let body = json!({"password": estore_tests::PASSWORD, "new_email": elsewhere});
    let _moves = Answer::of(mover.request(Method::PUT, User, "/me/email").json(&body)).await.expect(202);
    sent.extend(mails(&elsewhere, 1).await);
    for mail in sent {
        let whole = format!("{} {} {}", mail.subject, mail.text, mail.html);
        assert!(!whole.contains(WORDS), "{whole}");
    }
}

#[tokio::test]
async fn spare_link_opens_no_session() {
    let access = access();
    let email = format!("{}@example.com", unique());
    register(&access, &email, OWNERS, "Olivia").await;
    let _sent = access.post("/verify-email/resend", &json!({"email": email})).await.expect(202);
    let mails = mails(&email, 2).await;
    let tokens = verify(&access, &token(&mails[0])).await.expect(200);
    // A client repeats the request because the answer may have been lost.
    let _repeat = verify(&access, &token(&mails[0])).await.expect(200);
    let _spare = verify(&access, &token(&mails[1])).await.refused(410, "token_used");

    let access_token = tokens.value()["access_token"].as_str().unwrap().to_owned();
    let out = access.http.post(access.url(User, "/logout")).bearer_auth(access_token);
    let _out = Answer::of(out).await.expect(204);
    let _after_logout = verify(&access, &token(&mails[0])).await.refused(410, "token_used");
}

#[tokio::test]
async fn repeated_link_after_new_password_opens_no_session() {
    let access = access();
    let email = format!("{}@example.com", unique());
    register(&access, &email, OWNERS, "Olivia").await;
    let link = token(&mails(&email, 1).await[0]);
    let tokens = verify(&access, &link).await.expect(200);
    let access_token = tokens.value()["access_token"].as_str().unwrap().to_owned();
    let body = json!({"current_password": OWNERS, "new_password": "changed phrase 99"});
    let change = access.http.put(access.url(User, "/me/password")).bearer_auth(access_token).json(&body);
    let _changed = Answer::of(change).await.expect(204);
    let _late = verify(&access, &link).await.refused(410, "token_used");
}

#[tokio::test]
async fn disabling_voids_the_links_of_an_unproven_account() {
    let access = access();
    let email = format!("{}@example.com", unique());
    let (first, second) = registered_twice(&access, &email).await;
    let admin = Customer::admin(&access).await;
    let found = admin.get(User, &format!("/users?email={email}")).await.value();
    let id = found["items"][0]["id"].as_str().unwrap().to_owned();
    assert_ne!(found["items"][0]["name"], "Mallory");
    let patch = async |status: &str| {
        let request = admin.request(Method::PATCH, User, &format!("/users/{id}"));
        let _done = Answer::of(request.json(&json!({"status": status}))).await.expect(200);
    };
    patch("disabled").await;
    let _disabled = verify(&access, &first).await.refused(403, "account_disabled");
    let _disabled = press(&access, &second).await.expect(410);
    patch("active").await;
    let _still = verify(&access, &first).await.refused(410, "token_used");
    let _unproven = login(&access, &email, OWNERS).await.refused(403, "email_not_verified");
    // A new registration gets a working link.
    register(&access, &email, "a phrase for a new start", "Olivia").await;
    let _verified = verify(&access, &token(&mails(&email, 3).await[2])).await.expect(200);
}
