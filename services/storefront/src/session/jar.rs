//! The cookies of one request and its answer.

use std::{
    collections::BTreeMap,
    fmt::Write,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use axum::http::{HeaderMap, HeaderValue, header};
use estore_server::page::LANGUAGE_COOKIE;

const DAY: u32 = 24 * 60 * 60;

/// The cookies of the storefront.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cookie {
    /// The session, encrypted.
    Session,
    /// The basket, encrypted.
    Basket,
    /// The message for the next page: the name of one of ours.
    Flash,
    /// A random value to which the tokens of forms are bound.
    Form,
    /// The language that the visitor chose.
    Language,
    /// The idempotency key of the checkout, which is no secret.
    Checkout,
}

impl Cookie {
    const ALL: [Self; 6] =
        [Self::Session, Self::Basket, Self::Flash, Self::Form, Self::Language, Self::Checkout];

    const fn name(self) -> &'static str {
        match self {
            Self::Session => "shop-session",
            Self::Basket => "shop-basket",
            Self::Flash => "shop-flash",
            Self::Form => "shop-form",
            Self::Language => LANGUAGE_COOKIE,
            Self::Checkout => "shop-checkout",
        }
    }

    /// Returns the lifetime in seconds.
    const fn max_age(self) -> u32 {
        match self {
            // As long as a refresh token. The form's, because a browser that restores several tabs
            // at once sends the forms of all of them.
            Self::Session | Self::Basket | Self::Form => 30 * DAY,
            Self::Language => 365 * DAY,
            Self::Checkout => DAY,
            Self::Flash => 60,
        }
    }
}

/// The cookies of a browser, and those that the answer changes. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Jar(Arc<Inner>);

#[derive(Default)]
struct Inner {
    is_secure: bool,
    sent: Vec<(Cookie, String)>,
    changed: Mutex<BTreeMap<Cookie, Option<String>>>,
}

impl Jar {
    /// Reads the cookies of a request. If `is_secure`, their names have the prefix `__Host-`, which
    /// other hosts of the same domain cannot set.
    pub(crate) fn new(headers: &HeaderMap, is_secure: bool) -> Self {
        let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
        let known = pairs.filter_map(|(name, value)| {
            let name = if is_secure { name.strip_prefix("__Host-")? } else { name };
            let cookie = Cookie::ALL.into_iter().find(|cookie| cookie.name() == name)?;
            Some((cookie, value.to_owned()))
        });
        Self(Arc::new(Inner { is_secure, sent: known.collect(), changed: Mutex::default() }))
    }

    /// Returns the value that the browser sent.
    pub(crate) fn get(&self, cookie: Cookie) -> Option<&str> {
        self.0.sent.iter().find(|(sent, _)| *sent == cookie).map(|(_, value)| value.as_str())
    }

    /// Sets a cookie with the answer. The value consists of characters that cookies allow.
    pub(crate) fn set(&self, cookie: Cookie, value: String) {
        self.changed().insert(cookie, Some(value));
    }

    /// Removes a cookie with the answer.
    pub(crate) fn remove(&self, cookie: Cookie) {
        self.changed().insert(cookie, None);
    }

    /// Returns true if the answer removes a cookie.
    pub(crate) fn is_removed(&self, cookie: Cookie) -> bool {
        self.changed().get(&cookie) == Some(&None)
    }

    /// Adds the changes to the headers of the answer.
    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        for (cookie, value) in self.changed().iter() {
            if let Ok(line) = HeaderValue::try_from(self.line(*cookie, value.as_deref())) {
                headers.append(header::SET_COOKIE, line);
            }
        }
    }

    fn line(&self, cookie: Cookie, value: Option<&str>) -> String {
        let (prefix, secure) = if self.0.is_secure { ("__Host-", "; Secure") } else { ("", "") };
        let name = cookie.name();
        let mut line =
            format!("{prefix}{name}={}; Path=/; HttpOnly; SameSite=Lax{secure}", value.unwrap_or_default());
        let age = if value.is_some() { cookie.max_age() } else { 0 };
        // Writing to a string cannot fail.
        let _written = write!(line, "; Max-Age={age}");
        line
    }

    fn changed(&self) -> MutexGuard<'_, BTreeMap<Cookie, Option<String>>> {
        self.0.changed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
impl Jar {
    /// Returns the cookies of a browser that sends these values.
    pub(crate) fn of(sent: &[(Cookie, &str)]) -> Self {
        let sent = sent.iter().map(|(cookie, value)| (*cookie, (*value).to_owned())).collect();
        Self(Arc::new(Inner { sent, ..Inner::default() }))
    }

    /// Returns the cookies of the browser's next request.
    pub(crate) fn sent_back(&self) -> Self {
        let changed = self.changed().clone();
        let kept = self.0.sent.iter().filter(|(cookie, _)| !changed.contains_key(cookie)).cloned();
        let set = changed.iter().filter_map(|(cookie, value)| Some((*cookie, value.clone()?)));
        Self(Arc::new(Inner { sent: kept.chain(set).collect(), ..Inner::default() }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str, is_secure: bool) -> Jar {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_str(line).unwrap());
        Jar::new(&headers, is_secure)
    }

    #[test]
    fn secure_cookies_need_their_prefix() {
        let line = "shop-session=plain; a=b; __Host-shop-session=good; __Host-shop-language=de";
        assert_eq!(read(line, true).get(Cookie::Session), Some("good"));
        assert_eq!(read(line, false).get(Cookie::Session), Some("plain"));
        assert_eq!(read(line, true).get(Cookie::Basket), None);
    }

    #[test]
    fn changed_cookies_carry_every_protection() {
        let written = |is_secure: bool, change: &dyn Fn(&Jar)| {
            let (jar, mut headers) = (read("", is_secure), HeaderMap::new());
            change(&jar);
            jar.write(&mut headers);
            headers
                .get_all(header::SET_COOKIE)
                .iter()
                .map(|line| line.to_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(
            written(true, &|jar| jar.set(Cookie::Session, "x".to_owned())),
            ["__Host-shop-session=x; Path=/; HttpOnly; SameSite=Lax; Secure; Max-Age=2592000"]
        );
        assert_eq!(
            written(false, &|jar| {
                jar.set(Cookie::Form, "x".to_owned());
                jar.set(Cookie::Session, "y".to_owned());
                jar.remove(Cookie::Session);
            }),
            [
                "shop-session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0",
                "shop-form=x; Path=/; HttpOnly; SameSite=Lax; Max-Age=2592000"
            ]
        );
    }
}
