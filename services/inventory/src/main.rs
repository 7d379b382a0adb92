//! The process of the Inventory Service.

use std::process::ExitCode;

use estore_contract::PeerName;

fn main() -> ExitCode {
    estore_server::main(
        PeerName::Inventory,
        estore_inventory::documents,
        &estore_inventory::METRICS,
        estore_inventory::SETTINGS,
        estore_inventory::build,
    )
}
