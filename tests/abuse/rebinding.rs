//! Pages of other sites that read a port without a login, by a name that leads there.

use estore_testbed::ServiceName::Inventory;
use estore_tests::Answer;

use super::replica::Replica;

#[tokio::test]
async fn management_port_is_read_by_private_names() {
    let replica = Replica::start(Inventory, &[]).await;
    let port = replica.process.management_port;
    let ask = async |path: &str, host: &str| {
        let request = replica.access.http.get(format!("http://127.0.0.1:{port}{path}"));
        Answer::of(request.header("Host", host)).await
    };
    for path in ["/metrics", "/log", "/health", "/ready"] {
        for host in ["evil.example", "evil.example:8101", "localhost.evil.example"] {
            let _refused = ask(path, host).await.refused(403, "forbidden");
        }
        for host in ["localhost:8101", "127.0.0.1", "10.1.2.3:8101", "shop-inventory", "shop-inventory.x.svc"]
        {
            let _read = ask(path, host).await.expect(200);
        }
    }
}
