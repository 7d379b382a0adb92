//! The process of the storefront.

use std::process::ExitCode;

fn main() -> ExitCode {
    estore_server::front(
        "storefront",
        &estore_storefront::METRICS,
        estore_storefront::SETTINGS,
        estore_storefront::build,
    )
}
