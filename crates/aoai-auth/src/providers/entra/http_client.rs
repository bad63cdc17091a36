//! The HTTP clients that credentials have unless they are given one.

use std::sync::OnceLock;
use std::time::Duration;

use async_trait::async_trait;
use azure_core::error::ErrorKind as AzureErrorKind;
use azure_core::http::{AsyncRawResponse, HttpClient, Request};

use crate::error::{Error, ErrorKind, Result};

/// A client for Entra ID, by the proxies that the system is set to.
pub(super) fn build() -> Result<reqwest::Client> {
    finish(builder())
}

/// Asks what answers on this machine only, past all proxies.
///
/// Its client is built when it is first used, as most programs never have a use for it and building
/// one reads the system's certificates.
#[derive(Debug, Default)]
pub(super) struct Direct(OnceLock<reqwest::Client>);

impl Direct {
    fn client(&self) -> Result<&reqwest::Client> {
        if let Some(client) = self.0.get() {
            return Ok(client);
        }
        let client = finish(builder().no_proxy())?;
        Ok(self.0.get_or_init(|| client))
    }
}

#[async_trait]
impl HttpClient for Direct {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let client = self
            .client()
            .map_err(|error| azure_core::Error::new(AzureErrorKind::Other, error))?;
        client.execute_request(request).await
    }
}

fn builder() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .connect_timeout(CONNECT_TIMEOUT)
        .read_timeout(READ_TIMEOUT)
        .redirect(reqwest::redirect::Policy::none())
}

fn finish(builder: reqwest::ClientBuilder) -> Result<reqwest::Client> {
    builder.build().map_err(|error| {
        Error::new(
            ErrorKind::Misconfigured,
            "cannot build an HTTP client for Entra ID; \
             install the system's bundle of certificate authorities, or pass a client",
        )
        .with_source(error)
    })
}

const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);
const READ_TIMEOUT: Duration = Duration::from_secs(60);
