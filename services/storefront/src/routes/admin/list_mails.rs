//! `GET /admin/mails`: the emails that were requested, and those that bounced.

use askama::Template;
use axum::{extract::RawQuery, response::Response};
use estore_contract::verification::{
    Purpose, Template as MailTemplate, Verification as Mail, VerificationStatus,
};
use serde::{Deserialize, Serialize};
use tokio::join;

use crate::{
    Error,
    api::{ApiError, admin::MailQuery},
    pages::{
        self, Frame, Pager, Tone,
        admin::{Choice, LIMIT, Section, filter, link, params},
    },
    texts,
    web::Owner,
};

/// The filters, as their form sends them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(default)]
struct Params {
    email: String,
    status: String,
    purpose: String,
    cursor: String,
    /// The cursors of the pages before this one.
    back: String,
}

impl Params {
    /// Returns the question to the service, and true if a filter was left out.
    fn question(&self) -> (MailQuery, bool) {
        let mut wrong = false;
        let query = MailQuery {
            email: filter(&self.email, |text| text.parse().ok(), &mut wrong),
            status: filter(&self.status, |text| text.parse().ok(), &mut wrong),
            purpose: filter(&self.purpose, |text| text.parse().ok(), &mut wrong),
            limit: Some(LIMIT),
            cursor: (!self.cursor.is_empty()).then(|| self.cursor.clone()),
        };
        (query, wrong)
    }

    fn pager(&self, next: Option<&str>) -> Pager {
        let at = |cursor: &str, back: &str| {
            link("/admin/mails", &Self { cursor: cursor.to_owned(), back: back.to_owned(), ..self.clone() })
        };
        Pager::new(&self.cursor, &self.back, next, at)
    }
}

#[derive(Template)]
#[template(path = "admin/mails.html")]
struct MailsPage {
    page: Frame,
    section: Section,
    params: Params,
    statuses: Vec<Choice>,
    purposes: Vec<Choice>,
    mails: Option<Vec<Mail>>,
    templates: Option<Vec<MailTemplate>>,
    pager: Pager,
}

pub(super) async fn show(owner: Owner, RawQuery(query): RawQuery) -> Result<Response, Error> {
    let params: Params = params(query.as_deref());
    let (question, wrong) = params.question();
    let verification = owner.verification();
    let (mails, templates) = join!(verification.mails(&question), verification.templates());
    let mut page = Frame::titled(&owner, |t| t.admin.mails.title);
    if wrong {
        page.notice(Tone::Bad, page.t.admin.orders.wrong);
    }
    let mails = match mails {
        // A cursor of another list, as of a link that was edited.
        Err(ApiError::Answered(body)) if body.status_code == 422 && !params.cursor.is_empty() => {
            return Ok(pages::go_to("/admin/mails"));
        }
        mails => page.part(mails)?,
    };
    let templates = page.part(templates)?.map(|templates| templates.items);
    let locale = page.locale;
    let next = mails.as_ref().and_then(|mails| mails.next_cursor.as_deref());
    let shown = MailsPage {
        section: Section::Mails,
        statuses: VerificationStatus::ALL
            .map(|status| {
                Choice::new(status.as_str(), texts::admin::mail_status(status, locale), &params.status)
            })
            .into(),
        purposes: Purpose::ALL
            .map(|purpose| {
                Choice::new(purpose.as_str(), texts::admin::purpose(purpose, locale), &params.purpose)
            })
            .into(),
        pager: params.pager(next),
        mails: mails.map(|mails| mails.items),
        templates,
        params,
        page,
    };
    pages::show(&owner, &shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_of_emails_are_read() {
        let query = "email=Ada%40example.com&status=bounced&purpose=order_confirmed";
        let (query, wrong) = params::<Params>(Some(query)).question();
        assert_eq!(query.email.unwrap().as_str(), "ada@example.com");
        let (status, purpose) = (Some(VerificationStatus::Bounced), Some(Purpose::OrderConfirmed));
        assert_eq!((query.status, query.purpose, wrong), (status, purpose, false));
        assert!(params::<Params>(Some("email=ada")).question().1);
    }
}
