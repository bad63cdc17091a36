//! Microsoft Entra ID, over `azure_identity`.

mod default_chain;
mod failure;
mod http_client;
mod options;
#[cfg(feature = "key-vault")]
mod token_credential;
mod witness;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use azure_core::credentials::TokenCredential;
use azure_core::http::{ClientMethodOptions, ClientOptions};
use azure_identity::{
    AzureCliCredential, AzureCliCredentialOptions, AzureDeveloperCliCredential,
    AzureDeveloperCliCredentialOptions, AzurePipelinesCredential, AzurePipelinesCredentialOptions,
    ClientAssertion, ClientAssertionCredential, ClientAssertionCredentialOptions,
    ClientSecretCredential, ClientSecretCredentialOptions, Executor, ManagedIdentityCredential,
    ManagedIdentityCredentialOptions, UserAssignedId, WorkloadIdentityCredential,
    WorkloadIdentityCredentialOptions,
};

pub use self::default_chain::{DefaultChain, DefaultLink};
#[cfg(feature = "key-vault")]
pub(crate) use self::failure::Causes;
use self::failure::Source as FailureSource;
pub use self::options::EntraOptions;
#[cfg(feature = "key-vault")]
pub(crate) use self::token_credential::Borrowed;
use self::witness::Witness;
use crate::chain::Chain;
use crate::credential::{AccessToken, Credential, Secret};
use crate::error::{Error, ErrorKind, Result};
use crate::provider::{Audience, CredentialProvider, Issued};

/// Tokens of Microsoft Entra ID.
///
/// Each fetch makes its Azure credential anew: what `azure_identity` would keep cannot be cleared,
/// and [`Cached`](crate::Cached) keeps tokens better. So files, variables and command lines are read
/// afresh, and a token that the service refused is never handed out from a second cache.
///
/// Constructors ask nobody. What is wrong with their arguments is reported when a token is asked
/// for, as [`ErrorKind::Misconfigured`].
#[derive(Clone)]
pub struct Entra {
    make: Arc<Make>,
    source: FailureSource,
    options: EntraOptions,
}

type Make = dyn Fn(ClientOptions) -> Result<Arc<dyn TokenCredential>, MakeError> + Send + Sync;
type MakeError = Box<dyn std::error::Error + Send + Sync>;
type Made = azure_core::Result<Arc<dyn TokenCredential>>;

impl Entra {
    /// An application that proves itself with a secret.
    pub fn client_secret(
        tenant: impl Into<String>,
        client: impl Into<String>,
        secret: impl Into<Secret>,
        options: &EntraOptions,
    ) -> Self {
        let (tenant, client, secret) = (tenant.into(), client.into(), secret.into());
        let source = FailureSource::service(&format!(
            "the client secret of application {client} in tenant {tenant}"
        ))
        .knowing([secret.clone()]);
        Self::new(source, options, move |client_options| {
            let credential = ClientSecretCredential::new(
                &tenant,
                client.clone(),
                secret.expose().to_owned().into(),
                Some(ClientSecretCredentialOptions { client_options }),
            )?;
            Ok(credential)
        })
    }

    /// An application that proves itself with a certificate: PKCS#12 with an RSA key.
    #[cfg(feature = "client-certificate")]
    pub fn client_certificate(
        tenant: impl Into<String>,
        client: impl Into<String>,
        certificate: impl Into<Vec<u8>>,
        password: Option<Secret>,
        options: &EntraOptions,
    ) -> Self {
        use azure_core::credentials::SecretBytes;
        use azure_identity::{ClientCertificateCredential, ClientCertificateCredentialOptions};

        let (tenant, client) = (tenant.into(), client.into());
        let certificate = SecretBytes::new(certificate.into());
        let source = FailureSource::service(&format!(
            "the certificate of application {client} in tenant {tenant}"
        ))
        .knowing(password.clone());
        Self::new(source, options, move |client_options| {
            let password = password
                .as_ref()
                .map(|text| text.expose().to_owned().into());
            let credential = ClientCertificateCredential::new(
                tenant.clone(),
                client.clone(),
                certificate.clone(),
                Some(ClientCertificateCredentialOptions {
                    client_options,
                    password,
                }),
            )?;
            Ok(credential)
        })
    }

    /// An application that proves itself with assertions that the program signs or fetches, such
    /// as the token of another identity provider that the application trusts.
    ///
    /// ```no_run
    /// use aoai_auth::{Entra, EntraOptions, Secret};
    ///
    /// let sign = || async { Ok(Secret::from("a signed assertion")) };
    /// let provider = Entra::client_assertion("tenant", "client", sign, &EntraOptions::new()?);
    /// # aoai_auth::Result::<()>::Ok(())
    /// ```
    pub fn client_assertion<F, Fut>(
        tenant: impl Into<String>,
        client: impl Into<String>,
        assertion: F,
        options: &EntraOptions,
    ) -> Self
    where
        F: Fn() -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Secret>> + Send + 'static,
    {
        let (tenant, client) = (tenant.into(), client.into());
        let source = FailureSource::service(&format!(
            "the assertion of application {client} in tenant {tenant}"
        ));
        let assertion = Arc::new(assertion);
        let seen = source.clone();
        Self::new(source, options, move |client_options| {
            let credential = ClientAssertionCredential::new(
                tenant.clone(),
                client.clone(),
                Assertion {
                    make: Arc::clone(&assertion),
                    seen: seen.clone(),
                },
                Some(ClientAssertionCredentialOptions { client_options }),
            )?;
            Ok(credential)
        })
    }

    /// The identity that Kubernetes gives a pod, by the variables that its webhook sets:
    /// `AZURE_CLIENT_ID`, `AZURE_TENANT_ID`, `AZURE_FEDERATED_TOKEN_FILE`.
    ///
    /// Where one of them is not set, there is nothing to go by
    /// ([`ErrorKind::NotConfigured`]).
    pub fn workload_identity(options: &EntraOptions) -> Self {
        Self::workload_identity_in(options, crate::providers::env::process)
    }

    /// The same as [`workload_identity`](Self::workload_identity), in an environment that the
    /// caller describes.
    pub fn workload_identity_in(
        options: &EntraOptions,
        lookup: impl Fn(&str) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        let source = FailureSource::service("the workload identity");
        Self::new(source, options, move |client_options| {
            let [client_id, tenant_id, token_file] = required(WORKLOAD_IDENTITY, &lookup)?;
            let credential =
                WorkloadIdentityCredential::new(Some(WorkloadIdentityCredentialOptions {
                    credential_options: ClientAssertionCredentialOptions { client_options },
                    client_id: Some(client_id),
                    tenant_id: Some(tenant_id),
                    token_file_path: Some(PathBuf::from(token_file)),
                }))?;
            Ok(credential)
        })
    }

    /// The identity that Azure gives a virtual machine, an app, a container or a function.
    ///
    /// Off Azure it takes as long as [`patience`](EntraOptions::patience) allows to find out that
    /// there is none; in the [default chain](Self::default_chain) a probe of one second tells.
    pub fn managed_identity(identity: ManagedIdentity, options: &EntraOptions) -> Self {
        let source = FailureSource::managed_identity(&identity.to_string());
        Self::new(source, &options.direct(), move |client_options| {
            let credential =
                ManagedIdentityCredential::new(Some(ManagedIdentityCredentialOptions {
                    user_assigned_id: identity.user_assigned(),
                    client_options,
                }))?;
            Ok(credential)
        })
    }

    /// The service connection of an Azure Pipelines job, by its id and the job's
    /// `System.AccessToken`.
    pub fn azure_pipelines(
        tenant: impl Into<String>,
        client: impl Into<String>,
        service_connection: impl Into<String>,
        system_access_token: impl Into<Secret>,
        options: &EntraOptions,
    ) -> Self {
        let (tenant, client) = (tenant.into(), client.into());
        let (connection, token) = (service_connection.into(), system_access_token.into());
        let source =
            FailureSource::service(&format!("the pipeline's service connection {connection}"))
                .knowing([token.clone()]);
        Self::new(source, options, move |client_options| {
            let mut options = AzurePipelinesCredentialOptions::default();
            options.credential_options.client_options = client_options;
            let credential = AzurePipelinesCredential::new(
                tenant.clone(),
                client.clone(),
                &connection,
                token.expose().to_owned(),
                Some(options),
            )?;
            Ok(credential)
        })
    }

    /// Who is logged in to the Azure CLI, `az`.
    pub fn azure_cli(options: &EntraOptions) -> Self {
        Self::azure_cli_with(options, None)
    }

    /// Who is logged in to the Azure Developer CLI, `azd`.
    pub fn azure_developer_cli(options: &EntraOptions) -> Self {
        Self::azure_developer_cli_with(options, None)
    }

    /// Who is logged in to a developer's tools: `az`, and where that is not set up, `azd`.
    pub fn developer_tools(options: &EntraOptions) -> Chain {
        Chain::new()
            .or(Self::azure_cli(options))
            .or(Self::azure_developer_cli(options))
    }

    /// The chain for programs that run on a developer's machine and on Azure alike.
    pub fn default_chain(options: &EntraOptions) -> DefaultChain {
        DefaultChain::new(options)
    }

    /// Any credential of the Azure SDK, made anew by this function for each fetch.
    ///
    /// `what` names it in errors: "the token broker".
    pub fn from_factory(
        what: &str,
        make: impl Fn() -> Made + Send + Sync + 'static,
        options: &EntraOptions,
    ) -> Self {
        Self::new(FailureSource::service(what), options, move |_| Ok(make()?))
    }

    /// Any credential of the Azure SDK.
    ///
    /// If it keeps its tokens, a token that the service refused comes again until it is due there;
    /// [`from_factory`](Self::from_factory) does without that limit.
    pub fn from_credential(
        what: &str,
        credential: Arc<dyn TokenCredential>,
        options: &EntraOptions,
    ) -> Self {
        Self::new(FailureSource::service(what), options, move |_| {
            Ok(Arc::clone(&credential))
        })
    }

    fn azure_cli_with(options: &EntraOptions, executor: Option<Arc<dyn Executor>>) -> Self {
        let source = FailureSource::tool("the Azure CLI", "az", "az login");
        Self::new(source, options, move |_| {
            let mut options = AzureCliCredentialOptions::default();
            options.executor.clone_from(&executor);
            Ok(AzureCliCredential::new(Some(options))?)
        })
    }

    fn azure_developer_cli_with(
        options: &EntraOptions,
        executor: Option<Arc<dyn Executor>>,
    ) -> Self {
        let source = FailureSource::tool("the Azure Developer CLI", "azd", "azd auth login");
        Self::new(source, options, move |_| {
            let mut options = AzureDeveloperCliCredentialOptions::default();
            options.executor.clone_from(&executor);
            Ok(AzureDeveloperCliCredential::new(Some(options))?)
        })
    }

    fn new(
        source: FailureSource,
        options: &EntraOptions,
        make: impl Fn(ClientOptions) -> Result<Arc<dyn TokenCredential>, MakeError>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self {
            make: Arc::new(make),
            source,
            options: options.clone(),
        }
    }

    async fn fetch(&self, audience: &Audience) -> Result<Issued> {
        let witness = Arc::new(Witness::default());
        let mut client_options = self.options.client_options();
        client_options.per_try_policies.push(witness.clone());
        let credential =
            (self.make)(client_options).map_err(|error| self.source.unusable(&*error))?;
        let token = credential
            .get_token(&[audience.scope()], None)
            .await
            .map_err(|error| self.source.failed(&error, witness.refusal().as_ref()))?;
        let expires_on = self.options.by_clock(token.expires_on.into());
        let token = AccessToken::new(token.token.secret()).expiring(expires_on);
        Ok(Issued::network(Credential::Bearer(token)))
    }
}

#[async_trait]
impl CredentialProvider for Entra {
    async fn credential(&self, audience: &Audience) -> Result<Issued> {
        let patience = self.options.how_patient();
        match tokio::time::timeout(patience, self.fetch(audience)).await {
            Ok(outcome) => outcome,
            Err(_) => Err(self.source.late(patience)),
        }
    }
}

impl fmt::Debug for Entra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entra")
            .field("source", &self.source.name())
            .finish_non_exhaustive()
    }
}

/// Which of the identities that Azure gave the program's host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum ManagedIdentity {
    /// The host's own.
    #[default]
    System,
    /// A user-assigned one, by its client id.
    ClientId(String),
    /// A user-assigned one, by its object id.
    ObjectId(String),
    /// A user-assigned one, by its resource id.
    ResourceId(String),
}

impl ManagedIdentity {
    fn user_assigned(&self) -> Option<UserAssignedId> {
        match self {
            Self::System => None,
            Self::ClientId(id) => Some(UserAssignedId::ClientId(id.clone())),
            Self::ObjectId(id) => Some(UserAssignedId::ObjectId(id.clone())),
            Self::ResourceId(id) => Some(UserAssignedId::ResourceId(id.clone())),
        }
    }
}

impl fmt::Display for ManagedIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => f.write_str("the system-assigned managed identity"),
            Self::ClientId(id) => write!(f, "the managed identity with client id {id}"),
            Self::ObjectId(id) => write!(f, "the managed identity with object id {id}"),
            Self::ResourceId(id) => write!(f, "the managed identity {id}"),
        }
    }
}

/// A function that makes assertions, as `azure_identity` wants it.
struct Assertion<F> {
    make: Arc<F>,
    seen: FailureSource,
}

impl<F> fmt::Debug for Assertion<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Assertion").finish_non_exhaustive()
    }
}

#[async_trait]
impl<F, Fut> ClientAssertion for Assertion<F>
where
    F: Fn() -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Secret>> + Send + 'static,
{
    async fn secret(&self, _: Option<ClientMethodOptions<'_>>) -> azure_core::Result<String> {
        let assertion = (self.make)()
            .await
            .map_err(|error| azure_core::Error::new(azure_core::error::ErrorKind::Other, error))?;
        self.seen.learn(&assertion);
        Ok(assertion.expose().to_owned())
    }
}

/// The values of these variables, all of which must be set.
fn required<const N: usize>(
    names: [&str; N],
    lookup: &impl Fn(&str) -> Option<String>,
) -> Result<[String; N]> {
    let values = names.map(|name| lookup(name).filter(|value| !value.is_empty()));
    if values.iter().all(Option::is_some) {
        return Ok(values.map(Option::unwrap_or_default));
    }
    let missing: Vec<&str> = names
        .into_iter()
        .zip(&values)
        .filter(|(_, value)| value.is_none())
        .map(|(name, _)| name)
        .collect();
    Err(Error::new(
        ErrorKind::NotConfigured,
        format!("{} not set", enumerate(&missing)),
    ))
}

/// "A is", "A and B are", "A, B and C are".
fn enumerate(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => format!("{only} is"),
        [most @ .., last] => format!("{} and {last} are", most.join(", ")),
    }
}

const WORKLOAD_IDENTITY: [&str; 3] = [
    "AZURE_CLIENT_ID",
    "AZURE_TENANT_ID",
    "AZURE_FEDERATED_TOKEN_FILE",
];
