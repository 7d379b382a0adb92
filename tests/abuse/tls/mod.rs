//! TLS between the services and to their stores: rejected peers, and certificate renewal while
//! services run.

mod authority;
mod callers;
mod fake;
mod mounted;
mod reload;
mod rotation;
mod servers;
mod stores;
