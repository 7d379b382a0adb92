//! Amounts of money, written by the rules of a language.

use estore_contract::verification::Locale;

/// Formats an amount such as `1234.50 USD` for people: `1,234.50 USD`, `1.234,50 USD`. Returns any
/// other text unchanged.
pub(super) fn written(amount: &str, locale: Locale) -> String {
    parse(amount).map_or_else(
        || amount.to_owned(),
        |(whole, fraction, currency)| {
            let (group, point) = match locale {
                Locale::En => (',', '.'),
                Locale::De => ('.', ','),
            };
            let mut text = String::with_capacity(amount.len() + whole.len() / 3);
            for (at, digit) in whole.chars().enumerate() {
                if at > 0 && (whole.len() - at).is_multiple_of(3) {
                    text.push(group);
                }
                text.push(digit);
            }
            if !fraction.is_empty() {
                text.push(point);
            }
            text + fraction + " " + currency
        },
    )
}

/// Splits an amount into the digits before and after the point, and the currency. This is the
/// format in which [`estore_contract::Money`] displays itself.
fn parse(amount: &str) -> Option<(&str, &str, &str)> {
    let (number, currency) = amount.split_once(' ')?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    (!whole.is_empty() && digits(whole) && digits(fraction) && !currency.is_empty())
        .then_some((whole, fraction, currency))
}

#[cfg(test)]
mod tests {
    use estore_contract::Money;

    use super::*;

    #[test]
    fn amount_is_written_as_its_language_writes_it() {
        for (amount, currency, english, german) in [
            (0, "USD", "0.00 USD", "0,00 USD"),
            (5, "EUR", "0.05 EUR", "0,05 EUR"),
            (99_999, "EUR", "999.99 EUR", "999,99 EUR"),
            (123_450, "USD", "1,234.50 USD", "1.234,50 USD"),
            (500, "JPY", "500 JPY", "500 JPY"),
            (1_234_567, "JPY", "1,234,567 JPY", "1.234.567 JPY"),
            (1_234_005, "KWD", "1,234.005 KWD", "1.234,005 KWD"),
            (Money::MAX, "USD", "9,999,999,999.99 USD", "9.999.999.999,99 USD"),
        ] {
            let amount = Money::new(amount, currency.parse().unwrap()).to_string();
            assert_eq!(
                (written(&amount, Locale::En).as_str(), written(&amount, Locale::De).as_str()),
                (english, german)
            );
        }
    }

    #[test]
    fn text_that_is_no_amount_stays_unchanged() {
        for text in ["", "free", "12,50 USD", "USD 12.50", " "] {
            assert_eq!(written(text, Locale::De), text);
        }
    }
}
