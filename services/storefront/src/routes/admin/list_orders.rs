//! `GET /admin/orders`: the orders of all customers.

use askama::Template;
use axum::{extract::RawQuery, response::Response};
use estore_contract::{
    Email,
    payment::{Order, OrderStatus},
};
use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{
    Error,
    api::{
        ApiError,
        admin::{AccountQuery, OrderQuery},
    },
    pages::{
        self, Frame, Pager, Tone,
        admin::{Choice, LIMIT, Section, day, filter, link, params},
    },
    texts,
    web::Owner,
};

/// The filters, as their form sends them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
struct Params {
    number: String,
    email: String,
    sku: String,
    status: String,
    from: String,
    to: String,
    cursor: String,
    /// The cursors of the pages before this one.
    back: String,
}

impl Params {
    /// Returns the question to the service, without the customer, and true if a filter was left
    /// out.
    fn question(&self) -> (OrderQuery, bool) {
        let mut wrong = false;
        let moment = |at: OffsetDateTime| at.format(&Rfc3339).ok();
        let query = OrderQuery {
            number: filter(&self.number, |text| text.parse().ok(), &mut wrong),
            user_id: None,
            sku: filter(&self.sku, |text| text.parse().ok(), &mut wrong),
            status: filter(&self.status, |text| text.parse().ok(), &mut wrong),
            from: filter(&self.from, |text| day(text).and_then(moment), &mut wrong),
            to: filter(&self.to, |text| day(text).and_then(|day| moment(day + Duration::DAY)), &mut wrong),
            limit: Some(LIMIT),
            cursor: (!self.cursor.is_empty()).then(|| self.cursor.clone()),
        };
        // The service takes a number with no other filter.
        if query.number.is_some() {
            let number = query.number;
            return (OrderQuery { number, limit: Some(LIMIT), ..OrderQuery::default() }, wrong);
        }
        (query, wrong)
    }

    fn pager(&self, next: Option<&str>) -> Pager {
        let at = |cursor: &str, back: &str| {
            link("/admin/orders", &Self { cursor: cursor.to_owned(), back: back.to_owned(), ..self.clone() })
        };
        Pager::new(&self.cursor, &self.back, next, at)
    }
}

#[derive(Template)]
#[template(path = "admin/orders.html")]
struct OrdersPage {
    page: Frame,
    section: Section,
    params: Params,
    statuses: Vec<Choice>,
    orders: Option<Vec<Order>>,
    pager: Pager,
}

pub(super) async fn show(owner: Owner, RawQuery(query): RawQuery) -> Result<Response, Error> {
    let params: Params = params(query.as_deref());
    let mut page = Frame::titled(&owner, |t| t.admin.orders.title);
    let (mut question, mut wrong) = params.question();
    let (mut is_nobody, mut is_unread) = (false, false);
    if question.number.is_none() {
        let email: Option<Email> = filter(&params.email, |text| text.parse().ok(), &mut wrong);
        if let Some(email) = email {
            let of = AccountQuery { email: Some(email), limit: Some(1), ..AccountQuery::default() };
            let found = page.part(owner.user().accounts(&of).await)?;
            is_unread = found.is_none();
            question.user_id =
                found.and_then(|found| found.items.into_iter().next()).map(|account| account.id);
            is_nobody = !is_unread && question.user_id.is_none();
        }
    }
    if wrong {
        page.notice(Tone::Bad, page.t.admin.orders.wrong);
    }
    let orders = if is_nobody {
        page.notice(Tone::Bad, page.t.admin.orders.no_account);
        None
    } else if is_unread {
        // Without the account, the list would be that of all customers.
        None
    } else {
        match owner.payment().all_orders(&question).await {
            // A cursor of another list, as of a link that was edited.
            Err(ApiError::Answered(body)) if body.status_code == 422 && !params.cursor.is_empty() => {
                return Ok(pages::go_to("/admin/orders"));
            }
            orders => page.part(orders)?,
        }
    };
    let next = orders.as_ref().and_then(|orders| orders.next_cursor.as_deref());
    let statuses = OrderStatus::ALL
        .map(|status| {
            Choice::new(status.as_str(), texts::admin::order_status(status, page.locale), &params.status)
        })
        .into();
    let shown = OrdersPage {
        section: Section::Orders,
        statuses,
        pager: params.pager(next),
        orders: orders.map(|orders| orders.items),
        params,
        page,
    };
    pages::show(&owner, &shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(query: &str) -> (OrderQuery, bool) {
        params::<Params>(Some(query)).question()
    }

    #[test]
    fn number_stands_alone() {
        let (query, wrong) = question("number=k7qx2m9d&sku=A&status=completed");
        let number = "K7QX-2M9D".parse().ok();
        assert_eq!(query, OrderQuery { number, limit: Some(LIMIT), ..OrderQuery::default() });
        assert!(!wrong);
    }

    #[test]
    fn last_day_is_included() {
        let (query, _) = question("from=2026-11-01&to=2026-11-30");
        assert_eq!(query.from.as_deref(), Some("2026-11-01T00:00:00Z"));
        assert_eq!(query.to.as_deref(), Some("2026-12-01T00:00:00Z"));
    }

    #[test]
    fn filter_that_is_not_valid_is_left_out() {
        for query in ["number=x", "sku=a%20b", "status=lost", "from=yesterday"] {
            let all = OrderQuery { limit: Some(LIMIT), ..OrderQuery::default() };
            assert_eq!(question(query), (all, true), "{query}");
        }
    }
}
