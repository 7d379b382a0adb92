//! Passwords and tokens.

mod forms;
mod hash_pool;
mod hasher;
mod password;
mod pepper;
mod priority;
mod tokens;

pub use hasher::{HashError, Hasher};
pub use password::NewPassword;
pub use pepper::Peppers;
pub use tokens::{ACCESS_TOKEN_SECONDS, Claims, RefreshToken, TokenIssuer};
