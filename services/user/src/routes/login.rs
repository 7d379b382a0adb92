//! `POST /login`.

use axum::{extract::State, http::HeaderMap};
use estore_contract::{
    ErrorBody, Sensitive, UserId,
    user::{LoginRequest, Tokens, UserStatus},
};
use estore_server::{
    extract::Json,
    limit::{Limiter, Scope},
};
use uuid::Uuid;

use crate::{
    Error,
    app::App,
    passwords::HashError,
    sessions,
    store::{
        known_networks,
        users::{self, User},
    },
};

/// The number of times that a login is evaluated if its account changes meanwhile.
const TRIES: usize = 3;

/// Opens a session.
///
/// An unknown address and a wrong password get the same answer, and take the same time.
#[utoipa::path(post, path = "/login", tag = "sessions", request_body = LoginRequest, responses(
    (status = 200, description = "Tokens", body = Tokens),
    (status = 400, description = "Not JSON", body = ErrorBody),
    (status = 401, description = "Wrong address or password (`invalid_credentials`)", body = ErrorBody),
    (status = 403, description = "The right password, but `email_not_verified` or `account_disabled`", body = ErrorBody),
    (status = 422, description = "A field is missing, unknown or not valid", body = ErrorBody),
    (status = 503, description = "Too many logins at once; try again", body = ErrorBody),
))]
pub(crate) async fn login(
    State(app): State<App>,
    limiter: Limiter,
    headers: HeaderMap,
    Json(request): Json<LoginRequest>,
) -> Result<Json<Tokens>, Error> {
    let outcome = attempt(&app, &limiter, &headers, request).await;
    let label = match &outcome {
        Ok(_) => "ok",
        Err(Error::InvalidCredentials) => "invalid_credentials",
        Err(Error::EmailNotVerified) => "email_not_verified",
        Err(Error::AccountDisabled) => "account_disabled",
        Err(Error::Limited(_)) => "limited",
        Err(Error::Hash(HashError::Busy)) => "busy",
        Err(_) => "failed",
    };
    app.metrics.logins.with_label_values(&[label]).inc();
    outcome.map(Json)
}

async fn attempt(
    app: &App,
    limiter: &Limiter,
    headers: &HeaderMap,
    request: LoginRequest,
) -> Result<Tokens, Error> {
    let place = app.hasher.place()?;
    let mut user = users::by_email(&app.database, &request.email).await?;
    let network = charge(app, limiter, user.as_ref(), request.email.as_str()).await?;
    let mut place = Some(place);
    for _ in 0..TRIES {
        let found = verified(app, user, request.password.clone()).await?;
        drop(place.take());
        let found = rehashed(app, found, request.password.clone()).await?;
        if let Some(tokens) = sessions::open(app, &found, &network, headers).await? {
            return Ok(tokens);
        }
        // The account changed meanwhile, so its new state decides.
        user = users::by_email(&app.database, &request.email).await?;
    }
    Err(Error::Changing)
}

/// Returns the account if `password` is its password and it may log in.
async fn verified(app: &App, user: Option<User>, password: Sensitive) -> Result<User, Error> {
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    let right = app.hasher.verify(password, hash).await?;
    let Some(user) = user.filter(|_| right) else { return Err(Error::InvalidCredentials) };
    if user.profile.status == UserStatus::Disabled {
        return Err(Error::AccountDisabled);
    }
    if !user.profile.email_verified {
        return Err(Error::EmailNotVerified);
    }
    Ok(user)
}

/// Charges the rate limits before the password is verified, so that a flood of guesses costs no
/// hashing. Runs the same statements for an address that has no account. Returns the hash by which
/// the client's network becomes known.
async fn charge(
    app: &App,
    limiter: &Limiter,
    user: Option<&User>,
    email: &str,
) -> Result<known_networks::NetworkHash, Error> {
    let id = user.map_or(UserId(Uuid::nil()), |user| user.profile.id);
    let network = limiter.client().network();
    let hashes = app.network_hashes(id, &network);
    let pair = format!("{email} {network}");
    let whose = if known_networks::is_known(&app.database, id, &hashes, app.clock.now()).await? {
        (Scope::Familiar, pair.as_str())
    } else {
        (Scope::Account, email)
    };
    limiter.charge(&[(Scope::Address, &network), whose]).await.map_err(Error::Limited)?;
    Ok(hashes.first().copied().unwrap_or_default())
}

/// Replaces an outdated hash. Only a login knows the password, so only then can a hash get stronger
/// parameters.
async fn rehashed(app: &App, mut user: User, password: Sensitive) -> Result<User, Error> {
    if app.hasher.is_outdated(&user.password_hash) {
        let hash = app.hasher.hash(password).await?;
        if users::rehash(&app.database, user.profile.id, &user.password_hash, &hash).await? {
            user.password_hash = hash;
        }
    }
    Ok(user)
}
