//! Samples among the emails of the outbox, and the version of the template that each shows.

use estore_contract::{
    PeerName, UserId, VerificationId,
    verification::{Locale, Purpose, TemplateBody, VerificationRequest},
};
use estore_verification::store::{
    outbox, templates,
    verifications::{self, NewMail},
};
use serde_json::Map;
use uuid::Uuid;

use crate::store::{MAIL, NOW, Store};

const SAMPLE: VerificationId = VerificationId(Uuid::from_u128(7));

#[tokio::test]
async fn sample_keeps_its_version_in_the_outbox() {
    let store = Store::start("samples").await;
    let request = VerificationRequest {
        user_id: UserId(Uuid::from_u128(8)),
        email: None,
        purpose: Purpose::OrderConfirmed,
        data: Map::new(),
        locale: Locale::De,
        idempotency_key: "sample".to_owned(),
    };
    let email = "admin@example.com".parse().unwrap();
    let sample = NewMail { id: SAMPLE, email, request, sample_version: Some(3) };
    let _ids = verifications::accept(&store.pool, PeerName::Verification, &[sample], NOW).await.unwrap();
    let claimed = outbox::QUEUE.claim(&store.pool, NOW).await.unwrap();
    let mut versions: Vec<_> =
        claimed.iter().map(|claimed| (claimed.entry.id, claimed.entry.sample_version)).collect();
    versions.sort();
    assert_eq!(versions, [(MAIL, None), (SAMPLE, Some(3))]);
    let listed = verifications::read(&store.pool, SAMPLE).await.unwrap().unwrap();
    assert!(listed.is_sample && !store.mail().await.is_sample);
}

#[tokio::test]
async fn version_is_read_in_its_own_language() {
    let store = Store::start("samples-versions").await;
    let read =
        async |locale, version| templates::read(&store.pool, Purpose::Email, locale, version).await.unwrap();
    let newest = templates::pick(&store.pool, Purpose::Email, Locale::De, 1).await.unwrap().remove(0);
    let body = TemplateBody {
        locale: Locale::De,
        subject: "s".to_owned(),
        text: "{{ link }}".to_owned(),
        html: "{{ link }}".to_owned(),
    };
    let written = templates::write(&store.pool, Purpose::Email, &body).await.unwrap();
    assert_eq!(read(Locale::De, written.version).await.unwrap(), written);
    assert_eq!(read(Locale::De, newest.version).await.unwrap(), newest);
    assert!(read(Locale::De, u32::MAX).await.is_none());
}

#[tokio::test]
async fn order_emails_lead_to_the_order() {
    let store = Store::start("samples-orders").await;
    for purpose in [Purpose::OrderConfirmed, Purpose::OrderRefunded] {
        for locale in Locale::ALL {
            let newest = templates::pick(&store.pool, purpose, locale, 1).await.unwrap().remove(0);
            assert!(newest.subject.contains("{{ order_number }}"), "{newest:?}");
            for part in [&newest.text, &newest.html] {
                assert_eq!(part.matches("{% if order_link %}").count(), 1, "{part}");
                assert!(!part.contains("order_id"), "{part}");
            }
        }
    }
}
