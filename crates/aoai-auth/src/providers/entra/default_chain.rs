//! The chain for programs that run on a developer's machine and on Azure alike.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use azure_core::http::{Context, Method, Request, Url};
use azure_identity::Executor;

use super::{Entra, EntraOptions, ManagedIdentity, enumerate};
use crate::chain::Chain;
use crate::credential::Secret;
use crate::error::{Error, ErrorKind, Result};
use crate::provider::{Audience, CredentialProvider, Issued};
use crate::providers::env;

/// Chooses the links of the default chain.
///
/// In this order, each of which can be left out:
///
/// 1. **A service principal in the environment**: `AZURE_TENANT_ID`, `AZURE_CLIENT_ID` and
///    `AZURE_CLIENT_SECRET` (or, with the feature `client-certificate`,
///    `AZURE_CLIENT_CERTIFICATE_PATH` and perhaps `AZURE_CLIENT_CERTIFICATE_PASSWORD`). First, as
///    somebody set it on purpose, for this program.
/// 2. **Workload identity**: the variables that Kubernetes sets for a pod. Before managed identity,
///    as a pod's own identity is narrower than that of the node it runs on.
/// 3. **Managed identity**: what Azure gave the host; the user-assigned one with the client id
///    `AZURE_CLIENT_ID`, if that is set. Before developer tools, which may be installed on a host
///    without anybody meaning them.
/// 4. **Developer tools**: `az`, then `azd`. Last, as they act for a person.
///
/// A link that is configured and fails ends the search.
#[derive(Clone)]
pub struct DefaultChain {
    options: EntraOptions,
    lookup: Arc<Lookup>,
    executor: Option<Arc<dyn Executor>>,
    identity: Option<ManagedIdentity>,
    links: Vec<DefaultLink>,
}

/// A link of the default chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DefaultLink {
    /// A service principal in the environment.
    Environment,
    /// The identity of a pod.
    WorkloadIdentity,
    /// The identity of the host.
    ManagedIdentity,
    /// The person logged in to `az` or `azd`.
    DeveloperTools,
}

type Lookup = dyn Fn(&str) -> Option<String> + Send + Sync;

impl DefaultChain {
    pub(super) fn new(options: &EntraOptions) -> Self {
        Self {
            options: options.clone(),
            lookup: Arc::new(env::process),
            executor: None,
            identity: None,
            links: vec![
                DefaultLink::Environment,
                DefaultLink::WorkloadIdentity,
                DefaultLink::ManagedIdentity,
                DefaultLink::DeveloperTools,
            ],
        }
    }

    /// The same, reading variables by this function.
    #[must_use]
    pub fn lookup(
        mut self,
        lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.lookup = Arc::new(lookup);
        self
    }

    /// The same, running `az` and `azd` by this executor.
    #[must_use]
    pub fn executor(mut self, executor: Arc<dyn Executor>) -> Self {
        self.executor = Some(executor);
        self
    }

    /// The same, with this managed identity, whatever `AZURE_CLIENT_ID` says.
    #[must_use]
    pub fn managed_identity(mut self, identity: ManagedIdentity) -> Self {
        self.identity = Some(identity);
        self
    }

    /// The same without this link.
    #[must_use]
    pub fn without(mut self, link: DefaultLink) -> Self {
        self.links.retain(|kept| *kept != link);
        self
    }

    /// The chain.
    pub fn build(self) -> Chain {
        self.links
            .iter()
            .fold(Chain::new(), |chain, link| self.add(chain, *link))
    }

    fn add(&self, chain: Chain, link: DefaultLink) -> Chain {
        let (options, lookup) = (&self.options, Arc::clone(&self.lookup));
        match link {
            DefaultLink::Environment => chain.or(ServicePrincipal {
                options: options.clone(),
                lookup,
            }),
            DefaultLink::WorkloadIdentity => chain
                .or(Entra::workload_identity_in(options, move |name| {
                    lookup(name)
                })),
            DefaultLink::ManagedIdentity => chain.or(Probed {
                identity: self.identity.clone(),
                options: options.clone(),
                lookup,
            }),
            DefaultLink::DeveloperTools => chain
                .or(Entra::azure_cli_with(options, self.executor.clone()))
                .or(Entra::azure_developer_cli_with(
                    options,
                    self.executor.clone(),
                )),
        }
    }
}

impl fmt::Debug for DefaultChain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DefaultChain")
            .field("options", &self.options)
            .field("identity", &self.identity)
            .field("links", &self.links)
            .finish_non_exhaustive()
    }
}

/// The service principal that the environment holds when a token is asked for.
struct ServicePrincipal {
    options: EntraOptions,
    lookup: Arc<Lookup>,
}

impl ServicePrincipal {
    fn find(&self) -> Result<Entra> {
        let secret = self.value("AZURE_CLIENT_SECRET");
        let certificate = self.value("AZURE_CLIENT_CERTIFICATE_PATH");
        let proof = match (&secret, &certificate) {
            (Some(_), _) => "AZURE_CLIENT_SECRET",
            (None, Some(_)) => "AZURE_CLIENT_CERTIFICATE_PATH",
            (None, None) => {
                return Err(Error::new(
                    ErrorKind::NotConfigured,
                    "AZURE_CLIENT_SECRET and AZURE_CLIENT_CERTIFICATE_PATH are not set",
                ));
            }
        };
        let (tenant, client) = (self.value("AZURE_TENANT_ID"), self.value("AZURE_CLIENT_ID"));
        let (Some(tenant), Some(client)) = (&tenant, &client) else {
            let missing: Vec<&str> = [("AZURE_TENANT_ID", &tenant), ("AZURE_CLIENT_ID", &client)]
                .into_iter()
                .filter(|(_, value)| value.is_none())
                .map(|(name, _)| name)
                .collect();
            return Err(Error::new(
                ErrorKind::Misconfigured,
                format!("{proof} is set, but {} not", enumerate(&missing)),
            ));
        };
        match (secret, certificate) {
            (Some(secret), _) => Ok(Entra::client_secret(
                tenant,
                client,
                Secret::from(secret),
                &self.options,
            )),
            (None, path) => self.by_certificate(tenant, client, &path.unwrap_or_default()),
        }
    }

    #[cfg(feature = "client-certificate")]
    fn by_certificate(&self, tenant: &str, client: &str, path: &str) -> Result<Entra> {
        let certificate = std::fs::read(path).map_err(|error| {
            Error::new(
                ErrorKind::Misconfigured,
                format!("cannot read {path}, which AZURE_CLIENT_CERTIFICATE_PATH names"),
            )
            .with_source(error)
        })?;
        let password = self.value("AZURE_CLIENT_CERTIFICATE_PASSWORD");
        Ok(Entra::client_certificate(
            tenant,
            client,
            certificate,
            password.map(Secret::from),
            &self.options,
        ))
    }

    #[cfg(not(feature = "client-certificate"))]
    #[expect(clippy::unused_self, reason = "the other build needs it")]
    fn by_certificate(&self, _tenant: &str, _client: &str, _path: &str) -> Result<Entra> {
        Err(Error::new(
            ErrorKind::Misconfigured,
            "AZURE_CLIENT_CERTIFICATE_PATH is set; \
             reading it needs aoai-auth built with the feature client-certificate",
        ))
    }

    fn value(&self, name: &str) -> Option<String> {
        (self.lookup)(name).filter(|value| !value.is_empty())
    }
}

impl fmt::Debug for ServicePrincipal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServicePrincipal").finish_non_exhaustive()
    }
}

#[async_trait]
impl CredentialProvider for ServicePrincipal {
    async fn credential(&self, audience: &Audience) -> Result<Issued> {
        self.find()?.credential(audience).await
    }
}

/// The managed identity of the host, if a short probe says that it may have one.
struct Probed {
    identity: Option<ManagedIdentity>,
    options: EntraOptions,
    lookup: Arc<Lookup>,
}

impl Probed {
    /// The metadata service answers at once or not at all. Microsoft's client would ask it for more
    /// than a minute before it gave up.
    async fn probe(&self) -> Result<()> {
        let nothing = || {
            Error::new(
                ErrorKind::NotConfigured,
                "managed identity: IDENTITY_ENDPOINT is not set, and there is no instance metadata \
                 service at 169.254.169.254",
            )
        };
        let url = Url::parse(METADATA_SERVICE).map_err(|_| nothing())?;
        // Without the header `metadata` the service answers 400 and hands out nothing.
        let mut request = Request::new(url, Method::Get);
        let transport = self.options.direct().client_options().transport;
        let asked = async {
            let response = transport?.send(&Context::new(), &mut request).await.ok()?;
            Some(u16::from(response.status()))
        };
        // A proxy that the request ends up with answers 403, 407 or 5xx.
        match tokio::time::timeout(PROBE, asked).await {
            Ok(Some(status)) if status < 500 && status != 403 && status != 407 => Ok(()),
            _ => Err(nothing()),
        }
    }

    fn identity(&self) -> ManagedIdentity {
        let client_id = || (self.lookup)("AZURE_CLIENT_ID").filter(|id| !id.is_empty());
        self.identity
            .clone()
            .or_else(|| client_id().map(ManagedIdentity::ClientId))
            .unwrap_or_default()
    }
}

impl fmt::Debug for Probed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ManagedIdentity")
            .field("identity", &self.identity)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl CredentialProvider for Probed {
    async fn credential(&self, audience: &Audience) -> Result<Issued> {
        if (self.lookup)("IDENTITY_ENDPOINT").is_none() {
            self.probe().await?;
        }
        Entra::managed_identity(self.identity(), &self.options)
            .credential(audience)
            .await
    }
}

const METADATA_SERVICE: &str = "http://169.254.169.254/metadata/identity/oauth2/token";
const PROBE: Duration = Duration::from_secs(1);
