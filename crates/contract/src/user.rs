//! The User Service's wire.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{Email, Sensitive};

/// `PUT /internal/admin`: creates the shop's first admin where the address has no account; never changes one.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AdminRequest {
    /// The admin's address, taken as verified.
    pub email: Email,
    /// The admin's password.
    #[schema(min_length = 8, max_length = 128)]
    pub password: Sensitive,
}
