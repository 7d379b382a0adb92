//! A shop that the tests did not start, such as one in a cluster. Environment variables give its
//! addresses.

use std::{collections::BTreeMap, env, fs};

use estore_testbed::ServiceName;

use crate::{Access, Mails, mails::Maildev};

/// Returns true if the tests are to use a shop that they did not start: `ESTORE_SHOP=cluster`.
#[must_use]
pub fn is_given() -> bool {
    variable("ESTORE_SHOP").is_some_and(|shop| shop == "cluster")
}

impl Access {
    /// Returns access to the shop that the environment names: `USER_URL` and so on, `ADMIN_EMAIL`,
    /// `ADMIN_PASSWORD`, and `MAIL_URL`, the address of MailDev's REST interface. `STOREFRONT_URL`
    /// may be missing. Each may be given as `…_FILE`.
    ///
    /// # Panics
    /// If a variable is missing.
    #[must_use]
    pub fn given() -> Self {
        let url = |name: ServiceName| {
            (name, needed(&format!("{}_URL", name.as_str().to_uppercase())).trim_end_matches('/').to_owned())
        };
        let mut urls: BTreeMap<_, _> = ServiceName::ALL.into_iter().map(url).collect();
        if let Some(front) = variable("STOREFRONT_URL") {
            urls.insert(ServiceName::Storefront, front.trim_end_matches('/').to_owned());
        }
        Self::with(urls, (needed("ADMIN_EMAIL"), needed("ADMIN_PASSWORD")))
    }

    /// Returns the mailbox of that shop.
    ///
    /// # Panics
    /// If `MAIL_URL` is missing.
    #[must_use]
    pub fn mails(&self) -> Mails<'static> {
        Mails::Maildev(Maildev::new(self.http.clone(), needed("MAIL_URL")))
    }
}

/// Returns a variable, or the content of the file that `…_FILE` names.
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
