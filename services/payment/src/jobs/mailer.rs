//! Requests the emails in the outbox from the Verification Service, in batches, until it accepts
//! them. A request names the account only, because that service knows the address. The email's name
//! is its idempotency key there, so each email is sent once, however often it is requested.

use std::time::Duration;

use axum::http::Method;
use estore_base::{backoff, fail_point, random};
use estore_client::{PeerClient, PeerError};
use estore_contract::verification::{
    BatchAccepted, Locale, Purpose, VerificationAccepted, VerificationBatch, VerificationRequest,
};
use estore_server::epoch::EpochGuard;
use estore_stores::redis::Redis;
use estore_telemetry::{
    jobs,
    trace::{self, TraceContext},
};
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

/// The number of emails claimed at once. A claim of 64 holds Redis for up to 1.8 ms (`./dev bench
/// flood`), and no order moves meanwhile.
const CLAIM: usize = 24;
/// The maximum number of order lines in one batch. Even with the longest names, the batch stays
/// below the body limit.
const LINES: usize = 200;
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
        let claimed = mail::claim(&self.redis, CLAIM, self.lease).await?;
        let is_full = claimed.len() >= CLAIM;
        for asked in join_all(batches(&claimed, lines).map(|batch| self.take(batch))).await {
            asked?;
        }
        Ok(is_full)
    }

    async fn take(&self, batch: &[Claimed]) -> Result<(), Error> {
        let causes: Vec<TraceContext> = batch.iter().filter_map(cause).collect();
        let span = trace::process("mails", &causes)
            .with("messaging.batch.message_count", || i64::try_from(batch.len()).unwrap_or(i64::MAX));
        span.run(self.ask(batch)).await
    }

    async fn ask(&self, batch: &[Claimed]) -> Result<(), Error> {
        fail_point!("payment.mail.before");
        let body = VerificationBatch { requests: batch.iter().map(request).collect() };
        let path = "/internal/verifications/batch";
        let answer: Result<BatchAccepted, _> = self.verification.call(Method::POST, path, Some(&body)).await;
        fail_point!("payment.mail.answered");
        match answer {
            Ok(_accepted) => {
                let names: Vec<&str> = batch.iter().map(|mail| mail.name.as_str()).collect();
                mail::done(&self.redis, &names).await
            }
            // One of them may be wrong, and the others must not wait for it. Or that service runs
            // an older version.
            Err(PeerError::Answered(..)) => {
                for asked in join_all(batch.iter().map(|mail| self.ask_alone(mail))).await {
                    asked?;
                }
                Ok(())
            }
            Err(error) => {
                for mail in batch {
                    self.postpone(mail, &error).await?;
                }
                Ok(())
            }
        }
    }

    async fn ask_alone(&self, mail: &Claimed) -> Result<(), Error> {
        let (body, path) = (request(mail), "/internal/verifications");
        let answer: Result<VerificationAccepted, _> =
            self.verification.call(Method::POST, path, Some(&body)).await;
        match answer {
            Ok(_accepted) => mail::done(&self.redis, &[&mail.name]).await,
            Err(error) => self.postpone(mail, &error).await,
        }
    }

    async fn postpone(&self, mail: &Claimed, error: &PeerError) -> Result<(), Error> {
        self.metrics.alarms.with_label_values(&["mail_not_asked_for"]).inc();
        tracing::warn!(mail = mail.name, tries = mail.tries, %error, "verification request failed; will retry");
        let pause = backoff(mail.tries, LONGEST_PAUSE, random::fraction());
        mail::postpone(&self.redis, &mail.name, pause).await
    }
}

fn lines(mail: &Claimed) -> usize {
    mail.order.priced.as_ref().map_or(0, |(lines, _)| lines.len())
}

/// Cuts `items` into batches of at most [`LINES`]. An item with more lines is a batch of its own.
fn batches<T>(items: &[T], lines: impl Fn(&T) -> usize) -> impl Iterator<Item = &[T]> {
    let mut rest = items;
    std::iter::from_fn(move || {
        let mut sum = 0;
        let fits = |item: &&T| {
            sum += lines(item);
            sum <= LINES
        };
        let count = rest.iter().take_while(fits).count().max(1).min(rest.len());
        let (batch, after) = rest.split_at_checked(count)?;
        rest = after;
        (!batch.is_empty()).then_some(batch)
    })
}

/// Returns the trace context of the request that caused the email.
fn cause(mail: &Claimed) -> Option<TraceContext> {
    let parse = |text: Option<&str>| text.and_then(TraceContext::parse);
    let refund = mail.refund.as_ref().and_then(|refund| parse(refund.trace_context.as_deref()));
    refund.or_else(|| parse(mail.order.trace_context.as_deref()))
}
fn request(mail: &Claimed) -> VerificationRequest {
    let (purpose, mut data) = match &mail.refund {
        None => (Purpose::OrderConfirmed, confirmation(&mail.order)),
        Some(refund) => (Purpose::OrderRefunded, notice(refund)),
    };
    data.insert("order_id".to_owned(), mail.order.id.to_string().into());
    data.insert("order_number".to_owned(), mail.order.id.number().to_string().into());
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_stay_below_the_limit_of_bodies() {
        let cut = |lines: &[usize]| batches(lines, |lines| *lines).map(<[usize]>::to_vec).collect::<Vec<_>>();
        assert!(cut(&[]).is_empty());
        assert_eq!(cut(&[1, 2]), [vec![1, 2]]);
        assert_eq!(cut(&[100, 100, 1, 199, 1]), [vec![100, 100], vec![1, 199], vec![1]]);
        assert_eq!(cut(&[500, 1]), [vec![500], vec![1]]);
        assert_eq!(cut(&[0, 0]), [vec![0, 0]]);
    }
}
