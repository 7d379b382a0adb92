//! The addresses that links in emails lead to: the pages of the storefront, or those of the
//! services.

use estore_contract::verification::Purpose;

use super::MailToken;

/// The pages that links in emails lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Links {
    /// The storefront at this address has a page for each purpose, and one for each order.
    Storefront(String),
    /// This service at this address has one page for all purposes, and none for orders.
    Own(String),
}

impl Links {
    /// Returns the link with a token, in an email of `purpose`.
    #[must_use]
    pub fn token(&self, purpose: Purpose, token: &MailToken) -> String {
        let (base, page) = match (self, purpose) {
            (Self::Storefront(base), Purpose::PasswordReset) => (base, "password/new"),
            (Self::Storefront(base) | Self::Own(base), _) => (base, "verify"),
        };
        format!("{base}/{page}?token={}", token.expose())
    }

    /// Returns the link to an order, if there is a page for it.
    #[must_use]
    pub fn order(&self, id: &str) -> Option<String> {
        match self {
            Self::Storefront(base) => Some(format!("{base}/orders/{id}")),
            Self::Own(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use estore_contract::Sensitive;

    use super::*;

    #[test]
    fn link_leads_to_the_storefront_if_any() {
        let token = MailToken::from(Sensitive::from("abc".to_owned()));
        let shop = Links::Storefront("https://shop.example/en".to_owned());
        let own = Links::Own("https://verify.shop.example".to_owned());
        for (purpose, page) in [
            (Purpose::Email, "verify"),
            (Purpose::EmailChange, "verify"),
            (Purpose::EmailChangeAsked, "verify"),
            (Purpose::EmailChanged, "verify"),
            (Purpose::PasswordReset, "password/new"),
        ] {
            assert_eq!(shop.token(purpose, &token), format!("https://shop.example/en/{page}?token=abc"));
            assert_eq!(own.token(purpose, &token), "https://verify.shop.example/verify?token=abc");
        }
        assert_eq!(shop.order("7").as_deref(), Some("https://shop.example/en/orders/7"));
        assert_eq!(own.order("7"), None);
    }
}
