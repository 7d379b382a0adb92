//! One customer with orders, ledger and emails.

use askama::Template;
use axum::{http::StatusCode, response::Response};
use estore_contract::{
    UserId,
    introspection::Role,
    payment::{Order, Transaction},
    user::{Profile, UserStatus},
    verification::Verification as Mail,
};
use tokio::join;

use super::Section;
use crate::{
    Error,
    api::{
        Service,
        admin::{MailQuery, OrderQuery},
    },
    pages::{Frame, Tone, show_with, soon},
    web::Visitor,
};

/// The most rows of each list.
const MOST: u32 = 20;

#[derive(Template)]
#[template(path = "admin/customer.html")]
struct CustomerPage {
    page: Frame,
    section: Section,
    account: Profile,
    orders: Option<Vec<Order>>,
    ledger: Option<Vec<Transaction>>,
    mails: Option<Vec<Mail>>,
}

impl CustomerPage {
    fn is_disabled(&self) -> bool {
        self.account.status == UserStatus::Disabled
    }

    fn is_admin(&self) -> bool {
        self.account.role == Role::Admin
    }
}

/// Shows a customer, with the reason for which a change was refused.
pub(crate) async fn show(visitor: &Visitor, id: UserId, reason: Option<String>) -> Result<Response, Error> {
    let account = visitor.user().account(id).await?;
    let orders = OrderQuery { user_id: Some(id), limit: Some(MOST), ..OrderQuery::default() };
    let mails = MailQuery { email: Some(account.email.clone()), limit: Some(MOST), ..MailQuery::default() };
    let (payment, verification) = (visitor.payment(), visitor.verification());
    let (orders, ledger, mails) = join!(
        soon(Service::Payment, payment.all_orders(&orders)),
        soon(Service::Payment, payment.ledger(id, MOST, None)),
        soon(Service::Verification, verification.mails(&mails)),
    );
    let mut page = Frame::new(visitor, account.name.as_str());
    let status = if reason.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    if let Some(reason) = reason {
        page.notice(Tone::Bad, reason);
    }
    let shown = CustomerPage {
        section: Section::Customers,
        account,
        orders: page.part(orders)?.map(|orders| orders.items),
        ledger: page.part(ledger)?.map(|ledger| ledger.items),
        mails: page.part(mails)?.map(|mails| mails.items),
        page,
    };
    show_with(status, visitor, &shown)
}
