//! The job that waits for the shop, and registers everybody.

use std::time::Duration;

use anyhow::Result;
use estore_base::random;
use estore_telemetry::jobs::{Stop, poll};
use futures::future::join_all;
use tokio::{sync::Notify, time::sleep};

use super::App;
use crate::{
    client::{Account, Refused, address, is_lost},
    commands::wait_until_ready,
    config::Credentials,
    load::{Buyer, Refunder},
};

/// The pause before another try.
const AGAIN: Duration = Duration::from_secs(1);
/// The time between two looks when there is nothing to do.
const LOOK: Duration = Duration::from_secs(1);
/// The longest pause that an answer can ask for.
const LONGEST: Duration = Duration::from_mins(1);
/// The number of buyers who register at once: each takes a place in the hash pool.
const AT_ONCE: u32 = 4;
/// The number of buyers with whom the load begins. The others register meanwhile.
const FIRST: usize = 8;
/// The number that gives the visitors' account an address of its own.
const CUSTOMER: u32 = u32::MAX - 1;

/// Runs until `stop`.
pub(super) async fn run(app: App, stop: Stop) {
    let wake = Notify::new();
    tokio::select! {
        () = poll(&stop, &wake, LOOK, || step(&app)) => {}
        // A registration may wait for long.
        () = stop.token().cancelled() => {}
    }
}

async fn step(app: &App) -> Result<bool, String> {
    if !app.turned().borrow().ready {
        wait_until_ready(&app.shop).await;
    }
    match enter(app).await {
        Ok(is_more) => {
            let (buyers, all) =
                (app.people.count(), usize::try_from(app.config.buyers).unwrap_or(usize::MAX));
            if buyers >= FIRST.min(all) && !app.turned().borrow().ready {
                tracing::info!(buyers, "shop is ready and the first buyers are registered; load begins");
                app.is_open();
            }
            Ok(is_more)
        }
        Err(error) => {
            sleep(pause(&error)).await;
            Err(format!("{error:#}"))
        }
    }
}

/// Lets in who comes next: the admin, the visitors' account, buyers. Returns false if everybody is
/// in.
async fn enter(app: &App) -> Result<bool> {
    if app.people.admin().is_none() {
        let Credentials { email, password } = app.config.admin.clone();
        let admin = Refunder::login(&app.shop, &email, password, app.history.clone()).await?;
        app.people.enter_admin(admin.heeding());
        return Ok(true);
    }
    if let Some(Credentials { email, password }) =
        app.config.customer.clone().filter(|_| !app.people.has_visitor())
    {
        match Account::enter(&app.shop, &email, password, address(CUSTOMER)).await {
            Err(error) if is_lost(&error) => {
                let error = format!("{error:#}");
                tracing::warn!(email, error, "account for visitors is lost; the load begins without it");
            }
            entered => drop(entered?),
        }
        app.people.enter_visitor();
        return Ok(true);
    }
    let next = u32::try_from(app.people.count())?;
    // Another buyer takes the place of each who is shut out, with a number of their own: the
    // history has those of the others.
    let all = app.config.buyers.saturating_add(u32::try_from(app.people.shut_out())?);
    let last = all.min(next.saturating_add(AT_ONCE));
    for buyer in join_all((next..last).map(|number| register(app, number))).await {
        // In order, so that the count is the next number.
        app.people.enter(buyer?);
    }
    Ok(last < all)
}

async fn register(app: &App, number: u32) -> Result<Buyer> {
    let history = app.history.clone();
    let Some(password) = app.config.password.clone() else {
        return Ok(Buyer::register(number, &app.shop, history).await?.heeding());
    };
    let email = format!("load-{number}@example.com");
    let account = match Account::enter(&app.shop, &email, password.clone(), address(number)).await {
        Err(error) if is_lost(&error) => {
            let error = format!("{error:#}");
            tracing::warn!(email, error, "account of a buyer is lost; registers another");
            let other: String = random::uuid_v4().simple().to_string().chars().take(8).collect();
            let email = format!("load-{number}-{other}@example.com");
            Account::register(&app.shop, &email, password, address(number)).await?
        }
        entered => entered?,
    };
    Ok(Buyer::of(number, account, history).await?.heeding())
}

/// Returns the pause that the shop asks for.
fn pause(error: &anyhow::Error) -> Duration {
    let asked = error.downcast_ref::<Refused>().and_then(|refused| refused.answer.retry_after());
    asked.unwrap_or(AGAIN).clamp(AGAIN, LONGEST)
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header};

    use super::*;
    use crate::client::Answer;

    #[test]
    fn refused_registration_waits_as_asked() {
        let pause = |seconds| {
            let value = HeaderValue::from_static(seconds);
            let headers = HeaderMap::from_iter([(header::RETRY_AFTER, value)]);
            let answer = Answer { status: 429, headers, text: String::new() };
            super::pause(&Refused { action: "register".to_owned(), answer }.into())
        };
        assert_eq!(pause("7"), Duration::from_secs(7));
        assert_eq!(pause("3600"), LONGEST);
        assert_eq!(super::pause(&anyhow::anyhow!("no answer")), AGAIN);
    }
}
