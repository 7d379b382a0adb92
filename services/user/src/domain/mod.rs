//! Passwords and tokens.

mod hasher;
mod password;
mod tokens;
mod turns;

pub use hasher::{HashError, Hasher};
pub use password::NewPassword;
pub use tokens::{ACCESS_TOKEN_SECONDS, Claims, RefreshToken, TokenIssuer};
