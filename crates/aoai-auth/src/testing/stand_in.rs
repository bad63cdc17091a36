//! Azure on this machine.

use std::net::{Ipv4Addr, SocketAddr};

use azure_core::http::Url;

use crate::cloud::{Cloud, CustomCloud};
use crate::error::{Error, ErrorKind, Result};
use crate::provider::Audience;
use crate::providers::entra::EntraOptions;

/// Options for a stand-in for Azure on this machine, such as aoai-emulator's feature `identity`.
///
/// Tokens come from `authority`, `https://localhost:PORT`. Its certificate, in PEM, is the only one
/// that is trusted. `management.azure.com` and the names in `hosts`, such as a vault's, are found
/// there, too.
///
/// # Errors
///
/// [`ErrorKind::Misconfigured`] where the authority has no port or the certificate is none.
///
/// ```no_run
/// # fn example(certificate: &str) -> aoai_auth::Result<()> {
/// use aoai_auth::Entra;
/// use aoai_auth::testing::stand_in;
///
/// let options = stand_in("https://localhost:8443", certificate, ["contoso.vault.azure.net"])?;
/// let me = Entra::client_secret("tenant", "client", "fake-secret", &options);
/// # Ok(()) }
/// ```
pub fn stand_in<'a>(
    authority: &str,
    certificate: &str,
    hosts: impl IntoIterator<Item = &'a str>,
) -> Result<EntraOptions> {
    let wrong = |told: &str| Error::new(ErrorKind::Misconfigured, format!("the stand-in {told}"));
    let url = Url::parse(authority).ok();
    let port = url.and_then(|url| url.port());
    let port = port.ok_or_else(|| wrong("has no address with a port"))?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let certificate = reqwest::Certificate::from_pem(certificate.as_bytes())
        .map_err(|error| wrong("has no certificate that can be trusted").with_source(error))?;
    let builder = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .tls_certs_only([certificate]);
    let client = hosts
        .into_iter()
        .chain([MANAGEMENT])
        .fold(builder, |builder, host| builder.resolve(host, address))
        .build()
        .map_err(|error| wrong("has no certificate that can be trusted").with_source(error))?;
    let manager = format!("https://{MANAGEMENT}");
    let cloud = CustomCloud::new(authority, Audience::COGNITIVE_SERVICES, manager);
    Ok(EntraOptions::with_client(client).cloud(Cloud::Custom(cloud)))
}

const MANAGEMENT: &str = "management.azure.com";
