//! `GET /admin/customers`: the accounts, by a part of name or address.

use askama::Template;
use axum::{extract::RawQuery, response::Response};
use estore_contract::{
    introspection::Role,
    user::{Profile, UserStatus},
};
use serde::{Deserialize, Serialize};

use crate::{
    Error,
    api::{ApiError, admin::AccountQuery},
    pages::{
        self, Frame, Pager, Tone,
        admin::{Choice, LIMIT, Section, filter, link, params},
    },
    texts,
    web::Owner,
};

/// The longest part that the service searches for.
const MOST: usize = 100;

/// The filters, as their form sends them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
struct Params {
    part: String,
    role: String,
    status: String,
    cursor: String,
    /// The cursors of the pages before this one.
    back: String,
}

impl Params {
    /// Returns the question to the service, and true if a filter was left out.
    fn question(&self) -> (AccountQuery, bool) {
        let mut wrong = false;
        let query = AccountQuery {
            email: None,
            q: filter(&self.part, |text| Some(text.chars().take(MOST).collect()), &mut wrong),
            role: filter(&self.role, |text| text.parse().ok(), &mut wrong),
            status: filter(&self.status, |text| text.parse().ok(), &mut wrong),
            limit: Some(LIMIT),
            cursor: (!self.cursor.is_empty()).then(|| self.cursor.clone()),
        };
        (query, wrong)
    }

    fn pager(&self, next: Option<&str>) -> Pager {
        let at = |cursor: &str, back: &str| {
            link(
                "/admin/customers",
                &Self { cursor: cursor.to_owned(), back: back.to_owned(), ..self.clone() },
            )
        };
        Pager::new(&self.cursor, &self.back, next, at)
    }
}

#[derive(Template)]
#[template(path = "admin/customers.html")]
struct CustomersPage {
    page: Frame,
    section: Section,
    params: Params,
    roles: Vec<Choice>,
    statuses: Vec<Choice>,
    accounts: Option<Vec<Profile>>,
    pager: Pager,
}

pub(super) async fn show(owner: Owner, RawQuery(query): RawQuery) -> Result<Response, Error> {
    let params: Params = params(query.as_deref());
    let (question, mut wrong) = params.question();
    let mut page = Frame::titled(&owner, |t| t.admin.people.title);
    let accounts = match owner.user().accounts(&question).await {
        // A cursor of another list, or a part without a letter that could be searched for.
        Err(ApiError::Answered(body)) if body.status_code == 422 => {
            if !params.cursor.is_empty() {
                return Ok(pages::go_to("/admin/customers"));
            }
            wrong = true;
            None
        }
        accounts => page.part(accounts)?,
    };
    if wrong {
        page.notice(Tone::Bad, page.t.admin.orders.wrong);
    }
    let locale = page.locale;
    let next = accounts.as_ref().and_then(|accounts| accounts.next_cursor.as_deref());
    let shown = CustomersPage {
        section: Section::Customers,
        roles: Role::ALL
            .map(|role| Choice::new(role.as_str(), texts::admin::role(role, locale), &params.role))
            .into(),
        statuses: UserStatus::ALL
            .map(|status| {
                Choice::new(status.as_str(), texts::admin::account_status(status, locale), &params.status)
            })
            .into(),
        pager: params.pager(next),
        accounts: accounts.map(|accounts| accounts.items),
        params,
        page,
    };
    pages::show(&owner, &shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn part_of_a_name_is_bounded() {
        let query = format!("part={}&role=admin&status=active", "x".repeat(300));
        let (query, wrong) = params::<Params>(Some(&query)).question();
        assert_eq!(
            (query.q.map(|part| part.len()), query.role, wrong),
            (Some(MOST), Some(Role::Admin), false)
        );
        assert!(params::<Params>(Some("role=owner")).question().1);
    }
}
