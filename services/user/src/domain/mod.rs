//! The rule for new passwords, tokens, and the search for accounts.

pub(crate) mod forms;
mod password;
mod search;
mod tokens;

pub use password::NewPassword;
pub use search::{Search, searchable};
pub use tokens::{ACCESS_TOKEN_SECONDS, Claims, RefreshToken, TokenIssuer};
