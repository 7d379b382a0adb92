//! The process of the Verification Service.

use std::process::ExitCode;

use estore_contract::PeerName;

fn main() -> ExitCode {
    estore_server::main(
        PeerName::Verification,
        estore_verification::documents,
        &estore_verification::METRICS,
        estore_verification::SETTINGS,
        estore_verification::build,
    )
}
