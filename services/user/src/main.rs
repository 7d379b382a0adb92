//! The User Service's process.

use std::process::ExitCode;

use estore_contract::PeerName;

fn main() -> ExitCode {
    estore_kit::main(PeerName::User, estore_user::documents, &estore_user::METRICS, estore_user::build)
}
