//! One vault: its secrets read and written, its refusals understood.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use azure_core::error::{ErrorKind as AzureKind, ErrorResponse};
use azure_core::http::Url;
use azure_security_keyvault_secrets::models::{
    Secret as Answer, SecretClientGetSecretOptions, SetSecretParameters,
    UpdateSecretPropertiesParameters,
};
use azure_security_keyvault_secrets::{ResourceExt as _, SecretClient, SecretClientOptions};

use crate::credential::Secret;
use crate::error::{Error, ErrorKind, Result};
use crate::provider::CredentialProvider;
use crate::providers::entra::{Borrowed, Causes, EntraOptions};

/// A vault, asked with tokens of one provider.
pub(crate) struct Vault {
    client: SecretClient,
    credential: Arc<Borrowed>,
    name: String,
    patience: Duration,
}

/// A secret as the vault keeps it.
pub(crate) struct Kept {
    pub(crate) value: Secret,
    pub(crate) version: Option<Arc<str>>,
    pub(crate) enabled: bool,
    pub(crate) not_before: Option<SystemTime>,
    pub(crate) expires: Option<SystemTime>,
    pub(crate) content_type: Option<String>,
    pub(crate) tags: HashMap<String, String>,
}

impl Vault {
    pub(crate) fn new(
        address: &str,
        credential: impl CredentialProvider,
        options: &EntraOptions,
    ) -> Result<Self> {
        let misconfigured = || {
            Error::new(
                ErrorKind::Misconfigured,
                format!(
                    "{address} is not the address of a vault; \
                     its overview in the Azure portal shows the Vault URI"
                ),
            )
        };
        let url = Url::parse(address).map_err(|_| misconfigured())?;
        let name = url.host_str().ok_or_else(misconfigured)?.to_owned();
        if url.scheme() != "https" {
            return Err(misconfigured());
        }
        let credential = Arc::new(Borrowed::new(credential, options.clock()));
        let client = SecretClient::new(
            address,
            credential.clone(),
            Some(SecretClientOptions {
                client_options: options.client_options(),
                ..SecretClientOptions::default()
            }),
        )
        .map_err(|_| misconfigured())?;
        Ok(Self {
            client,
            credential,
            name,
            // For the token, and for what is asked with it.
            patience: options.how_patient().saturating_mul(2),
        })
    }

    /// How errors speak of a secret.
    pub(crate) fn describe(&self, name: &str, version: Option<&str>) -> String {
        let version = version.map_or_else(String::new, |version| format!(" in version {version}"));
        format!("secret {name}{version} of vault {}", self.name)
    }

    /// A secret in its current version or in this one.
    pub(crate) async fn read(&self, name: &str, version: Option<&str>) -> Result<Kept> {
        let answer = self.get(name, version).await;
        let what = self.describe(name, version);
        let answer = answer.map_err(|error| failed(&what, "Get", READER, error))?;
        Kept::try_from(answer, &what)
    }

    /// The same, if it is there.
    pub(crate) async fn find(&self, name: &str, version: Option<&str>) -> Result<Option<Kept>> {
        let answer = self.get(name, version).await;
        let what = self.describe(name, version);
        match answer {
            Ok(answer) => Kept::try_from(answer, &what).map(Some),
            Err(error) if is(&error, 404) => Ok(None),
            Err(error) => Err(failed(&what, "Get", READER, error)),
        }
    }

    /// Writes a new version of the secret, with these tags.
    pub(crate) async fn write(
        &self,
        name: &str,
        value: &Secret,
        tags: &HashMap<String, String>,
    ) -> Result<()> {
        let answer = self.ask(|| async {
            let parameters = SetSecretParameters {
                value: Some(value.expose().to_owned()),
                tags: Some(tags.clone()),
                ..SetSecretParameters::default()
            };
            let parameters = parameters.try_into()?;
            self.client.set_secret(name, parameters, None).await
        });
        let answer = answer.await;
        answer
            .map(drop)
            .map_err(|error| failed(&self.describe(name, None), "Set", WRITER, error))
    }

    /// Replaces the tags of the secret's current version.
    pub(crate) async fn tag(&self, name: &str, tags: &HashMap<String, String>) -> Result<()> {
        let answer = self.ask(|| async {
            let parameters = UpdateSecretPropertiesParameters {
                tags: Some(tags.clone()),
                ..UpdateSecretPropertiesParameters::default()
            };
            let parameters = parameters.try_into()?;
            self.client
                .update_secret_properties(name, parameters, None)
                .await
        });
        let answer = answer.await;
        answer
            .map(drop)
            .map_err(|error| failed(&self.describe(name, None), "Set", WRITER, error))
    }

    async fn get(&self, name: &str, version: Option<&str>) -> azure_core::Result<Answer> {
        self.ask(|| async {
            let options = SecretClientGetSecretOptions {
                secret_version: version.map(str::to_owned),
                ..SecretClientGetSecretOptions::default()
            };
            let answer = self.client.get_secret(name, Some(options)).await?;
            answer.into_model()
        })
        .await
    }

    /// Asks, and once more with a new token if the vault refuses the one at hand.
    async fn ask<T, F>(&self, question: impl Fn() -> F) -> azure_core::Result<T>
    where
        F: Future<Output = azure_core::Result<T>>,
    {
        let asked = async {
            match question().await {
                Err(error) if is(&error, 401) && self.credential.forget() => question().await,
                answer => answer,
            }
        };
        let limit = self.patience;
        let answer = tokio::time::timeout(limit, asked).await;
        answer.unwrap_or_else(|_| {
            let told = format!("no answer came within {limit:?}");
            Err(azure_core::Error::with_message(AzureKind::Connection, told))
        })
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault")
            .field("name", &self.name)
            .field("credential", &self.credential)
            .finish_non_exhaustive()
    }
}

impl Kept {
    fn try_from(answer: Answer, what: &str) -> Result<Self> {
        let version = answer.resource_id().ok().and_then(|id| id.version);
        let attributes = answer.attributes.unwrap_or_default();
        let value = answer.value.map(Secret::from).ok_or_else(|| {
            Error::new(
                ErrorKind::Unavailable,
                format!("{what} came without a value"),
            )
        })?;
        Ok(Self {
            value,
            version: version.map(Arc::from),
            enabled: attributes.enabled.unwrap_or(true),
            not_before: attributes.not_before.map(SystemTime::from),
            expires: attributes.expires.map(SystemTime::from),
            content_type: answer.content_type,
            tags: answer.tags.unwrap_or_default(),
        })
    }
}

/// What a failure of Key Vault means, and the way out.
fn failed(what: &str, permission: &str, role: &str, error: azure_core::Error) -> Error {
    let causes = Causes::of(&error);
    if let Some(own) = causes.own() {
        let told = format!("{what} cannot be read, for want of a token: {own}");
        return Error::new(own.kind(), told);
    }
    let Some(status) = error.http_status().map(u16::from) else {
        return unanswered(what, &causes);
    };
    let (code, said) = refusal(error);
    let (kind, told) = match (status, code.as_str()) {
        (404, _) => (
            ErrorKind::Refused,
            "does not exist; compare the name with Secrets in the Azure portal".to_owned(),
        ),
        (403, "SecretDisabled") => (ErrorKind::Refused, DISABLED.to_owned()),
        (403, _) if said.contains("disabled secret") => (ErrorKind::Refused, DISABLED.to_owned()),
        (403, _) if said.contains("expired secret") => (
            ErrorKind::Refused,
            "has expired; add a version with a current key, or change its expiration date"
                .to_owned(),
        ),
        (403, "ForbiddenByFirewall" | "ForbiddenByConnection") => (
            ErrorKind::Refused,
            "is behind a firewall that keeps this host out; \
             allow it under Networking of the vault in the Azure portal"
                .to_owned(),
        ),
        (403, _) => (
            ErrorKind::Refused,
            format!(
                "is forbidden to this identity; in the Azure portal, give it the role {role} \
                 under Access control (IAM) of the vault, or, if the vault works by access \
                 policies, the secret permission {permission}"
            ),
        ),
        (401, _) => (
            ErrorKind::Refused,
            "is refused to this token; the identity must be of the vault's own tenant".to_owned(),
        ),
        (408 | 429 | 500.., _) => (
            ErrorKind::Unavailable,
            format!("cannot be reached: the vault answered {status}"),
        ),
        _ => (
            ErrorKind::Misconfigured,
            format!("is not what the vault understands: it answered {status} {code}"),
        ),
    };
    Error::new(kind, format!("{what} {told}"))
}

fn is(error: &azure_core::Error, status: u16) -> bool {
    error
        .http_status()
        .is_some_and(|found| u16::from(found) == status)
}

fn unanswered(what: &str, causes: &Causes) -> Error {
    if causes.told().contains("challenge resource") {
        return Error::new(
            ErrorKind::Refused,
            format!(
                "{what} is not asked for: the host asks for tokens that are for another one, \
                 as a vault does not"
            ),
        );
    }
    let kind = if causes.of_kind(|kind| *kind == AzureKind::Other) {
        ErrorKind::Misconfigured
    } else {
        ErrorKind::Unavailable
    };
    let error = Error::new(kind, format!("{what} cannot be read"));
    if causes.of_kind(|kind| *kind == AzureKind::DataConversion) {
        // A decoder quotes what it could not decode, and that may be the secret.
        return error;
    }
    error.with_source(causes.told())
}

/// The innermost code of a refusal, and its words.
fn refusal(error: azure_core::Error) -> (String, String) {
    let Some(detail) = ErrorResponse::try_from(error)
        .ok()
        .and_then(|response| response.error)
    else {
        return Default::default();
    };
    let inner = detail.inner_error.and_then(|inner| inner.code);
    (
        inner.or(detail.code).unwrap_or_default(),
        detail.message.unwrap_or_default(),
    )
}

pub(crate) const DISABLED: &str =
    "is disabled; enable it under Secrets of the vault in the Azure portal, or add a version";
const READER: &str = "Key Vault Secrets User (4633458b-17de-408a-b874-0445c86b69e6)";
const WRITER: &str = "Key Vault Secrets Officer (b86a8fe4-44ce-4948-aee5-eccb2c155cd7)";
