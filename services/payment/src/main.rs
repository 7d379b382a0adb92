//! The Payment Service's process.

use std::process::ExitCode;

use estore_contract::PeerName;

fn main() -> ExitCode {
    estore_kit::main(
        PeerName::Payment,
        estore_payment::documents,
        &estore_payment::METRICS,
        estore_payment::build,
    )
}
