//! A customer's or an admin's account: its session, and requests in its name.

use std::{
    fmt,
    net::Ipv4Addr,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use anyhow::{Context, Result};
use estore_client::NoAnswer;
use estore_contract::{ErrorBody, Sensitive, user::Tokens};
use serde::de::DeserializeOwned;
use serde_json::json;

use super::{Answer, Place, Request, ShopClient, mailbox::NoLink};

/// The time for the answer to a login, which waits for its turn to hash.
const LOGIN: Duration = Duration::from_secs(20);

/// An account that gets new tokens when its access token is rejected.
pub struct Account {
    shop: ShopClient,
    email: String,
    password: Sensitive,
    address: Ipv4Addr,
    tokens: Mutex<Tokens>,
    /// Held while new tokens are got, so that requests at once get them once.
    renewing: tokio::sync::Mutex<()>,
    /// True once the shop refused a login with the password.
    shut_out: AtomicBool,
}

/// An answer with a status that its request cannot go on with.
#[derive(Debug, thiserror::Error)]
#[error("could not {action}: {} {}", .answer.status, .answer.text)]
pub struct Refused {
    /// The action, as a verb.
    pub action: String,
    /// The answer.
    pub answer: Answer,
}

impl Account {
    /// Logs in.
    pub async fn login(
        shop: &ShopClient,
        email: &str,
        password: Sensitive,
        address: Ipv4Addr,
    ) -> Result<Self> {
        let answer = shop.send(&login(email, &password, address)).await?;
        let tokens = expect("log in", &answer, 200)?;
        Ok(Self::with(shop, email, password, address, tokens))
    }

    /// Registers an account, and verifies its address with the emailed token.
    pub async fn register(
        shop: &ShopClient,
        email: &str,
        password: Sensitive,
        address: Ipv4Addr,
    ) -> Result<Self> {
        let body = json!({"email": email, "password": password.expose(), "name": "Ada"});
        let answer = shop.send(&Request::post(Place::User, "/register", &body).by(address)).await?;
        let _sent: serde_json::Value = expect("register", &answer, 202)?;
        let token = shop.mailbox()?.token(email).await?;
        let verify = Request::post(Place::User, "/verify-email", &json!({"token": token.expose()}));
        let tokens = expect("verify the address", &shop.send(&verify.by(address)).await?, 200)?;
        Ok(Self::with(shop, email, password, address, tokens))
    }

    /// Logs in, or registers if there is no such account, or if its address is not verified.
    pub async fn enter(
        shop: &ShopClient,
        email: &str,
        password: Sensitive,
        address: Ipv4Addr,
    ) -> Result<Self> {
        match Self::login(shop, email, password.clone(), address).await {
            Err(error) if is_nobody(&error) => Self::register(shop, email, password, address).await,
            entered => entered,
        }
    }

    fn with(shop: &ShopClient, email: &str, password: Sensitive, address: Ipv4Addr, tokens: Tokens) -> Self {
        let (shop, email) = (shop.clone(), email.to_owned());
        Self {
            shop,
            email,
            password,
            address,
            tokens: Mutex::new(tokens),
            renewing: tokio::sync::Mutex::default(),
            shut_out: AtomicBool::new(false),
        }
    }

    /// Returns the address from which the account's owner calls.
    pub(crate) fn address(&self) -> Ipv4Addr {
        self.address
    }

    /// Returns true if the account has no session and its password opens none: somebody changed it,
    /// or disabled or closed the account.
    pub(crate) fn is_shut_out(&self) -> bool {
        self.shut_out.load(Relaxed)
    }

    /// Returns the current refresh token.
    pub(crate) fn refresh_token(&self) -> Sensitive {
        self.tokens().refresh_token
    }

    /// Sends a request with the access token, and again with a new one if it is rejected.
    pub async fn send(&self, request: Request) -> Result<Answer, NoAnswer> {
        let request = request.by(self.address);
        let token = self.tokens().access_token;
        let first = self.shop.send(&request.clone().bearer(&token)).await?;
        if first.status != 401 {
            return Ok(first);
        }
        self.renew(&token).await;
        self.shop.send(&request.bearer(&self.tokens().access_token)).await
    }

    /// Sends a request that must be answered with this status, and parses the answer.
    pub async fn ask<T: DeserializeOwned>(&self, action: &str, request: Request, status: u16) -> Result<T> {
        let answer = self.send(request).await.with_context(|| format!("could not {action}"))?;
        expect(action, &answer, status)
    }

    /// Gets new tokens in place of those with `old`.
    pub(crate) async fn renew(&self, old: &Sensitive) {
        let _alone = self.renewing.lock().await;
        let current = self.tokens();
        if current.access_token != *old {
            return;
        }
        let body = json!({"refresh_token": current.refresh_token.expose()});
        let refresh = Request::post(Place::User, "/token/refresh", &body).by(self.address).within(LOGIN);
        let renewed = match self.tokens_of("refresh the session", &refresh).await {
            // The session has ended, such as with its longest time.
            Err(error) if status(&error).is_some_and(|status| (400..500).contains(&status)) => {
                let login = login(&self.email, &self.password, self.address).within(LOGIN);
                self.tokens_of("log in", &login).await
            }
            renewed => renewed,
        };
        match renewed {
            Ok(tokens) => *self.tokens.lock().unwrap_or_else(PoisonError::into_inner) = tokens,
            Err(error) => {
                self.shut_out.fetch_or(is_nobody(&error) || is_lost(&error), Relaxed);
                tracing::warn!(error = format!("{error:#}"), "session has no new tokens; will retry");
            }
        }
    }

    /// Gets new tokens before a time in which they are needed.
    pub async fn refresh(&self) {
        let token = self.tokens().access_token;
        self.renew(&token).await;
    }

    async fn tokens_of(&self, action: &str, request: &Request) -> Result<Tokens> {
        expect(action, &self.shop.send(request).await?, 200)
    }

    fn tokens(&self) -> Tokens {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("email", &self.email).finish_non_exhaustive()
    }
}

fn login(email: &str, password: &Sensitive, address: Ipv4Addr) -> Request {
    let body = json!({"email": email, "password": password.expose()});
    Request::post(Place::User, "/login", &body).by(address)
}

/// Insists on a status, and parses the body.
pub(crate) fn expect<T: DeserializeOwned>(action: &str, answer: &Answer, status: u16) -> Result<T> {
    if answer.status != status {
        return Err(Refused { action: action.to_owned(), answer: answer.clone() }.into());
    }
    // The body may have secrets, so the message does not repeat it.
    answer.json().with_context(|| format!("could not {action}: {status} with another body"))
}

/// Returns the status of the answer with which an action could not go on.
fn status(error: &anyhow::Error) -> Option<u16> {
    error.downcast_ref::<Refused>().map(|refused| refused.answer.status)
}

/// Returns true for a login of an account that does not exist, or is not verified.
fn is_nobody(error: &anyhow::Error) -> bool {
    code(error).is_some_and(|code| matches!(code.as_str(), "invalid_credentials" | "email_not_verified"))
}

/// Returns true if [`Account::enter`] failed because the account exists, and its password does not
/// open it: somebody changed it, or disabled the account.
pub(crate) fn is_lost(error: &anyhow::Error) -> bool {
    error.is::<NoLink>() || code(error).as_deref() == Some("account_disabled")
}

/// Returns the code of the answer with which an action could not go on.
fn code(error: &anyhow::Error) -> Option<String> {
    let Refused { answer, .. } = error.downcast_ref()?;
    answer.json::<ErrorBody>().ok().map(|body| body.code)
}
