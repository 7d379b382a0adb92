//! Amounts, numbers and times as each language writes them.

use estore_contract::{Money, verification::Locale};
use time::{Month, OffsetDateTime, UtcOffset};

/// Joins a number and its unit, which stay on one line.
const TIE: char = '\u{a0}';

/// The reason for which a text is not read as an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NoAmount {
    /// It is no amount in this currency.
    Invalid,
    /// Its sign may separate thousands or decimals: `1,500` in a currency with three decimals.
    Ambiguous,
}

/// Returns the sign between the groups of a number.
pub(crate) const fn group_sign(locale: Locale) -> char {
    match locale {
        Locale::En => ',',
        Locale::De => '.',
    }
}

/// Writes an amount: `$1,234.50`, `1.234,50 $`.
pub(crate) fn money(money: Money, locale: Locale) -> String {
    let Money { amount, currency } = money;
    let unit = 10_u64.pow(currency.digits());
    let number = count(amount.unsigned_abs() / unit, locale);
    let number = match (currency.digits(), locale) {
        (0, _) => number,
        (digits, _) => {
            let point = if locale == Locale::En { '.' } else { ',' };
            let rest = amount.unsigned_abs() % unit;
            format!("{number}{point}{rest:0width$}", width = digits as usize)
        }
    };
    let sign = if amount < 0 { "\u{2212}" } else { "" };
    let symbol = match currency.code() {
        "USD" => "$",
        "EUR" => "€",
        "GBP" => "£",
        "JPY" => "¥",
        code => {
            return match locale {
                Locale::En => format!("{sign}{code}{TIE}{number}"),
                Locale::De => format!("{sign}{number}{TIE}{code}"),
            };
        }
    };
    match locale {
        Locale::En => format!("{sign}{symbol}{number}"),
        Locale::De => format!("{sign}{number}{TIE}{symbol}"),
    }
}

/// Writes an amount as a form has it: without currency, with a point or a comma.
pub(crate) fn plain(money: Money, locale: Locale) -> String {
    let text = money.to_string();
    let number = text.split(' ').next().unwrap_or_default();
    if locale == Locale::De { number.replace('.', ",") } else { number.to_owned() }
}

/// Reads an amount in minor units as people write it, with a point or a comma: `12`, `12.5`,
/// `12,50`. `group` is the sign that separates thousands for these people. Refuses it before three
/// decimals, because it may mean a thousand times as much.
pub(crate) fn minor_units(text: &str, digits: u32, group: char) -> Result<i64, NoAmount> {
    let text = text.trim();
    let (whole, rest) = text.split_once(['.', ',']).unwrap_or((text, ""));
    let width = digits as usize;
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !is_number(whole) || !is_number(rest) || rest.len() > width {
        return Err(NoAmount::Invalid);
    }
    if rest.len() == 3 && text.contains(group) {
        return Err(NoAmount::Ambiguous);
    }
    let amount = format!("{whole}{rest:0<width$}").parse::<i64>().ok();
    amount.filter(|amount| (0..=Money::MAX).contains(amount)).ok_or(NoAmount::Invalid)
}

/// Writes a whole number with its groups: `1,234`, `1.234`.
pub(crate) fn count(number: u64, locale: Locale) -> String {
    let (digits, group) = (number.to_string(), group_sign(locale));
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(group);
        }
        text.push(digit);
    }
    text
}

/// Writes a date: `30 November 2026`, `30. November 2026`.
pub(crate) fn date(at: OffsetDateTime, locale: Locale) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    let (day, month, year) = (at.day(), month(at.month(), locale), at.year());
    match locale {
        Locale::En => format!("{day} {month} {year}"),
        Locale::De => format!("{day}. {month} {year}"),
    }
}

/// Writes a time: `30 November 2026, 22:34 UTC`.
pub(crate) fn moment(at: OffsetDateTime, locale: Locale) -> String {
    let (date, at) = (date(at, locale), at.to_offset(UtcOffset::UTC));
    format!("{date}, {:02}:{:02} UTC", at.hour(), at.minute())
}

const fn month(month: Month, locale: Locale) -> &'static str {
    match (month, locale) {
        (Month::January, Locale::En) => "January",
        (Month::January, Locale::De) => "Januar",
        (Month::February, Locale::En) => "February",
        (Month::February, Locale::De) => "Februar",
        (Month::March, Locale::En) => "March",
        (Month::March, Locale::De) => "März",
        (Month::April, _) => "April",
        (Month::May, Locale::En) => "May",
        (Month::May, Locale::De) => "Mai",
        (Month::June, Locale::En) => "June",
        (Month::June, Locale::De) => "Juni",
        (Month::July, Locale::En) => "July",
        (Month::July, Locale::De) => "Juli",
        (Month::August, _) => "August",
        (Month::September, _) => "September",
        (Month::October, Locale::En) => "October",
        (Month::October, Locale::De) => "Oktober",
        (Month::November, _) => "November",
        (Month::December, Locale::En) => "December",
        (Month::December, Locale::De) => "Dezember",
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn amount_is_written_as_its_language_writes_it() {
        for (amount, code, english, german) in [
            (0, "USD", "$0.00", "0,00\u{a0}$"),
            (5, "EUR", "€0.05", "0,05\u{a0}€"),
            (123_450, "USD", "$1,234.50", "1.234,50\u{a0}$"),
            (500, "JPY", "¥500", "500\u{a0}¥"),
            (1_234_005, "KWD", "KWD\u{a0}1,234.005", "1.234,005\u{a0}KWD"),
            (100_000, "CHF", "CHF\u{a0}1,000.00", "1.000,00\u{a0}CHF"),
            (-1490, "GBP", "\u{2212}£14.90", "\u{2212}14,90\u{a0}£"),
        ] {
            let amount = Money::new(amount, code.parse().unwrap());
            assert_eq!(
                (money(amount, Locale::En).as_str(), money(amount, Locale::De).as_str()),
                (english, german)
            );
        }
    }

    #[test]
    fn written_amount_is_read_with_point_or_comma() {
        for (text, digits, read) in [
            ("12", 2, Some(1200)),
            (" 12.5 ", 2, Some(1250)),
            ("12,50", 2, Some(1250)),
            ("500", 0, Some(500)),
            ("1.005", 3, Some(1005)),
            ("500.5", 0, None),
            ("1.234,50", 2, None),
            ("12.505", 2, None),
            ("-1", 2, None),
            ("", 2, None),
            (".5", 2, None),
            ("9999999999.99", 2, Some(Money::MAX)),
            ("10000000000", 2, None),
        ] {
            assert_eq!(minor_units(text, digits, ',').ok(), read, "{text}");
        }
        let price = Money::new(1490, "USD".parse().unwrap());
        assert_eq!(
            (plain(price, Locale::En), plain(price, Locale::De)),
            ("14.90".to_owned(), "14,90".to_owned())
        );
    }

    #[test]
    fn group_sign_before_three_decimals_is_ambiguous() {
        for (locale, ambiguous, clear) in [(Locale::En, "1,500", "1.500"), (Locale::De, "1.500", "1,500")] {
            let read = |text: &str, digits: u32| minor_units(text, digits, group_sign(locale));
            assert_eq!((read(ambiguous, 3), read(clear, 3)), (Err(NoAmount::Ambiguous), Ok(1500)));
            assert_eq!(read(ambiguous, 2), Err(NoAmount::Invalid));
            let short = &ambiguous[..ambiguous.len() - 1];
            assert_eq!((read(short, 3), read("1500", 3)), (Ok(1500), Ok(1_500_000)));
        }
    }

    #[test]
    fn time_is_written_in_utc() {
        let at = datetime!(2026-03-01 00:30:00 +01:00);
        assert_eq!(moment(at, Locale::En), "28 February 2026, 23:30 UTC");
        assert_eq!(date(at, Locale::De), "28. Februar 2026");
    }
}
