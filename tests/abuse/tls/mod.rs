//! TLS between the services, and to their stores: who is refused, and that certificates are exchanged while all goes on.

mod authority;
mod callers;
mod fake;
mod mounted;
mod reload;
mod rotation;
mod servers;
mod stores;
