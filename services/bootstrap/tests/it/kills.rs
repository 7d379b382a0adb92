//! Kills `bootstrap secrets` before and after each of its calls, and runs it again.

use std::collections::BTreeMap;

use crate::{cluster::cluster, secrets::PLAN};

#[tokio::test]
async fn killed_run_completes_the_set_when_repeated() {
    for point in ["bootstrap.api.before", "bootstrap.api.after"] {
        let Some(cluster) = cluster().await else { return };
        let mut before: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        // Every run dies one call later than the one before, so that the leftovers grow from
        // nothing to everything.
        for at in 1.. {
            let fail_point = format!("{point}@{at}");
            let settings = [("SECRETS_PLAN", PLAN), ("FAIL_POINT", fail_point.as_str())];
            let ended = cluster.run("secrets", &settings).await;
            let after = cluster.secrets().await;
            for (name, data) in &before {
                assert_eq!(after.get(name), Some(data), "{name} after a kill at {fail_point}");
            }
            before = after;
            if ended.code == Some(0) {
                break;
            }
            assert_eq!(ended.code, None, "killed at {fail_point}: {ended:?}");
        }
        assert_eq!(before.len(), 5);
        let last = cluster.run("secrets", &[("SECRETS_PLAN", PLAN)]).await;
        assert_eq!(last.said.matches(": kept").count(), 5, "{last:?}");
    }
}
