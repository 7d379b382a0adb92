//! `GET /admin`: the state of the shop today.

use askama::Template;
use axum::{
    extract::{RawQuery, State},
    response::Response,
};
use estore_contract::{
    Code, Money,
    inventory::Product,
    payment::{Order, OrderStatus, Refund},
    sales::{ReportPeriod, SalesRow},
    verification::{Verification as Mail, VerificationStatus},
};
use serde::Deserialize;
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};
use tokio::{join, try_join};

use crate::{
    Error,
    api::{
        ApiError, Service,
        admin::{Found, MailQuery, OrderQuery},
    },
    app::App,
    pages::{
        self, Frame,
        admin::{
            Choice, Section, params,
            plot::{Plot, Texts},
            report::{self, Funnel, Rows},
        },
    },
    web::{Owner, Visitor},
};

/// The numbers of days that the plots can show.
const DAYS: [i64; 3] = [30, 7, 90];
/// The time after which an order in progress needs a person.
const STUCK: Duration = Duration::minutes(10);
/// The stock below which a product is listed.
const SCARCE: i64 = 10;
/// The most orders, emails and products of each list.
const MOST: u8 = 20;
/// The most declined orders.
const MOST_DECLINES: usize = 10;

#[derive(Default, Deserialize)]
#[serde(default)]
struct Params {
    days: String,
}

#[derive(Template)]
#[template(path = "admin/today.html")]
struct TodayPage {
    page: Frame,
    section: Section,
    days: Vec<Choice>,
    sales: Option<Sales>,
    declines: Option<Vec<Order>>,
    scarce: Option<Vec<Product>>,
    stuck: Option<Vec<Order>>,
    /// True if older orders were not searched for stuck ones.
    is_cut: bool,
    failed_refunds: Option<Vec<Refund>>,
    bounced: Option<Vec<Mail>>,
}

impl TodayPage {
    /// Returns true if something waits for a person.
    fn needs_a_person(&self) -> bool {
        self.waiting().into_iter().flatten().sum::<usize>() > 0
    }

    /// Returns true if nobody knows whether more waits, because a list cannot be read now.
    fn is_unread(&self) -> bool {
        self.waiting().contains(&None)
    }

    /// Returns true if it is known that nothing waits for a person.
    fn is_all_clear(&self) -> bool {
        !self.needs_a_person() && !self.is_unread() && !self.is_cut
    }

    /// Returns the lengths of the lists of what waits for a person.
    fn waiting(&self) -> [Option<usize>; 3] {
        let (stuck, failed, bounced) = (&self.stuck, &self.failed_refunds, &self.bounced);
        [stuck.as_ref().map(Vec::len), failed.as_ref().map(Vec::len), bounced.as_ref().map(Vec::len)]
    }

    /// Returns the steps of orders with their numbers.
    fn steps(&self, sales: &Sales) -> [(&'static str, i64); 5] {
        let (t, funnel) = (&self.page.t.admin.today, sales.funnel);
        [
            (t.placed, funnel.placed),
            (t.completed, funnel.completed),
            (t.declined, funnel.declined),
            (t.cancelled, funnel.cancelled),
            (t.open, funnel.open()),
        ]
    }
}

/// The parts of the page that come from the report on sales.
struct Sales {
    orders: i64,
    declined: i64,
    revenue: Vec<Money>,
    refunds: Vec<Money>,
    plots: Vec<Plot>,
    funnel: Funnel,
}

pub(super) async fn show(
    State(app): State<App>,
    owner: Owner,
    RawQuery(query): RawQuery,
) -> Result<Response, Error> {
    let Params { days } = params(query.as_deref());
    let days = days.parse().ok().filter(|days| DAYS.contains(days)).unwrap_or(30);
    let now = app.clock.now();
    let payment = owner.payment();
    let (hour, day) = (begin(now, 3600), begin(now, 24 * 3600));
    let cancelled =
        OrderQuery { status: Some(OrderStatus::Cancelled), limit: Some(100), ..OrderQuery::default() };
    let until = (now - STUCK).format(&Rfc3339).ok();
    let pending = OrderQuery {
        status: Some(OrderStatus::Pending),
        to: until,
        limit: Some(MOST.into()),
        ..OrderQuery::default()
    };
    let rejected = MailQuery {
        status: Some(VerificationStatus::Bounced),
        limit: Some(MOST.into()),
        ..MailQuery::default()
    };
    let (hours, past, declines, stuck, failed, rejected, scarce) = join!(
        payment.sales(hour - Duration::hours(23), now + Duration::SECOND, ReportPeriod::Hour),
        payment.sales(day - Duration::days(days - 1), now + Duration::SECOND, ReportPeriod::Day),
        payment.find_orders(&cancelled, is_declined, MOST_DECLINES),
        payment.find_orders(&pending, |_pending| true, MOST.into()),
        payment.failed_refunds(),
        pages::soon(Service::Verification, async { owner.verification().mails(&rejected).await }),
        pages::soon(Service::Inventory, scarce(&owner)),
    );
    let mut page = Frame::titled(&owner, |t| t.admin.today.title);
    let (hours, past) = (page.part(hours)?, page.part(past)?);
    let sales = hours.zip(past).map(|(hours, past)| sales(&hours.items, &past.items, &page));
    // An empty list says that no order was declined, which a search that was cut does not know.
    let is_known = |declines: &Found| !declines.is_cut || !declines.orders.is_empty();
    let declines = page.part(declines)?.filter(is_known).map(|declines| declines.orders);
    let stuck = page.part(stuck)?;
    let shown = TodayPage {
        section: Section::Today,
        days: DAYS
            .map(|offered| Choice::new(offered.to_string(), offered.to_string(), &days.to_string()))
            .into(),
        sales,
        declines,
        scarce: page.part(scarce)?,
        is_cut: stuck.as_ref().is_some_and(|stuck| stuck.is_cut),
        stuck: stuck.map(|stuck| stuck.orders),
        failed_refunds: page.part(failed)?,
        bounced: page.part(rejected)?.map(|rejected| rejected.items),
        page,
    };
    pages::show(&owner, &shown)
}

fn is_declined(order: &Order) -> bool {
    order.failure.as_ref().is_some_and(|failure| failure.code == Code::PaymentDeclined.as_str())
}

/// Returns the begin of the period of `seconds` in which `at` lies.
fn begin(at: OffsetDateTime, seconds: i64) -> OffsetDateTime {
    let into = at.unix_timestamp().rem_euclid(seconds);
    at.replace_nanosecond(0).unwrap_or(at) - Duration::seconds(into)
}

fn sales(hours: &[SalesRow], days: &[SalesRow], page: &Frame) -> Sales {
    let t = &page.t.admin.today;
    let texts = |id: &'static str, title: &str, by: Rows| Texts {
        id,
        title: title.to_owned(),
        label_heading: if by == Rows::Hours { t.hour } else { t.day },
        value_heading: t.orders,
        as_table: t.as_table,
    };
    let revenue = report::sums(days.iter().flat_map(|row| &row.revenue));
    let mut plots = vec![
        report::orders(texts("orders-hours", t.per_hour, Rows::Hours), hours, Rows::Hours, page.locale),
        report::orders(texts("orders-days", t.per_day, Rows::Days), days, Rows::Days, page.locale),
    ];
    // The currency with most revenue has plots. A shop with several has their sums above.
    if let Some(currency) = revenue.first().map(|sum| sum.currency) {
        let texts = |id: &'static str, title: &str, by: Rows| Texts {
            title: format!("{title} ({currency})"),
            value_heading: t.revenue,
            ..texts(id, title, by)
        };
        let of_hours = texts("revenue-hours", t.revenue_hour, Rows::Hours);
        plots.push(report::revenue(of_hours, hours, currency, Rows::Hours, page.locale));
        let of_days = texts("revenue-days", t.revenue_day, Rows::Days);
        plots.push(report::revenue(of_days, days, currency, Rows::Days, page.locale));
    }
    Sales {
        orders: hours.iter().map(|row| row.orders).sum(),
        declined: hours.iter().map(|row| row.declined).sum(),
        revenue: report::sums(hours.iter().flat_map(|row| &row.revenue)),
        refunds: report::sums(hours.iter().flat_map(|row| &row.refunds)),
        plots,
        funnel: Funnel::of(days),
    }
}

/// Finds products with little stock, the least first. A list of all products could have sold-out
/// ones alone, so those that are left have a list of their own.
async fn scarce(visitor: &Visitor) -> Result<Vec<Product>, ApiError> {
    let inventory = visitor.inventory();
    let (least, left) =
        try_join!(inventory.scarcest(false, MOST.into()), inventory.scarcest(true, MOST.into()))?;
    let sold_out = least.into_iter().filter(|product| product.available <= 0);
    let running_out = left.into_iter().filter(|product| product.available < SCARCE);
    Ok(sold_out.chain(running_out).collect())
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn period_begins_at_its_full_hour() {
        let at = datetime!(2026-11-30 22:34:56.789 UTC);
        assert_eq!(begin(at, 3600), datetime!(2026-11-30 22:00 UTC));
        assert_eq!(begin(at, 24 * 3600), datetime!(2026-11-30 0:00 UTC));
        assert_eq!(begin(datetime!(2026-11-30 22:00 UTC), 3600), datetime!(2026-11-30 22:00 UTC));
    }
}
