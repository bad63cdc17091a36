//! What all Entra credentials share.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use azure_core::cloud::{CloudConfiguration, CustomConfiguration};
use azure_core::http::{ClientOptions, Transport};

use super::http_client::{self, Direct};
use crate::clock::{Clock, SystemClock};
use crate::cloud::Cloud;
use crate::error::Result;

/// The HTTP client, the cloud and the patience that Entra credentials share.
///
/// Cheap to clone; clones share one connection pool.
///
/// A client of our own uses the proxies that `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`
/// name, in lower case too, or that the system is set to. Only [managed
/// identities](super::Entra::managed_identity) are asked for without: the service that knows them
/// answers this machine and [cannot be reached through a
/// proxy](https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service#proxies).
#[derive(Clone)]
pub struct EntraOptions {
    client: ClientOptions,
    /// Past all proxies, where the client is our own.
    direct: Option<Transport>,
    cloud: Option<Cloud>,
    patience: Duration,
    clock: Option<Arc<dyn Clock>>,
}

impl EntraOptions {
    /// Options with an HTTP client of their own.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Misconfigured`](crate::ErrorKind::Misconfigured) where the client cannot be
    /// built, such as on a machine without a bundle of certificate authorities.
    pub fn new() -> Result<Self> {
        Self::with_client_options(ClientOptions::default())
    }

    /// Options with this HTTP client, and so with its connection pool, proxies and certificates.
    ///
    /// It should follow no redirects (`.redirect(reqwest::redirect::Policy::none())`): reqwest would
    /// carry a client secret to wherever they lead. For managed identities it should use no proxy
    /// (`.no_proxy()`).
    pub fn with_client(client: reqwest::Client) -> Self {
        Self::with_transport(Transport::new(Arc::new(client)))
    }

    /// Options with any transport of `azure_core`.
    pub fn with_transport(transport: Transport) -> Self {
        Self::build(ClientOptions {
            transport: Some(transport),
            ..ClientOptions::default()
        })
    }

    /// Options with all that `azure_core` lets a program choose: policies, retries, instrumentation.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new), where they have no transport.
    pub fn with_client_options(mut options: ClientOptions) -> Result<Self> {
        let direct = options.transport.is_none();
        if direct {
            options.transport = Some(Transport::new(Arc::new(http_client::build()?)));
        }
        Ok(Self {
            direct: direct.then(|| Transport::new(Arc::new(Direct::default()))),
            ..Self::build(options)
        })
    }

    fn build(client: ClientOptions) -> Self {
        Self {
            client,
            direct: None,
            cloud: None,
            patience: PATIENCE,
            clock: None,
        }
    }

    /// The same, in another cloud.
    ///
    /// Without this, tokens come from `AZURE_AUTHORITY_HOST` where that is set, and otherwise from
    /// the public cloud.
    #[must_use]
    pub fn cloud(mut self, cloud: Cloud) -> Self {
        let known = match &cloud {
            Cloud::Public => CloudConfiguration::AzurePublic,
            Cloud::UsGovernment => CloudConfiguration::AzureGovernment,
            Cloud::China => CloudConfiguration::AzureChina,
            Cloud::Custom(custom) => {
                let mut configuration = CustomConfiguration::default();
                configuration.authority_host.clone_from(&custom.authority);
                configuration.into()
            }
        };
        self.client.cloud = Some(Arc::new(known));
        self.cloud = Some(cloud);
        self
    }

    /// The same, giving up a fetch of a token that takes longer than this, retries included; what is
    /// asked of a vault has as long again. 60 s at first. For more than five minutes,
    /// [`Cached::timeout`](crate::Cached::timeout) and the limits of clients have to be longer, too.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The same, by another clock.
    ///
    /// It tells when tokens expire, whether a secret in a vault is valid yet and still, and when
    /// tokens for the vault are due. The patience with servers is the computer's own.
    #[must_use]
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = Some(clock);
        self
    }

    /// The same, past all proxies, unless the client is the caller's.
    pub(crate) fn direct(&self) -> Self {
        let mut direct = self.clone();
        if let Some(transport) = direct.direct.clone() {
            direct.client.transport = Some(transport);
        }
        direct
    }

    #[cfg(feature = "key-vault")]
    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        self.clock
            .clone()
            .unwrap_or_else(|| Arc::new(SystemClock::new()))
    }

    /// A moment that the Azure SDK has counted from the computer's time, by this clock.
    pub(crate) fn by_clock(&self, moment: SystemTime) -> SystemTime {
        let Some(clock) = &self.clock else {
            return moment;
        };
        let left = moment.duration_since(SystemClock::new().now());
        clock.now() + left.unwrap_or_default()
    }

    pub(crate) fn client_options(&self) -> ClientOptions {
        self.client.clone()
    }

    pub(crate) fn how_patient(&self) -> Duration {
        self.patience
    }

    #[cfg(feature = "key-vault")]
    pub(crate) fn chosen_cloud(&self) -> Cloud {
        self.cloud.clone().unwrap_or_default()
    }
}

impl fmt::Debug for EntraOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EntraOptions")
            .field("cloud", &self.cloud)
            .field("patience", &self.patience)
            .finish_non_exhaustive()
    }
}

const PATIENCE: Duration = Duration::from_secs(60);
