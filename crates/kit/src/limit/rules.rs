//! Which class is counted for whom, and how much of it is admitted unless the operator says otherwise.

use std::collections::BTreeMap;

use super::{
    Policy,
    class::{
        Class::{
            self, Admin, Cards, Codes, Login, Mails, Orders, Password, Reads, Refresh, Register, Writes,
        },
        Scope::{self, Account, Address, Card, Familiar},
    },
};
use crate::config::{ConfigError, Env};

/// One bucket for each address, account or card.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    pub(super) class: Class,
    pub(super) scope: Scope,
    /// As headers call it.
    pub(super) name: &'static str,
    setting: &'static str,
    pub(super) policy: Policy,
}

const fn rule(
    class: Class,
    scope: Scope,
    name: &'static str,
    setting: &'static str,
    (burst, count, seconds): (u32, u32, u32),
) -> Rule {
    Rule { class, scope, name, setting, policy: Policy::new(burst, count, seconds) }
}

impl Rule {
    /// Whether cells are taken several at a time: where requests come often, and one more or less does not matter.
    pub(super) fn is_leased(&self) -> bool {
        self.scope == Address && matches!(self.class, Reads | Writes | Orders | Cards | Admin)
    }
}

/// Addresses are shared by many (an office, a mobile network), accounts are not: what is costly or can be guessed is counted by
/// account where there is one, and by address with room for many.
const RULES: [Rule; 20] = [
    rule(Reads, Address, "reads-address", "LIMIT_READS_ADDRESS", (300, 100, 1)),
    rule(Writes, Address, "writes-address", "LIMIT_WRITES_ADDRESS", (300, 20, 1)),
    rule(Writes, Account, "writes-account", "LIMIT_WRITES_ACCOUNT", (100, 2, 1)),
    rule(Orders, Address, "orders-address", "LIMIT_ORDERS_ADDRESS", (300, 10, 1)),
    rule(Orders, Account, "orders-account", "LIMIT_ORDERS_ACCOUNT", (100, 1, 1)),
    rule(Orders, Card, "orders-card", "LIMIT_ORDERS_CARD", (100, 1, 1)),
    rule(Cards, Address, "cards-address", "LIMIT_CARDS_ADDRESS", (200, 20, 60)),
    rule(Cards, Account, "cards-account", "LIMIT_CARDS_ACCOUNT", (25, 1, 60)),
    rule(Cards, Card, "cards-card", "LIMIT_CARDS_CARD", (100, 100, 3600)),
    rule(Register, Address, "register-address", "LIMIT_REGISTER_ADDRESS", (200, 60, 60)),
    rule(Login, Address, "login-address", "LIMIT_LOGIN_ADDRESS", (100, 60, 60)),
    rule(Login, Account, "login-account", "LIMIT_LOGIN_ACCOUNT", (10, 1, 30)),
    rule(Login, Familiar, "login-familiar", "LIMIT_LOGIN_FAMILIAR", (60, 1, 5)),
    rule(Password, Address, "password-address", "LIMIT_PASSWORD_ADDRESS", (100, 60, 60)),
    rule(Password, Account, "password-account", "LIMIT_PASSWORD_ACCOUNT", (10, 1, 30)),
    rule(Codes, Address, "codes-address", "LIMIT_CODES_ADDRESS", (200, 60, 60)),
    rule(Mails, Address, "mails-address", "LIMIT_MAILS_ADDRESS", (1200, 60, 60)),
    rule(Refresh, Address, "refresh-address", "LIMIT_REFRESH_ADDRESS", (300, 10, 1)),
    rule(Admin, Address, "admin-address", "LIMIT_ADMIN_ADDRESS", (600, 100, 1)),
    rule(Admin, Account, "admin-account", "LIMIT_ADMIN_ACCOUNT", (300, 50, 1)),
];

/// The rules that hold: none where `LIMITS=off`; each with the policy of its own setting, such as `LIMIT_LOGIN_ACCOUNT`, where that is
/// given, and left out where that is `off`.
#[derive(Debug, Default)]
pub(super) struct Rules(BTreeMap<(Class, Scope), Rule>);

impl Rules {
    pub(super) fn from_env(env: &Env) -> Result<Self, ConfigError> {
        let switch: String = env.or("LIMITS", "on".to_owned(), "on")?;
        if !matches!(switch.as_str(), "on" | "off") {
            return Err(ConfigError::new("LIMITS", "must be on or off", "on"));
        }
        let mut rules = BTreeMap::new();
        for rule in RULES {
            let example = rule.policy.to_string();
            let policy = match env.optional::<String>(rule.setting, &example)?.as_deref() {
                None => rule.policy,
                Some("off") => continue,
                Some(text) => text.parse().map_err(|error| {
                    ConfigError::new(rule.setting, format!("is wrong ({error}; or off)"), example)
                })?,
            };
            rules.insert((rule.class, rule.scope), Rule { policy, ..rule });
        }
        // Wrong settings are wrong either way.
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
        for rule in RULES {
            let scope = format!("{:?}", rule.scope).to_lowercase();
            assert_eq!(rule.name, format!("{}-{scope}", rule.class.as_str()));
            assert_eq!(rule.setting, format!("LIMIT_{}", rule.name.to_uppercase().replace('-', "_")));
            assert_eq!(rule.policy.to_string().parse(), Ok(rule.policy), "the default must do as a setting");
        }
        let counted = |class| RULES.iter().any(|rule| rule.class == class);
        assert!(Class::ALL.into_iter().all(counted), "a class without a rule");
    }

    #[test]
    fn a_setting_replaces_a_policy_and_off_leaves_it_out() {
        let env = Env::from_iter([("LIMIT_LOGIN_ACCOUNT", "3/1per5"), ("LIMIT_LOGIN_ADDRESS", "off")]);
        let rules = Rules::from_env(&env).unwrap();
        assert_eq!(rules.find(Login, Account).map(|rule| rule.policy), Some(Policy::new(3, 1, 5)));
        assert!(rules.find(Login, Address).is_none());
        assert_eq!(rules.find(Codes, Address).map(|rule| rule.policy), Some(Policy::new(200, 60, 60)));
        let off = Rules::from_env(&Env::from_iter([("LIMITS", "off")])).unwrap();
        assert!(off.find(Login, Account).is_none());
    }

    #[test]
    fn a_wrong_setting_is_named_with_an_example() {
        let said = |name, value| Rules::from_env(&Env::from_iter([(name, value)])).unwrap_err().to_string();
        assert_eq!(said("LIMITS", "no"), "LIMITS must be on or off; for example LIMITS=on");
        let wrong = said("LIMIT_LOGIN_ACCOUNT", "lots");
        assert!(wrong.starts_with("LIMIT_LOGIN_ACCOUNT is wrong (must be <at once>/"), "{wrong}");
        assert!(wrong.ends_with("for example LIMIT_LOGIN_ACCOUNT=10/1per30"), "{wrong}");
    }
}
