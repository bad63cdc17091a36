//! Azure's addresses, served on loopback.

use std::sync::{Arc, LazyLock};

use aoai_auth::EntraOptions;
use async_trait::async_trait;
use azure_core::http::{
    AsyncRawResponse, ClientOptions, HttpClient, Request, RetryOptions, Transport, Url,
};
use wiremock::MockServer;

/// Sends every request to one server on loopback, and tells it where the request was meant to go.
///
/// Microsoft's clients insist on https and on addresses that a test cannot have.
#[derive(Debug)]
pub(crate) struct Loopback {
    client: reqwest::Client,
    base: Url,
}

#[async_trait]
impl HttpClient for Loopback {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let original = request.url().clone();
        let mut url = self.base.clone();
        url.set_path(original.path());
        url.set_query(original.query());
        let mut request = request.clone();
        *request.url_mut() = url;
        let origin = original.origin().ascii_serialization();
        request.insert_header("x-meant-for", origin);
        self.client.execute_request(&request).await
    }
}

impl Loopback {
    pub(crate) fn new(base: &str) -> Self {
        Self {
            client: CLIENT.clone(),
            base: base.parse().unwrap(),
        }
    }
}

/// Options whose requests all end up at this server, each of them once.
pub(crate) fn options(server: &MockServer) -> EntraOptions {
    with_transport(Transport::new(Arc::new(Loopback::new(&server.uri()))))
}

/// One for all, as each one reads the system's certificates. It keeps no connections: those would
/// belong to the runtime of the test that made them.
static CLIENT: LazyLock<reqwest::Client> = LazyLock::new(|| {
    let client = reqwest::Client::builder().no_proxy();
    client.pool_max_idle_per_host(0).build().unwrap()
});

/// Options with this transport and no retries.
pub(crate) fn with_transport(transport: Transport) -> EntraOptions {
    EntraOptions::with_client_options(ClientOptions {
        transport: Some(transport),
        retry: RetryOptions::none(),
        ..ClientOptions::default()
    })
    .unwrap()
}
