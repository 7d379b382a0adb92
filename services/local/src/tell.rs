//! Prints to the person at the terminal.

use std::io::{self, Write};

use estore_testbed::{ServiceName, Shop};

use crate::{demo::CUSTOMER, ports::Beside, up::Extras};

/// Prints a line on stdout. If the terminal is gone, nobody needs it.
pub(crate) fn say(line: &str) {
    let _gone = writeln!(io::stdout(), "{line}");
}

/// Prints a line on stderr.
pub(crate) fn complain(line: &str) {
    let _gone = writeln!(io::stderr(), "{line}");
}

/// Prints the first steps, once everything runs.
pub(crate) fn welcome(shop: &Shop, (email, password): (&str, &str), beside: Option<&Beside>, extras: Extras) {
    let url = |name| shop.url(name).replace("127.0.0.1", "localhost");
    let [user, verification, inventory, payment] = ServiceName::ALL.map(url);
    let front = url(ServiceName::Storefront);
    let (mailbox, directory) = (shop.mailbox.http_port, shop.directory().display());
    let customer = if extras.demo {
        format!("  Customer      {} / {}\n", CUSTOMER.0, CUSTOMER.1)
    } else {
        String::new()
    };
    let engine = beside.map_or_else(String::new, |beside| engine(&front, beside, extras));
    say(&format!(
        r#"
E-Store is up.

  Shop          {front}
  Back office   {front}/admin
  Mailbox       http://localhost:{mailbox}
{engine}
  Admin         {email} / {password}
{customer}
The APIs, which are below {front}/api/ too:

  User          {user}/docs
  Inventory     {inventory}/docs
  Payment       {payment}/docs
  Verification  {verification}/docs

A first order without a browser, in another terminal:

  TOKEN=$(curl -s {front}/api/user/login -H 'Content-Type: application/json' -d '{{"email": "{email}", "password": "{password}"}}' | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
  CARD=$(curl -s {front}/api/payment/payment-methods -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -d '{{"payment_type": "Card", "details": {{"card_number": "4242424242424242", "expiry_month": 12, "expiry_year": 2029, "cvc": "123"}}}}' | sed 's/.*"id":"\([^"]*\)".*/\1/')
  curl -s {front}/api/payment/orders -H "Authorization: Bearer $TOKEN" -H 'Idempotency-Key: first-order' -H 'Content-Type: application/json' -d '{{"items": [{{"sku": "MUG-ENAMEL-01", "quantity": 2}}], "payment_method_id": "'$CARD'"}}'

Logs and data are in {directory}. Ctrl-C stops everything; the data stays for the next time, ./dev reset erases it."#
    ));
}

/// Names the engine room, and what is behind it.
fn engine(front: &str, beside: &Beside, extras: Extras) -> String {
    let at = |port: u16| format!("http://localhost:{port}");
    let mut lines =
        vec![format!("  Engine room   {front}/engine"), format!("  Prometheus    {}", at(beside.prometheus))];
    if extras.demo {
        lines.push(format!("  Faults        {} (its API: /docs)", at(beside.chaos.public)));
        lines.push(format!("  Load          {} (its API: /docs)", at(beside.shopper.public)));
    }
    lines.join("\n") + "\n"
}
