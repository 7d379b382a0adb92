//! A visitor of the storefront.

use estore_testbed::ServiceName::Storefront;
use estore_tests::{Access, Answer};
use reqwest::{
    Client,
    header::{COOKIE, SET_COOKIE},
    redirect::Policy,
};

/// A visitor who is logged in.
pub(super) struct Visitor {
    access: Access,
    http: Client,
    cookies: String,
}

impl Visitor {
    /// Logs in by the form.
    #[expect(clippy::disallowed_methods, reason = "a test is no service")]
    pub(super) async fn login(access: &Access, email: &str, password: &str) -> Self {
        // The cookies come with a redirect, which must not be followed.
        let http = Client::builder().redirect(Policy::none()).build().unwrap();
        let url = access.url(Storefront, "/login");
        let form = Answer::of(http.get(&url)).await.expect(200);
        let (_, rest) = form.text.split_once("name=\"form_token\" value=\"").unwrap();
        let token = rest.split('"').next().unwrap();
        let fields = [("email", email), ("password", password), ("next", "/"), ("form_token", token)];
        let sent = http.post(&url).header(COOKIE, cookies(&form)).form(&fields);
        let answer = Answer::of(sent).await.expect(303);
        Self { access: access.clone(), http, cookies: cookies(&answer) }
    }

    /// Opens a page.
    pub(super) async fn open(&self, path: &str) -> Answer {
        Answer::of(self.http.get(self.access.url(Storefront, path)).header(COOKIE, &self.cookies)).await
    }

    /// Opens a page, which must have this text.
    pub(super) async fn sees(&self, path: &str, text: &str) {
        let page = self.open(path).await.expect(200).text;
        assert!(page.contains(text), "{path} without {text}: {page}");
    }
}

/// Returns the cookies that an answer sets, as a browser sends them back.
fn cookies(answer: &Answer) -> String {
    let lines = answer.headers.get_all(SET_COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines.filter_map(|line| line.split(';').next()).collect::<Vec<_>>().join("; ")
}
