//! Asks the Verification Service for the mails in the outbox, until it answers: by whose they are, as that service knows where they go.
//! The name of a mail is its key there, so that each is sent once, however often it is asked for.

use std::time::Duration;

use axum::http::Method;
use estore_contract::verification::{Locale, Purpose, VerificationAccepted, VerificationRequest};
use estore_kit::{epoch::EpochGuard, fail_point, jobs, peer::PeerClient, random, redis::Redis, trace};
use futures::future::join_all;
use serde_json::{Map, Value, json};
use tokio::sync::Notify;

use crate::{
    Error,
    app::App,
    domain::{Order, Refund},
    metrics::Metrics,
    store::mail::{self, Claimed},
};

const BATCH: usize = 16;
const PERIOD: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

pub(crate) struct Mailer {
    redis: Redis,
    epoch: EpochGuard,
    verification: PeerClient,
    lease: Duration,
    metrics: Metrics,
}

impl Mailer {
    pub(crate) fn new(app: &App, verification: PeerClient) -> Self {
        Self {
            redis: app.redis.clone(),
            epoch: app.epoch.clone(),
            verification,
            lease: app.config.lease,
            metrics: app.metrics.clone(),
        }
    }

    pub(crate) async fn run(self, stop: jobs::Stop) {
        jobs::poll(&stop, &Notify::new(), PERIOD, || self.step()).await;
    }

    async fn step(&self) -> Result<bool, Error> {
        self.epoch.guard().await?;
        let claimed = mail::claim(&self.redis, BATCH, self.lease).await?;
        let full = claimed.len() >= BATCH;
        let asked = join_all(claimed.iter().map(|mail| self.take(mail))).await;
        let has = |(mail, asked): (&'_ Claimed, &Result<bool, Error>)| {
            matches!(asked, Ok(true)).then(|| mail.name.clone())
        };
        let done: Vec<String> = claimed.iter().zip(&asked).filter_map(has).collect();
        mail::done(&self.redis, &done).await?;
        asked.into_iter().collect::<Result<Vec<_>, _>>()?;
        Ok(full)
    }

    /// Asks for a mail; `true` if the Verification Service has it now.
    async fn take(&self, mail: &Claimed) -> Result<bool, Error> {
        let refund = mail.refund.as_ref().and_then(|refund| refund.cause.as_ref());
        let span = trace::process("mails", refund.or(mail.order.cause.as_ref()))
            .with("estore.order.id", || mail.order.id.to_string());
        span.run(self.ask(mail)).await
    }

    async fn ask(&self, mail: &Claimed) -> Result<bool, Error> {
        let request = request(mail);
        fail_point!("payment.mail.before");
        let answer = self.verification.call::<VerificationAccepted>(
            Method::POST,
            "/internal/verifications",
            Some(&request),
        );
        let answer = answer.await;
        fail_point!("payment.mail.answered");
        match answer {
            Ok(_accepted) => Ok(true),
            Err(error) => {
                self.metrics.alarms.with_label_values(&["mail_not_asked_for"]).inc();
                tracing::warn!(mail = mail.name, tries = mail.tries, %error, "a mail was not asked for; it will be");
                let pause = jobs::backoff(mail.tries, LONGEST_PAUSE, random::fraction());
                mail::postpone(&self.redis, &mail.name, pause).await?;
                Ok(false)
            }
        }
    }
}

fn request(mail: &Claimed) -> VerificationRequest {
    let (purpose, mut data) = match &mail.refund {
        None => (Purpose::OrderConfirmed, confirmation(&mail.order)),
        Some(refund) => (Purpose::OrderRefunded, notice(refund)),
    };
    data.insert("order_id".to_owned(), mail.order.id.to_string().into());
    VerificationRequest {
        user_id: mail.order.user,
        email: None,
        purpose,
        data,
        locale: Locale::default(),
        idempotency_key: mail.name.clone(),
    }
}

fn confirmation(order: &Order) -> Map<String, Value> {
    let (lines, total) =
        order.priced.as_ref().map_or((&[][..], None), |(lines, total)| (lines, Some(*total)));
    let items: Vec<Value> = lines
        .iter()
        .map(|line| json!({"name": line.name, "quantity": line.quantity, "line_total": line.line_total.to_string()}))
        .collect();
    Map::from_iter([
        ("items".to_owned(), items.into()),
        ("total".to_owned(), total.map(|total| total.to_string()).unwrap_or_default().into()),
    ])
}

fn notice(refund: &Refund) -> Map<String, Value> {
    Map::from_iter([("total".to_owned(), refund.amount.to_string().into())])
}
