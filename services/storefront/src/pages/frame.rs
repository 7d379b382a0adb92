//! The part that all pages share: the header with search, language, basket and account, the
//! messages, and the footer.

use std::time::Duration;

use estore_contract::{Money, verification::Locale};
use time::OffsetDateTime;
use tokio::time::timeout;

use crate::{
    Error,
    api::{ApiError, Service},
    session::{Basket, Cookie, Flash, FormToken, Session},
    texts::{self, Texts, format},
    web::Visitor,
};

/// The longest wait for a part that a page can do without.
const PATIENCE: Duration = Duration::from_secs(1);

/// Waits a moment for a part that the page can do without. A service that takes longer counts as
/// away.
pub(crate) async fn soon<T>(
    of: Service,
    part: impl Future<Output = Result<T, ApiError>>,
) -> Result<T, ApiError> {
    // Pages wait for several at once, and a part is large.
    timeout(PATIENCE, Box::pin(part)).await.unwrap_or_else(|_late| {
        tracing::warn!(service = ?of, "service did not answer in a moment; the page goes on without it");
        Err(ApiError::Away(of))
    })
}

/// Returns the result of a call for a side part, such as the filters beside a list. If it cannot be
/// read now, the page goes on without it, and says nothing.
pub(crate) fn side<T>(result: Result<T, ApiError>) -> Result<Option<T>, Error> {
    match result {
        Err(ApiError::Away(_)) => Ok(None),
        result => Ok(Some(result?)),
    }
}

/// The importance of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// Something was done.
    Good,
    /// Something does not work, or differs.
    Bad,
}

impl Tone {
    /// Returns the name of the style.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Bad => "bad",
        }
    }
}

/// A message above the page.
pub(crate) struct Notice {
    pub(crate) tone: Tone,
    pub(crate) text: String,
}

/// The frame of a page. Each page has one in its field `page`, which `layout.html` reads.
pub(crate) struct Frame {
    pub(crate) title: String,
    pub(crate) t: &'static Texts,
    pub(crate) locale: Locale,
    pub(crate) notices: Vec<Notice>,
    /// The words in the search field.
    pub(crate) search: String,
    units: u32,
    token: FormToken,
    visitor: Visitor,
}

impl Frame {
    /// Creates the frame of a page with this title, and takes the message of the page before.
    pub(crate) fn new(visitor: &Visitor, title: impl Into<String>) -> Self {
        let (locale, keys) = (visitor.locale, &visitor.app.config.keys);
        let mut frame = Self {
            title: title.into(),
            t: Texts::of(locale),
            locale,
            notices: Vec::new(),
            search: String::new(),
            units: visitor.basket().units(),
            token: FormToken::of(&visitor.jar, keys),
            visitor: visitor.clone(),
        };
        if let Some(flash) = Flash::take(&visitor.jar) {
            let tone = if flash.is_bad() { Tone::Bad } else { Tone::Good };
            frame.notice(tone, texts::flash(flash, locale));
        }
        if visitor.is_waiting {
            frame.away(Service::User);
        }
        frame
    }

    /// Creates the frame of a page whose title is one of the texts.
    pub(crate) fn titled(visitor: &Visitor, title: impl FnOnce(&'static Texts) -> &'static str) -> Self {
        Self::new(visitor, title(Texts::of(visitor.locale)))
    }

    /// Adds a message above the page.
    pub(crate) fn notice(&mut self, tone: Tone, text: impl Into<String>) {
        self.notices.push(Notice { tone, text: text.into() });
    }

    /// Returns the result of a call for one part of the page. If the service is away, the page says
    /// so, and goes on without that part.
    pub(crate) fn part<T>(&mut self, result: Result<T, ApiError>) -> Result<Option<T>, Error> {
        match result {
            Ok(part) => Ok(Some(part)),
            Err(ApiError::Away(service)) => {
                self.away(service);
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Says above the page that a service is away.
    pub(crate) fn away(&mut self, service: Service) {
        let text = texts::away(service, self.locale);
        if !self.notices.iter().any(|notice| notice.text == text) {
            self.notice(Tone::Bad, text);
        }
    }

    pub(crate) fn shop(&self) -> &str {
        &self.visitor.app.config.shop
    }

    pub(crate) fn is_demo(&self) -> bool {
        self.visitor.app.config.demo
    }

    /// Returns true if the shop shows its engine room.
    pub(crate) fn has_engine(&self) -> bool {
        self.visitor.app.engine.is_some()
    }

    pub(crate) fn lang(&self) -> &'static str {
        self.locale.as_str()
    }

    /// Returns the language that the switch offers: its tag and its own name.
    pub(crate) fn other_language(&self) -> (&'static str, &'static str) {
        match self.locale {
            Locale::En => ("de", "Deutsch"),
            Locale::De => ("en", "English"),
        }
    }

    /// Returns the path of this page.
    pub(crate) fn here(&self) -> &str {
        self.visitor.back.as_str()
    }

    pub(crate) fn is_logged_in(&self) -> bool {
        let has_session = self.visitor.session.is_some() || self.visitor.is_waiting;
        has_session && !self.visitor.jar.is_removed(Cookie::Session)
    }

    pub(crate) fn is_admin(&self) -> bool {
        self.is_logged_in() && self.visitor.session.as_ref().is_some_and(Session::is_admin)
    }

    /// Shows the basket as the answer changes it.
    pub(crate) fn show_basket(&mut self, basket: &Basket) {
        self.units = basket.units();
    }

    pub(crate) fn units(&self) -> u32 {
        self.units
    }

    pub(crate) fn basket_label(&self) -> String {
        texts::basket_link(self.units, self.locale)
    }

    /// Returns the token of forms. `parts/forms.html` has the hidden field.
    pub(crate) fn form_token(&self) -> &str {
        self.token.expose()
    }

    pub(crate) fn money(&self, money: &Money) -> String {
        format::money(*money, self.locale)
    }

    pub(crate) fn date(&self, at: &OffsetDateTime) -> String {
        format::date(*at, self.locale)
    }

    pub(crate) fn moment(&self, at: &OffsetDateTime) -> String {
        format::moment(*at, self.locale)
    }

    /// Returns a time for the attribute `datetime`, from which the script shows local time.
    #[expect(clippy::unused_self, reason = "templates call it on the page")]
    pub(crate) fn machine(&self, at: &OffsetDateTime) -> String {
        at.format(&time::format_description::well_known::Rfc3339).unwrap_or_default()
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass fields by reference")]
    pub(crate) fn count(&self, number: &u64) -> String {
        format::count(*number, self.locale)
    }

    /// Says how many units are left.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass fields by reference")]
    pub(crate) fn stock(&self, available: &i64) -> String {
        texts::stock(*available, self.locale)
    }

    /// Returns the address of a picture of the Inventory Service.
    #[expect(clippy::unused_self, reason = "templates call it on the page")]
    pub(crate) fn picture(&self, path: &str) -> String {
        format!("/api/inventory{path}")
    }
}
