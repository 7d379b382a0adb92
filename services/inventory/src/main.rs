//! The Inventory Service's process.

use std::process::ExitCode;

use estore_contract::PeerName;

fn main() -> ExitCode {
    estore_kit::main(
        PeerName::Inventory,
        estore_inventory::documents,
        &estore_inventory::METRICS,
        estore_inventory::build,
    )
}
