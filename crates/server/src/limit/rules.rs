//! The scopes that each class counts, with their default policies.

use std::collections::BTreeMap;

use estore_base::config::{ConfigError, Env, Setting};

use super::{
    Policy,
    class::{
        Class::{
            self, Admin, Cards, Codes, Login, Mails, Orders, Password, Reads, Refresh, Register, Writes,
        },
        Scope::{self, Account, Address, Card, Familiar},
    },
};

/// The rule for the buckets of one class and scope.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    pub(super) class: Class,
    pub(super) scope: Scope,
    /// The name in headers.
    pub(super) name: &'static str,
    pub(super) policy: Policy,
}

impl Rule {
    /// Returns true if cells are taken several at a time, because requests are frequent and the
    /// exact number does not matter.
    pub(super) fn is_leased(&self) -> bool {
        self.scope == Address && matches!(self.class, Reads | Writes | Orders | Cards | Admin)
    }
}

/// Switches all limits off.
const LIMITS: Setting =
    Setting::choice("LIMITS", &["on", "off"], "Whether there are rate limits.").default("on");

/// A class and scope, the name of their rule in headers, and the setting with its policy.
type Row = (Class, Scope, &'static str, Setting);

const fn row(
    class: Class,
    scope: Scope,
    name: &'static str,
    (setting, policy, meaning): (&'static str, &'static str, &'static str),
) -> Row {
    (class, scope, name, Setting::text(setting, meaning).default(policy))
}

/// The rules. Many clients share an address (an office, a mobile network), but not an account. So
/// costly or guessable operations are counted by account if there is one, and by address with room
/// for many.
const RULES: [Row; 20] = [
    row(
        Reads,
        Address,
        "reads-address",
        ("LIMIT_READS_ADDRESS", "300/100per1", "The catalogue, and the caller's own data, by address."),
    ),
    row(Writes, Address, "writes-address", ("LIMIT_WRITES_ADDRESS", "300/20per1", "Writes, by address.")),
    row(Writes, Account, "writes-account", ("LIMIT_WRITES_ACCOUNT", "100/2per1", "Writes, by account.")),
    row(Orders, Address, "orders-address", ("LIMIT_ORDERS_ADDRESS", "300/10per1", "Orders, by address.")),
    row(Orders, Account, "orders-account", ("LIMIT_ORDERS_ACCOUNT", "100/1per1", "Orders, by account.")),
    row(Orders, Card, "orders-card", ("LIMIT_ORDERS_CARD", "100/1per1", "Orders, by saved card.")),
    row(Cards, Address, "cards-address", ("LIMIT_CARDS_ADDRESS", "200/20per60", "Saving cards, by address.")),
    row(Cards, Account, "cards-account", ("LIMIT_CARDS_ACCOUNT", "25/1per60", "Saving cards, by account.")),
    row(Cards, Card, "cards-card", ("LIMIT_CARDS_CARD", "100/100per3600", "Saving cards, by card number.")),
    row(
        Register,
        Address,
        "register-address",
        ("LIMIT_REGISTER_ADDRESS", "200/60per60", "Registrations, by address."),
    ),
    row(Login, Address, "login-address", ("LIMIT_LOGIN_ADDRESS", "100/60per60", "Logins, by address.")),
    row(Login, Account, "login-account", ("LIMIT_LOGIN_ACCOUNT", "10/1per30", "Logins, by account.")),
    row(
        Login,
        Familiar,
        "login-familiar",
        (
            "LIMIT_LOGIN_FAMILIAR",
            "60/1per5",
            "Logins, by account, from a network where its owner logged in before.",
        ),
    ),
    row(
        Password,
        Address,
        "password-address",
        ("LIMIT_PASSWORD_ADDRESS", "100/60per60", "Routes that ask for the password again, by address."),
    ),
    row(
        Password,
        Account,
        "password-account",
        ("LIMIT_PASSWORD_ACCOUNT", "10/1per30", "Routes that ask for the password again, by account."),
    ),
    row(
        Codes,
        Address,
        "codes-address",
        ("LIMIT_CODES_ADDRESS", "200/60per60", "Tokens from emails, by address."),
    ),
    row(
        Mails,
        Address,
        "mails-address",
        ("LIMIT_MAILS_ADDRESS", "1200/60per60", "Asking for an email, by address."),
    ),
    row(
        Refresh,
        Address,
        "refresh-address",
        ("LIMIT_REFRESH_ADDRESS", "300/10per1", "Refreshes of a session, by address."),
    ),
    row(
        Admin,
        Address,
        "admin-address",
        ("LIMIT_ADMIN_ADDRESS", "600/100per1", "Routes of admins, by address."),
    ),
    row(
        Admin,
        Account,
        "admin-account",
        ("LIMIT_ADMIN_ACCOUNT", "300/50per1", "Routes of admins, by account."),
    ),
];

/// The settings of the rate limits.
pub(crate) const SETTINGS: [Setting; 21] = settings();

#[expect(clippy::indexing_slicing, reason = "the compiler evaluates it")]
const fn settings() -> [Setting; 21] {
    let mut settings = [LIMITS; 21];
    let mut at = 0;
    while at < RULES.len() {
        settings[at + 1] = RULES[at].3;
        at += 1;
    }
    settings
}

/// The rules in force. `LIMITS=off` removes all. A rule's own setting, such as
/// `LIMIT_LOGIN_ACCOUNT`, replaces its policy, or removes the rule if it is `off`.
#[derive(Debug, Default)]
pub(super) struct Rules(BTreeMap<(Class, Scope), Rule>);

impl Rules {
    pub(super) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let switch: String = env.get(&LIMITS)?;
        let mut rules = BTreeMap::new();
        for (class, scope, name, setting) in RULES {
            let text: String = env.get(&setting)?;
            if text == "off" {
                continue;
            }
            let policy = text
                .parse::<Policy>()
                .map_err(|error| setting.wrong(format!("is wrong ({error}; or off)")))?;
            rules.insert((class, scope), Rule { class, scope, name, policy });
        }
        // An invalid setting is an error even if limits are off.
        Ok(if switch == "on" { Self(rules) } else { Self::default() })
    }

    pub(super) fn find(&self, class: Class, scope: Scope) -> Option<Rule> {
        self.0.get(&(class, scope)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_named_after_what_it_counts() {
        for (class, scope, name, setting) in RULES {
            let scope = format!("{scope:?}").to_lowercase();
            assert_eq!(name, format!("{}-{scope}", class.as_str()));
            assert_eq!(setting.name, format!("LIMIT_{}", name.to_uppercase().replace('-', "_")));
        }
        assert_eq!(Rules::from_env(&Env::from_iter([("", "")])).unwrap().0.len(), RULES.len());
        let counted = |class| RULES.iter().any(|row| row.0 == class);
        assert!(Class::ALL.into_iter().all(counted), "a class without a rule");
    }

    #[test]
    fn setting_replaces_a_policy_or_turns_it_off() {
        let env = Env::from_iter([("LIMIT_LOGIN_ACCOUNT", "3/1per5"), ("LIMIT_LOGIN_ADDRESS", "off")]);
        let rules = Rules::from_env(&env).unwrap();
        let policy = |class, scope| rules.find(class, scope).map(|rule| rule.policy.to_string());
        assert_eq!(policy(Login, Account).as_deref(), Some("3/1per5"));
        assert!(rules.find(Login, Address).is_none());
        assert_eq!(policy(Codes, Address).as_deref(), Some("200/60per60"));
        let off = Rules::from_env(&Env::from_iter([("LIMITS", "off")])).unwrap();
        assert!(off.find(Login, Account).is_none());
    }

    #[test]
    fn wrong_limit_is_named_with_an_example() {
        let said = |name, value| Rules::from_env(&Env::from_iter([(name, value)])).unwrap_err().to_string();
        assert_eq!(said("LIMITS", "no"), "LIMITS must be on or off; for example LIMITS=on");
        let wrong = said("LIMIT_LOGIN_ACCOUNT", "lots");
        assert!(wrong.starts_with("LIMIT_LOGIN_ACCOUNT is wrong (must be <at once>/"), "{wrong}");
        assert!(wrong.ends_with("for example LIMIT_LOGIN_ACCOUNT=10/1per30"), "{wrong}");
    }
}
