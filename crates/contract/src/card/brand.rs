//! The card schemes by first digits, as the schemes publish their issuer identification numbers
//! (ISO/IEC 7812).

/// A range of first digits, from and to, and the scheme that issues them. The first row that
/// matches wins, so a range within another range stands before it.
const BRANDS: [(u32, u32, &str); 20] = [
    (622_126, 622_925, "discover"),
    (500_000, 504_174, "maestro"),
    (504_176, 506_698, "maestro"),
    (506_779, 508_999, "maestro"),
    (2221, 2720, "mastercard"),
    (3528, 3589, "jcb"),
    (6011, 6011, "discover"),
    (300, 305, "diners"),
    (309, 309, "diners"),
    (644, 649, "discover"),
    (34, 34, "amex"),
    (36, 36, "diners"),
    (37, 37, "amex"),
    (38, 39, "diners"),
    (51, 55, "mastercard"),
    (56, 59, "maestro"),
    (62, 62, "unionpay"),
    (63, 63, "maestro"),
    (65, 65, "discover"),
    (67, 67, "maestro"),
];

/// Returns the scheme of a card number, or `unknown`.
pub(super) fn of(number: &str) -> &'static str {
    if number.starts_with('4') {
        return "visa";
    }
    let begins = |(from, to, _): &&(u32, u32, &str)| {
        let digits = from.to_string().len();
        number
            .get(..digits)
            .and_then(|lead| lead.parse().ok())
            .is_some_and(|lead| (*from..=*to).contains(&lead))
    };
    BRANDS.iter().find(begins).map_or("unknown", |(_, _, brand)| brand)
}

#[cfg(test)]
mod tests {
    use super::of;

    #[test]
    fn brand_is_right_at_range_edges() {
        for (lead, brand) in [
            ("4242", "visa"),
            ("5099", "unknown"),
            ("5100", "mastercard"),
            ("5599", "mastercard"),
            ("2220", "unknown"),
            ("2221", "mastercard"),
            ("2720", "mastercard"),
            ("2721", "unknown"),
            ("3400", "amex"),
            ("3799", "amex"),
            ("2999", "unknown"),
            ("3000", "diners"),
            ("3059", "diners"),
            ("3060", "unknown"),
            ("3089", "unknown"),
            ("3090", "diners"),
            ("3099", "diners"),
            ("3100", "unknown"),
            ("3600", "diners"),
            ("3800", "diners"),
            ("3999", "diners"),
            ("3527", "unknown"),
            ("3528", "jcb"),
            ("3589", "jcb"),
            ("3590", "unknown"),
            ("6010", "unknown"),
            ("6011", "discover"),
            ("6012", "unknown"),
            ("622125", "unionpay"),
            ("622126", "discover"),
            ("622925", "discover"),
            ("622926", "unionpay"),
            ("6439", "unknown"),
            ("6440", "discover"),
            ("6499", "discover"),
            ("6500", "discover"),
            ("6599", "discover"),
            ("5018", "maestro"),
            ("504175", "unknown"),
            ("506699", "unknown"),
            ("506779", "maestro"),
            ("5599", "mastercard"),
            ("5600", "maestro"),
            ("5893", "maestro"),
            ("6304", "maestro"),
            ("6759", "maestro"),
            ("6800", "unknown"),
            ("1534", "unknown"),
            ("9999", "unknown"),
        ] {
            assert_eq!(of(&format!("{lead:0<16}")), brand, "{lead}");
        }
    }
}
