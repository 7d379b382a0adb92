//! The names of an enum's variants. A name is declared once, and is the same on the wire, in
//! stores, in paths and in metrics.

/// The error for a text that is not the name of a variant. Does not repeat the text, which may be
/// private.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not the name of a {0}")]
pub struct UnknownName(pub(crate) &'static str);

/// Defines an enum by its variants and their names.
macro_rules! named {
    ($(#[$meta:meta])* pub enum $name:ident { $($(#[$of:meta])* $variant:ident = $text:tt,)+ }) => {
        $(#[$meta])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
        )]
        pub enum $name { $($(#[$of])* #[serde(rename = $text)] $variant,)+ }

        impl $name {
            /// Every variant.
            pub const ALL: [Self; [$($text),+].len()] = [$(Self::$variant),+];

            /// Returns the name on the wire and in stores.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownName;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let known = Self::ALL.into_iter().find(|known| known.as_str() == text);
                known.ok_or($crate::UnknownName(stringify!($name)))
            }
        }
    };
}

pub(crate) use named;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{introspection::Role, payment::OrderStatus, verification::Locale};

    #[test]
    fn name_is_the_same_on_the_wire() {
        for status in OrderStatus::ALL {
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
            assert_eq!(status.as_str().parse(), Ok(status));
        }
    }

    #[test]
    fn unknown_name_is_an_error() {
        assert_eq!("Admin".parse::<Role>(), Err(UnknownName("Role")));
        assert_eq!("".parse::<Locale>().unwrap_err().to_string(), "is not the name of a Locale");
    }
}
