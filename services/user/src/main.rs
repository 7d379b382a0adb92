//! The process of the User Service.

use std::process::ExitCode;

use estore_contract::PeerName;

fn main() -> ExitCode {
    estore_server::main(
        PeerName::User,
        estore_user::documents,
        &estore_user::METRICS,
        estore_user::SETTINGS,
        estore_user::build,
    )
}
