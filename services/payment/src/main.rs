//! The process of the Payment Service.

use std::process::ExitCode;

use estore_contract::PeerName;

fn main() -> ExitCode {
    estore_server::main(
        PeerName::Payment,
        estore_payment::documents,
        &estore_payment::METRICS,
        estore_payment::SETTINGS,
        estore_payment::build,
    )
}
