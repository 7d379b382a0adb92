//! Emails: one confirmation for each completed order, one notice for each refund of money, and no
//! other.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use tokio::time::sleep;

use super::Stand;
use crate::stores::{OrderState, RefundState, Snapshot};

const DATABASE: &str = "verificationdb";
/// The time within which another email is sent. One that failed three times waits for four seconds.
const LIMIT: Duration = Duration::from_secs(30);

/// A requested email.
struct Asked {
    id: String,
    key: String,
    status: String,
}

impl Stand {
    /// Returns the errors in emails about orders, after all have been sent.
    pub(super) async fn wrong_mails(&self, snapshot: &Snapshot) -> Result<Vec<String>> {
        let (mut deadline, mut fewest) = (Instant::now() + LIMIT, u64::MAX);
        let pending = "SELECT count(*) FROM verifications WHERE status = 'pending' AND peer = 'payment'";
        while fewest > 0 {
            let waiting = self.shop.postgres.sql(DATABASE, pending)?.trim().parse()?;
            if waiting < fewest {
                (deadline, fewest) = (Instant::now() + LIMIT, waiting);
            }
            if Instant::now() > deadline {
                return Ok(vec![format!("{fewest} mails are still on their way")]);
            }
            sleep(Duration::from_millis(50)).await;
        }
        let asked = self.asked()?;
        let mut wrong = Vec::new();
        let (expected, found) =
            (expected(snapshot), asked.iter().map(|mail| mail.key.clone()).collect::<BTreeSet<_>>());
        wrong.extend(expected.difference(&found).map(|key| format!("mail {key} was never asked for")));
        wrong.extend(found.difference(&expected).map(|key| format!("mail {key} tells of what is not so")));
        let named =
            |message: estore_testbed::Message| message.message_id.split('@').next().map(str::to_owned);
        let came: BTreeSet<String> = self.shop.mailbox.messages().into_iter().filter_map(named).collect();
        for mail in &asked {
            let got = came.contains(&mail.id);
            if mail.status == "sent" && !got {
                wrong.push(format!("mail {} counts as sent and never came", mail.key));
            }
        }
        Ok(wrong)
    }

    fn asked(&self) -> Result<Vec<Asked>> {
        let all = "SELECT id, idempotency_key, status FROM verifications WHERE peer = 'payment'";
        let row = |line: &str| {
            let mut fields = line.split('|').map(str::to_owned);
            Some(Asked { id: fields.next()?, key: fields.next()?, status: fields.next()? })
        };
        let rows = self.shop.postgres.sql(DATABASE, all)?;
        rows.lines().map(|line| row(line).with_context(|| format!("a mail: {line}"))).collect()
    }
}

/// Returns the names of the expected emails. The Verification Service has each once, because the
/// name is its key.
fn expected(snapshot: &Snapshot) -> BTreeSet<String> {
    let completed = snapshot.orders.iter().filter(|(_, order)| order.state == OrderState::Completed);
    let paid = |state| matches!(state, RefundState::Paid | RefundState::Done);
    let refunds = snapshot.refunds.iter().filter(|(_, refund)| paid(refund.state) && refund.amount > 0);
    completed
        .map(|(id, _)| format!("{id}/confirmed"))
        .chain(refunds.map(|((id, n), _)| format!("{id}/refunded/{n}")))
        .collect()
}
