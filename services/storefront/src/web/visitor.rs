//! The visitor of a page, and the guards of pages that need more than a visitor.

use std::{
    ops::Deref,
    sync::{Arc, OnceLock, atomic::AtomicU64},
};

use axum::{
    extract::{FromRequestParts, Request},
    http::{HeaderValue, Method, header, request::Parts, uri::PathAndQuery},
};
use estore_base::client_address::ClientAddress;
use estore_contract::{UserId, verification::Locale};
use estore_server::page;
use time::OffsetDateTime;
use url::Url;

use crate::{
    Error,
    api::{Caller, Inventory, Payment, User, Verification},
    app::App,
    assets,
    config::Config,
    session::{Basket, Cookie, Flash, Jar, RefreshError, Session},
    web::{LocalPath, SentForm, origin},
};

/// The visitor of a page. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Visitor(Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) app: App,
    pub(crate) jar: Jar,
    pub(crate) locale: Locale,
    /// The session, with an access token that has not expired.
    pub(crate) session: Option<Session>,
    /// True if the visitor has a session that could not get new tokens, because the User Service is
    /// away.
    pub(crate) is_waiting: bool,
    /// The page to return to: this one, or the page whose form was sent.
    pub(crate) back: LocalPath,
    pub(crate) address: Option<ClientAddress>,
    /// True if the browser reads pages that gzip has compressed.
    pub(crate) reads_gzip: bool,
    /// The form of this request, if an error page sends it again.
    pub(crate) form: OnceLock<SentForm>,
    /// The longest wait that a service asked for with 429, in seconds, or 0.
    pub(crate) wait: AtomicU64,
    agent: Option<HeaderValue>,
}

impl Visitor {
    /// Creates the visitor whose request was read, and gets new tokens if the access token has
    /// expired.
    pub(super) async fn of(read: Inner) -> Self {
        Self(Arc::new(read.with_tokens().await))
    }

    /// Returns the calls that need no token or can do without.
    fn caller(&self) -> Caller<'_> {
        self.0.caller_of(self.0.session.as_ref())
    }

    pub(crate) fn user(&self) -> User<'_> {
        User::new(self.caller())
    }

    pub(crate) fn inventory(&self) -> Inventory<'_> {
        Inventory::new(self.caller())
    }

    pub(crate) fn payment(&self) -> Payment<'_> {
        Payment::new(self.caller())
    }

    pub(crate) fn verification(&self) -> Verification<'_> {
        Verification::new(self.caller())
    }

    /// Returns the account of a visitor who is logged in.
    pub(crate) fn user_id(&self) -> Result<UserId, Error> {
        self.session.as_ref().map(|session| session.user).ok_or(Error::LoginNeeded)
    }

    pub(crate) fn basket(&self) -> Basket {
        Basket::open(&self.0.jar, &self.0.app.config.keys)
    }
}

/// Returns the path of a page that is read, or the path of the page whose form is sent.
fn back(request: &Request, config: &Config) -> LocalPath {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        return LocalPath::new(request.uri().path_and_query().map_or("/", PathAndQuery::as_str));
    }
    let from = request.headers().get(header::REFERER).and_then(|from| from.to_str().ok());
    let from = from
        .and_then(|from| from.parse::<Url>().ok())
        .filter(|from| origin::is_own(from, request.headers(), config));
    from.map(|from| {
        let query = from.query().map(|query| format!("?{query}")).unwrap_or_default();
        LocalPath::new(&format!("{}{query}", from.path()))
    })
    .unwrap_or_default()
}

impl Inner {
    /// Reads the visitor of a request.
    pub(super) fn read(app: App, request: &Request) -> Self {
        let headers = request.headers();
        let jar = Jar::new(headers, app.config.is_secure);
        let chosen = jar.get(Cookie::Language).and_then(|tag| tag.parse().ok());
        Self {
            locale: chosen.unwrap_or_else(|| page::locale(headers)),
            session: Session::open(&jar, &app.config.keys),
            is_waiting: false,
            back: back(request, &app.config),
            address: request.extensions().get().copied(),
            reads_gzip: assets::accepts(headers, "gzip"),
            form: OnceLock::new(),
            wait: AtomicU64::new(0),
            agent: headers.get(header::USER_AGENT).cloned(),
            app,
            jar,
        }
    }

    /// Returns the calls with the token of `session`.
    pub(crate) fn caller_of<'a>(&'a self, session: Option<&'a Session>) -> Caller<'a> {
        Caller {
            services: &self.app.services,
            token: session.map(|session| &session.access),
            address: self.address,
            agent: self.agent.as_ref(),
            locale: self.locale,
            wait: Some(&self.wait),
        }
    }

    /// Exchanges the refresh token of a session. The call borrows nothing of the request, which it
    /// may outlive.
    pub(crate) async fn exchange(&self, old: &Session, now: OffsetDateTime) -> Result<Session, RefreshError> {
        let (app, token) = (self.app.clone(), old.refresh.clone());
        let (address, agent, locale) = (self.address, self.agent.clone(), self.locale);
        let ask = move || {
            let (app, token, agent) = (app.clone(), token.clone(), agent.clone());
            async move {
                let services = &app.services;
                let agent = agent.as_ref();
                let caller = Caller { services, token: None, address, agent, locale, wait: None };
                User::new(caller).refresh(token).await
            }
        };
        self.app.refresher.exchange(old, ask, now).await
    }

    /// Exchanges the refresh token if the access token has expired.
    async fn with_tokens(mut self) -> Self {
        let now = self.app.clock.now();
        let Some(old) = self.session.take_if(|session| session.is_expired(now)) else { return self };
        let event = match self.exchange(&old, now).await {
            Ok(new) => {
                new.keep(&self.jar, &self.app.config.keys);
                self.session = Some(new);
                "refreshed"
            }
            Err(RefreshError::Ended) => {
                self.jar.remove(Cookie::Session);
                Flash::SessionEnded.keep(&self.jar);
                "ended"
            }
            Err(RefreshError::Away) => {
                self.is_waiting = true;
                "away"
            }
        };
        self.app.metrics.sessions.with_label_values(&[event]).inc();
        self
    }
}

impl Deref for Visitor {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        parts.extensions.get::<Self>().cloned().ok_or(Error::NotFound)
    }
}

/// A visitor who is logged in. Others are led to the login, and back.
pub(crate) struct Shopper {
    visitor: Visitor,
}

/// A visitor who is logged in as an admin. For customers, the page does not exist. Others are led
/// to the login.
pub(crate) struct Owner {
    visitor: Visitor,
}

macro_rules! guards {
    ($($guard:ident)+) => {$(
        impl Deref for $guard {
            type Target = Visitor;

            fn deref(&self) -> &Visitor {
                &self.visitor
            }
        }
    )+};
}

guards! { Shopper Owner }

impl<S: Sync> FromRequestParts<S> for Shopper {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let visitor = Visitor::from_request_parts(parts, state).await?;
        match (&visitor.session, visitor.is_waiting) {
            (Some(_), _) => Ok(Self { visitor }),
            (None, true) => Err(Error::SessionWaits),
            (None, false) => Err(Error::LoginNeeded),
        }
    }
}

impl<S: Sync> FromRequestParts<S> for Owner {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Error> {
        let Shopper { visitor } = Shopper::from_request_parts(parts, state).await?;
        let is_admin = visitor.session.as_ref().is_some_and(Session::is_admin);
        if is_admin { Ok(Self { visitor }) } else { Err(Error::NotFound) }
    }
}
