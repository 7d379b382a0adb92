//! The Verification Service's process.

use std::process::ExitCode;

use estore_contract::PeerName;

fn main() -> ExitCode {
    estore_kit::main(
        PeerName::Verification,
        estore_verification::documents,
        &estore_verification::METRICS,
        estore_verification::build,
    )
}
