//! A shop that somebody else started, such as one in a cluster: its addresses are in the environment.

use std::{collections::BTreeMap, env, fs};

use estore_stage::ServiceName;

use crate::{Access, Mails, mails::Maildev};

/// Whether the tests are to use a shop that they did not start: `ESTORE_SHOP=cluster`.
#[must_use]
pub fn is_given() -> bool {
    variable("ESTORE_SHOP").is_some_and(|shop| shop == "cluster")
}

impl Access {
    /// To the shop that the environment names: `USER_URL` and so on, `ADMIN_EMAIL`, `ADMIN_PASSWORD`, and `MAIL_URL`, the address of
    /// MailDev's REST interface. Each may be given as `…_FILE`.
    ///
    /// # Panics
    /// Where one is missing.
    #[must_use]
    pub fn given() -> Self {
        let url = |name: ServiceName| {
            (name, needed(&format!("{}_URL", name.as_str().to_uppercase())).trim_end_matches('/').to_owned())
        };
        let urls: BTreeMap<_, _> = ServiceName::ALL.into_iter().map(url).collect();
        Self::with(urls, (needed("ADMIN_EMAIL"), needed("ADMIN_PASSWORD")))
    }

    /// Where that shop's mails are.
    ///
    /// # Panics
    /// Where `MAIL_URL` is missing.
    #[must_use]
    pub fn mails(&self) -> Mails<'static> {
        Mails::Maildev(Maildev::new(self.http.clone(), needed("MAIL_URL")))
    }
}

/// A variable, or the content of the file that `…_FILE` names.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "a test is no service")]
pub fn variable(name: &str) -> Option<String> {
    if let Ok(value) = env::var(name) {
        return Some(value);
    }
    let file = env::var(format!("{name}_FILE")).ok()?;
    Some(fs::read_to_string(file).ok()?.trim_end().to_owned())
}

#[expect(clippy::panic, reason = "nothing can be done without it")]
fn needed(name: &str) -> String {
    variable(name).unwrap_or_else(|| panic!("{name} or {name}_FILE is not set"))
}
