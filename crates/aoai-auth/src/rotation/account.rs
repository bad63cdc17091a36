//! Whose keys are rotated.

use std::fmt::{self, Debug};
use std::sync::Arc;

use async_trait::async_trait;
use azure_core::Value;
use azure_core::error::ErrorKind as AzureKind;
use azure_core::http::policies::auth::BearerTokenAuthorizationPolicy;
use azure_core::http::{Context, Method, Pipeline, Request, Url};
use azure_core::json::from_json;

use crate::credential::Secret;
use crate::error::{Error, ErrorKind, Result};
use crate::provider::CredentialProvider;
use crate::providers::entra::{Borrowed, Causes, EntraOptions};

/// A resource with two keys.
#[async_trait]
pub trait KeyAccount: Debug + Send + Sync + 'static {
    /// How plans speak of it.
    fn name(&self) -> String;

    /// Both keys.
    ///
    /// # Errors
    ///
    /// Where they cannot be read.
    async fn keys(&self) -> Result<Keys>;

    /// Replaces one key; the old one is refused from then on.
    ///
    /// # Errors
    ///
    /// Where it cannot be replaced.
    async fn regenerate(&self, key: KeyName) -> Result<()>;
}

/// One of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a resource has two keys")]
pub enum KeyName {
    /// The first.
    Key1,
    /// The second.
    Key2,
}

impl KeyName {
    /// The one that is not this.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Key1 => Self::Key2,
            Self::Key2 => Self::Key1,
        }
    }

    /// What the store notes while this key is being replaced.
    pub(super) const fn note(self) -> &'static str {
        match self {
            Self::Key1 => "replacing key1",
            Self::Key2 => "replacing key2",
        }
    }

    pub(super) fn replaced_by(note: &str) -> Option<Self> {
        [Self::Key1, Self::Key2]
            .into_iter()
            .find(|key| key.note() == note)
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Key1 => "key1",
            Self::Key2 => "key2",
        })
    }
}

/// Both keys of a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "a resource has two keys")]
pub struct Keys {
    /// The first.
    pub key1: Secret,
    /// The second.
    pub key2: Secret,
}

impl Keys {
    /// One of them.
    pub const fn get(&self, name: KeyName) -> &Secret {
        match name {
            KeyName::Key1 => &self.key1,
            KeyName::Key2 => &self.key2,
        }
    }

    pub(super) fn name_of(&self, key: &Secret) -> Option<KeyName> {
        [KeyName::Key1, KeyName::Key2]
            .into_iter()
            .find(|name| self.get(*name) == key)
    }
}

/// An Azure OpenAI resource, by Azure Resource Manager.
///
/// The identity needs the role `Cognitive Services Contributor` on the resource.
/// [Reference](https://learn.microsoft.com/rest/api/aiservices/accountmanagement/accounts)
pub struct AzureAccount {
    id: String,
    manager: String,
    pipeline: Pipeline,
}

impl AzureAccount {
    /// The resource with this id: `/subscriptions/…/accounts/…`, as `az resource show` and the
    /// resource's JSON view in the Azure portal tell it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Misconfigured`] where that is not the id of an Azure OpenAI resource.
    pub fn new(
        id: &str,
        credential: impl CredentialProvider,
        options: &EntraOptions,
    ) -> Result<Self> {
        let parts: Vec<&str> = id.trim_matches('/').split('/').collect();
        let is_account = parts.len() == 8
            && parts[0].eq_ignore_ascii_case("subscriptions")
            && parts[2].eq_ignore_ascii_case("resourceGroups")
            && parts[5].eq_ignore_ascii_case("Microsoft.CognitiveServices")
            && parts[6].eq_ignore_ascii_case("accounts")
            && parts.iter().all(|part| !part.is_empty());
        if !is_account {
            return Err(Error::new(
                ErrorKind::Misconfigured,
                format!(
                    "{id} is not the id of an Azure OpenAI resource: /subscriptions/…\
                     /resourceGroups/…/providers/Microsoft.CognitiveServices/accounts/…"
                ),
            ));
        }
        let cloud = options.chosen_cloud();
        let manager = cloud.resource_manager().trim_end_matches('/').to_owned();
        let credential = Arc::new(Borrowed::new(credential, options.clock()));
        let scopes = [format!("{manager}/.default")];
        let authorize = BearerTokenAuthorizationPolicy::new(credential, scopes);
        let pipeline = Pipeline::new(
            Some(env!("CARGO_PKG_NAME")),
            Some(env!("CARGO_PKG_VERSION")),
            options.client_options(),
            Vec::new(),
            vec![Arc::new(authorize)],
            None,
        );
        Ok(Self {
            id: parts.join("/"),
            manager,
            pipeline,
        })
    }

    async fn post(&self, action: &str, body: Option<String>) -> Result<Keys> {
        let address = format!(
            "{}/{}/{action}?api-version={API_VERSION}",
            self.manager, self.id
        );
        let url = Url::parse(&address).map_err(|error| {
            Error::new(
                ErrorKind::Misconfigured,
                format!("{address} is not an address"),
            )
            .with_source(error)
        })?;
        let mut request = Request::new(url, Method::Post);
        if let Some(body) = body {
            request.insert_header("content-type", "application/json");
            request.set_body(body);
        }
        let answer = self
            .pipeline
            .send(&Context::new(), &mut request, None)
            .await
            .map_err(|error| self.failed(action, &error))?;
        let answer: Value = from_json(answer.into_body()).unwrap_or_default();
        match (answer["key1"].as_str(), answer["key2"].as_str()) {
            (Some(key1), Some(key2)) => Ok(Keys {
                key1: key1.into(),
                key2: key2.into(),
            }),
            _ => Err(Error::new(
                ErrorKind::Unavailable,
                format!("{}: the answer to {action} holds no keys", self.name()),
            )),
        }
    }

    fn failed(&self, action: &str, error: &azure_core::Error) -> Error {
        let name = self.name();
        let causes = Causes::of(error);
        if let Some(own) = causes.own() {
            let told = format!("{name}: there is no token for {action}: {own}");
            return Error::new(own.kind(), told);
        }
        let AzureKind::HttpResponse {
            status, error_code, ..
        } = error.kind()
        else {
            let told = format!("{name} cannot be reached");
            return Error::new(ErrorKind::Unavailable, told).with_source(causes.told());
        };
        let status = u16::from(*status);
        let code = error_code.as_deref().unwrap_or_default();
        let (kind, told) = match status {
            401 => (
                ErrorKind::Refused,
                "the token is refused; it must be of the tenant of the subscription".to_owned(),
            ),
            403 => (
                ErrorKind::Refused,
                format!(
                    "{action} is forbidden ({code}); in the Azure portal, give the identity the \
                     role {ROLE} under Access control (IAM) of the resource"
                ),
            ),
            404 => (
                ErrorKind::Refused,
                format!("there is no such resource ({code}); compare its id"),
            ),
            408 | 409 | 429 | 500.. => (
                ErrorKind::Unavailable,
                format!("Azure Resource Manager answered {status} ({code}) to {action}"),
            ),
            _ => (
                ErrorKind::Misconfigured,
                format!("Azure Resource Manager answered {status} ({code}) to {action}"),
            ),
        };
        Error::new(kind, format!("{name}: {told}"))
    }
}

#[async_trait]
impl KeyAccount for AzureAccount {
    fn name(&self) -> String {
        let name = self.id.rsplit('/').next().unwrap_or_default();
        format!("account {name}")
    }

    async fn keys(&self) -> Result<Keys> {
        self.post("listKeys", None).await
    }

    async fn regenerate(&self, key: KeyName) -> Result<()> {
        let name = match key {
            KeyName::Key1 => "Key1",
            KeyName::Key2 => "Key2",
        };
        let body = format!(r#"{{"keyName":"{name}"}}"#);
        self.post("regenerateKey", Some(body)).await.map(drop)
    }
}

impl Debug for AzureAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AzureAccount")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

const API_VERSION: &str = "2024-10-01";
const ROLE: &str = "Cognitive Services Contributor (25fbc0a9-bd7c-42a3-aa1a-3b75d497ee68)";
