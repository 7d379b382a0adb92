//! The short number of an order, for people: `K7QX-2M9D`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use utoipa::ToSchema;

use crate::OrderId;

/// The letters of Crockford's base 32: no I, L, O and U.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// The number of letters, each of 5 bits.
const LENGTH: usize = 8;

/// The short number of an order: the first 40 bits of its id. Two orders can have the same number,
/// though hardly two of one customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ToSchema)]
#[schema(value_type = String, description = "must be the number of an order: two groups of four letters or digits", pattern = "^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$", example = "K7QX-2M9D")]
pub struct OrderNumber(u64);

impl OrderId {
    /// Returns the order's number.
    #[must_use]
    pub fn number(self) -> OrderNumber {
        // 40 of 128 bits, which always fit.
        OrderNumber(u64::try_from(self.0.as_u128() >> 88).unwrap_or_default())
    }
}

impl OrderNumber {
    /// Returns the beginning that the ids of all orders with this number have.
    #[must_use]
    pub fn id_prefix(self) -> String {
        format!("{:08x}-{:02x}", self.0 >> 8, self.0 & 0xff)
    }
}

impl fmt::Display for OrderNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for at in 0..LENGTH {
            if at == LENGTH / 2 {
                f.write_str("-")?;
            }
            let bits = usize::try_from((self.0 >> (5 * (LENGTH - 1 - at))) & 31).unwrap_or_default();
            let letter = LETTERS.get(bits).copied().map_or('0', char::from);
            fmt::Write::write_char(f, letter)?;
        }
        Ok(())
    }
}

/// The error for a text that is not the number of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be the number of an order, such as K7QX-2M9D")]
pub struct InvalidOrderNumber;

impl FromStr for OrderNumber {
    type Err = InvalidOrderNumber;

    /// Accepts any case, a missing dash, spaces, and the letters that look alike: O for 0, I and L
    /// for 1.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (mut number, mut length) = (0, 0);
        for letter in text.bytes().filter(|letter| !matches!(letter, b'-' | b' ')) {
            let letter = match letter.to_ascii_uppercase() {
                b'O' => b'0',
                b'I' | b'L' => b'1',
                letter => letter,
            };
            let bits = LETTERS.iter().position(|known| *known == letter).ok_or(InvalidOrderNumber)?;
            length += 1;
            if length > LENGTH {
                return Err(InvalidOrderNumber);
            }
            number = (number << 5) | u64::try_from(bits).map_err(|_| InvalidOrderNumber)?;
        }
        if length == LENGTH { Ok(Self(number)) } else { Err(InvalidOrderNumber) }
    }
}

impl Serialize for OrderNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for OrderNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// An order in a path: by its id, or by its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderRef {
    /// The id.
    Id(OrderId),
    /// The number.
    Number(OrderNumber),
}

impl FromStr for OrderRef {
    type Err = InvalidOrderNumber;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map_or_else(|_| text.parse().map(Self::Number), |id| Ok(Self::Id(id)))
    }
}

impl<'de> Deserialize<'de> for OrderRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn id(text: &str) -> OrderId {
        text.parse().unwrap()
    }

    #[test]
    fn number_is_the_first_bits_of_the_id() {
        for (begin, number) in [
            ("00000000-00", "0000-0000"),
            ("ffffffff-ff", "ZZZZ-ZZZZ"),
            ("00000000-01", "0000-0001"),
            ("08421084-21", "1111-1111"),
            ("84653a56-d7", "GHJK-MNPQ"),
        ] {
            let id = id(&format!("{begin}00-5000-8000-000000000000"));
            assert_eq!(id.number().to_string(), number);
            assert_eq!(id.number().id_prefix(), begin);
        }
    }

    #[test]
    fn number_is_read_as_people_write_it() {
        let number = id("08421084-2100-5000-8000-000000000000").number();
        for text in ["1111-1111", "11111111", "iIlL-1111", "1111 1111", " 1-1-1-1-1111 ", "LLLLLLLL"] {
            assert_eq!(text.parse(), Ok(number), "{text}");
        }
        assert_eq!("oO0o-ooOO".parse::<OrderNumber>().unwrap().to_string(), "0000-0000");
        for bad in ["", "1111-111", "1111-11111", "1111-111U", "1111_1111", "١111-1111", "1111\n1111"] {
            assert_eq!(bad.parse::<OrderNumber>(), Err(InvalidOrderNumber), "{bad}");
        }
    }

    #[test]
    fn every_number_is_read_back() {
        for seed in 0..1000_u16 {
            let id = OrderId(Uuid::new_v5(&Uuid::nil(), &seed.to_be_bytes()));
            let number = id.number();
            assert_eq!(number.to_string().parse(), Ok(number));
            assert_eq!(number.to_string().to_lowercase().parse(), Ok(OrderRef::Number(number)));
            assert!(id.to_string().starts_with(&number.id_prefix()));
            assert_eq!(id.to_string().parse(), Ok(OrderRef::Id(id)));
        }
    }
}
