//! One shop for every test that breaks nothing.

use std::{collections::BTreeMap, env, ffi::OsStr, path::PathBuf, sync::OnceLock, thread, time::Duration};

use estore_testbed::{ServiceName, Shop, build_directory, ours};
use reqwest::Client;
use serde_json::Value;
use uuid::Uuid;

use crate::{ADMIN, Answer, Mails, fresh, is_given};

/// Everything needed to use a shop: addresses, a client, its mailbox.
#[derive(Clone)]
pub struct Access {
    /// The HTTP client that all customers share.
    pub http: Client,
    /// The first admin's email address and password.
    pub admin: (String, String),
    urls: BTreeMap<ServiceName, String>,
}

/// Returns the HTTP client of tests.
///
/// # Panics
/// If the machine has no usable certificates.
#[must_use]
#[expect(clippy::disallowed_methods, clippy::expect_used, reason = "a test is no service")]
pub fn http() -> Client {
    Client::builder().timeout(Duration::from_secs(40)).build().expect("a client")
}

impl Access {
    /// Returns access to `shop`.
    #[must_use]
    pub fn to(shop: &Shop) -> Self {
        let urls = ServiceName::WITH_STOREFRONT.into_iter().map(|name| (name, shop.url(name))).collect();
        Self::with(urls, (ADMIN.0.to_owned(), ADMIN.1.to_owned()))
    }

    pub(crate) fn with(urls: BTreeMap<ServiceName, String>, admin: (String, String)) -> Self {
        Self { http: http(), admin, urls }
    }

    /// Returns the address of `path` at a service or at the storefront.
    #[must_use]
    pub fn url(&self, service: ServiceName, path: &str) -> String {
        format!("{}{path}", self.urls.get(&service).map_or("", String::as_str))
    }

    /// Posts `body` to the User Service, as nobody.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        Answer::of(self.http.post(self.url(ServiceName::User, path)).json(body)).await
    }
}

/// Lives as long as this process. Its programs end with the process.
static SHARED: OnceLock<&'static Shop> = OnceLock::new();

/// Returns the shared shop.
///
/// # Panics
/// If the shop does not start, or if the tests are to use one that they did not start: no test can
/// go on.
#[must_use]
pub fn shop() -> &'static Shop {
    assert!(!is_given(), "this test needs a shop of its own");
    SHARED.get_or_init(|| {
        // A runtime of its own, because the runtime of the first test ends with that test.
        #[expect(clippy::expect_used, reason = "a test cannot go on without its shop")]
        thread::spawn(|| {
            let runtime = Box::leak(Box::new(tokio::runtime::Runtime::new().expect("a runtime")));
            let directory = directory("shared");
            &*Box::leak(Box::new(runtime.block_on(Shop::start(fresh(directory, &[]))).expect("a shop")))
        })
        .join()
        .expect("the shop's thread")
    })
}

/// Returns access to the shared shop, with a client of the calling test's own. The client's
/// connections end with the test's runtime.
#[must_use]
pub fn access() -> Access {
    if is_given() { Access::given() } else { Access::to(shop()) }
}

impl Access {
    /// Returns the mailbox of the shared shop.
    #[must_use]
    pub fn mailbox() -> Mails<'static> {
        if is_given() { Self::given().mails() } else { Mails::Stage(&shop().mailbox) }
    }
}

/// Returns a directory of this program, below that of the build, so that both are erased together.
/// Two programs run at once, and each erases earlier data before it starts a shop.
///
/// # Panics
/// If the path of this program is unknown.
#[must_use]
#[expect(clippy::expect_used, reason = "a test is no service")]
pub fn directory(name: &str) -> PathBuf {
    let program = env::current_exe().expect("the path of this program");
    let program = program.file_stem().and_then(OsStr::to_str).expect("the name of this program");
    // Cargo adds a hash of 16 digits to the names of test binaries.
    let hashed = program.rsplit_once('-').filter(|(_, hash)| hash.len() == 16);
    let program = hashed.map_or(program, |(name, _)| name);
    build_directory().expect("a build directory").join("estore-tests").join(program).join(name)
}

/// Returns an unused id.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "a test is no service")]
pub fn unique_id() -> Uuid {
    Uuid::now_v7()
}

/// Returns an unused word.
#[must_use]
pub fn unique() -> String {
    // Reversed, because the end of the id is random and its beginning is the time.
    unique_id().simple().to_string().chars().rev().collect()
}

/// Returns the path of one of our programs, next to the tests.
///
/// # Panics
/// If it is not built.
#[must_use]
#[expect(clippy::expect_used, reason = "a test is no service")]
pub fn program(name: &str) -> PathBuf {
    ours(name).expect("a program of this workspace")
}
