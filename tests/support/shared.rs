//! One shop for every test that breaks nothing.

use std::{
    collections::BTreeMap,
    env,
    path::{Path, PathBuf},
    sync::OnceLock,
    thread,
    time::Duration,
};

use estore_stage::{ServiceName, Shop};
use reqwest::Client;
use uuid::Uuid;

use crate::{ADMIN, Mails, is_given, options};

/// What it takes to use a shop: addresses, a client, its mailbox.
#[derive(Clone)]
pub struct Access {
    /// The client of everybody here.
    pub http: Client,
    /// The first admin's address and password.
    pub admin: (String, String),
    urls: BTreeMap<ServiceName, String>,
}

impl Access {
    /// Of `shop`.
    #[must_use]
    pub fn to(shop: &Shop) -> Self {
        let urls = ServiceName::ALL.into_iter().map(|name| (name, shop.url(name))).collect();
        Self::with(urls, (ADMIN.0.to_owned(), ADMIN.1.to_owned()))
    }

    #[expect(clippy::disallowed_methods, clippy::expect_used, reason = "a test is no service")]
    pub(crate) fn with(urls: BTreeMap<ServiceName, String>, admin: (String, String)) -> Self {
        let http = Client::builder().timeout(Duration::from_secs(40)).build().expect("a client");
        Self { http, admin, urls }
    }

    /// The address of `path` at a service.
    #[must_use]
    pub fn url(&self, service: ServiceName, path: &str) -> String {
        format!("{}{path}", self.urls.get(&service).map_or("", String::as_str))
    }
}

/// It lives as long as this process; its parts are on leashes, and end with it.
static SHARED: OnceLock<&'static Shop> = OnceLock::new();

/// The shared shop.
///
/// # Panics
/// Where it does not start, or the tests are to use one that is given: no test can go on.
#[must_use]
pub fn shop() -> &'static Shop {
    assert!(!is_given(), "this test needs a shop of its own");
    SHARED.get_or_init(|| {
        // Its own runtime: that of the test that comes first ends with that test.
        #[expect(clippy::expect_used, reason = "a test cannot go on without its shop")]
        thread::spawn(|| {
            let runtime = Box::leak(Box::new(tokio::runtime::Runtime::new().expect("a runtime")));
            let directory = directory("shared");
            Shop::erase(&directory).expect("an empty directory");
            &*Box::leak(Box::new(runtime.block_on(Shop::start(options(directory, &[]))).expect("a shop")))
        })
        .join()
        .expect("the shop's thread")
    })
}

/// Access to the shared shop, with a client of the calling test's own: its connections end with the test's runtime.
#[must_use]
pub fn access() -> Access {
    if is_given() { Access::given() } else { Access::to(shop()) }
}

impl Access {
    /// Where the shared shop's mails are.
    #[must_use]
    pub fn mailbox() -> Mails<'static> {
        if is_given() { Self::given().mails() } else { Mails::Stage(&shop().mailbox) }
    }
}

/// Below the build's own directory: erased with it.
///
/// # Panics
/// Where this program is nowhere.
#[must_use]
#[expect(clippy::expect_used, reason = "a test is no service")]
pub fn directory(name: &str) -> PathBuf {
    let program = env::current_exe().expect("where this program is");
    // A test is in target/debug/deps, a benchmark in target/release.
    let build = program.ancestors().find(|path| path.ends_with("debug") || path.ends_with("release"));
    build.and_then(Path::parent).expect("a build directory").join("estore-tests").join(name)
}

/// An id that nobody has used.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "a test is no service")]
pub fn unique_id() -> Uuid {
    Uuid::now_v7()
}

/// A word that nobody has used.
#[must_use]
pub fn unique() -> String {
    // Its end is random, its beginning is the time.
    unique_id().simple().to_string().chars().rev().collect()
}

/// One of our programs, next to where the tests are.
///
/// # Panics
/// Where this program is nowhere.
#[must_use]
#[expect(clippy::expect_used, reason = "a test is no service")]
pub fn program(name: &str) -> PathBuf {
    let program = env::current_exe().expect("where this program is");
    program.ancestors().nth(2).expect("a build directory").join(name)
}
